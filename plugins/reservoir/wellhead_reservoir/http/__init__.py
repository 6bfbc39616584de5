"""Routes of the plugin, one module and one blueprint a subject."""

from wellhead_reservoir.http import reservoirs

BLUEPRINTS = (reservoirs.blp,)
