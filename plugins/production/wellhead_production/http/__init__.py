"""Routes of the plugin, one module and one blueprint a subject."""

from wellhead_production.http import (
    daily,
    decline,
    facilities,
    imports,  # noqa: F401 (adds to daily's blueprint)
    meters,
)

BLUEPRINTS = (facilities.blp, meters.blp, daily.blp, decline.blp)
