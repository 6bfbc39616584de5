"""Routes of the plugin, one module and one blueprint a subject."""

from wellhead_production.http import (
    allocation,
    daily,
    decline,
    facilities,
    imports,  # noqa: F401 (adds to daily's blueprint)
    meters,
    months,
    networks,
    totals,
)

BLUEPRINTS = (
    facilities.blp,
    meters.blp,
    daily.blp,
    decline.blp,
    totals.blp,
    networks.blp,
    allocation.blp,
    months.blp,
)
