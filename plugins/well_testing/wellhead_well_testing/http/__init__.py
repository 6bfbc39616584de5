"""Routes of the plugin, one module and one blueprint a subject."""

from wellhead_well_testing.http import calculations, rates, tests

BLUEPRINTS = (tests.blp, rates.blp, calculations.blp)
