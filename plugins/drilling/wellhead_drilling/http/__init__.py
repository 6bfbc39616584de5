"""Routes of the plugin, one module and one blueprint a subject."""

from wellhead_drilling.http import calculations, rigs, runs, sections

BLUEPRINTS = (rigs.blp, sections.blp, runs.blp, calculations.blp)
