"""Routes of the plugin, one module and one blueprint a subject."""

from wellhead_reservoir.http import analyses, calculations, description, pressures, pvt, reservoirs

BLUEPRINTS = (
    reservoirs.blp,
    description.blp,
    pressures.blp,
    pvt.blp,
    analyses.blp,
    calculations.blp,
)
