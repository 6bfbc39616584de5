"""Routes of the plugin, one module and one blueprint a subject."""

from wellhead_well_testing.http import (
    analyses,
    calculations,
    gauges,
    rates,
    states,  # noqa: F401 (adds to the blueprint)
    tests,
    timeline,  # noqa: F401 (adds to the blueprint)
)

BLUEPRINTS = (tests.blp, rates.blp, gauges.blp, calculations.blp, analyses.blp)
