"""Routes of the plugin, one module and one blueprint a subject."""

from wellhead_production.http import (
    allocation,
    daily,
    decline,
    downtime,
    facilities,
    imports,
    meters,
    months,
    networks,
    series,
    tanks,
    totals,
    volumes,
)

BLUEPRINTS = (
    facilities.blp,
    meters.blp,
    daily.blp,
    imports.blp,
    volumes.blp,
    downtime.blp,
    tanks.blp,
    series.blp,
    decline.blp,
    totals.blp,
    networks.blp,
    allocation.blp,
    months.blp,
)
