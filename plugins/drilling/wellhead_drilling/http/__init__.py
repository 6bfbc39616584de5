"""Routes of the plugin, one module and one blueprint a subject."""

from wellhead_drilling.http import (
    bits,
    calculations,
    casing,
    cement,
    mud,
    reports,
    rigs,
    runs,
    sections,
    time_and_cost,
)

BLUEPRINTS = (
    rigs.blp,
    sections.blp,
    runs.blp,
    bits.blp,
    mud.blp,
    casing.blp,
    cement.blp,
    calculations.blp,
    reports.blp,
    time_and_cost.blp,
)
