"""Routes of the plugin, one module and one blueprint a subject."""

from wellhead_drilling.http import rigs, runs, sections

BLUEPRINTS = (rigs.blp, sections.blp, runs.blp)
