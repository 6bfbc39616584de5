"""Routes of the plugin, one module and one blueprint a subject."""

from wellhead_production.http import daily, facilities, meters

BLUEPRINTS = (facilities.blp, meters.blp, daily.blp)
