"""Routes of the plugin, one module and one blueprint a subject."""

from wellhead_drilling.http import bits, calculations, mud, rigs, runs, sections

BLUEPRINTS = (rigs.blp, sections.blp, runs.blp, bits.blp, mud.blp, calculations.blp)
