"""Tables of the plugin, one module a subject."""

from wellhead_drilling.models.rigs import Rig, RigAssignment
from wellhead_drilling.models.runs import Run
from wellhead_drilling.models.sections import Section

MODELS = (Rig, RigAssignment, Section, Run)

__all__ = ["MODELS", "Rig", "RigAssignment", "Run", "Section"]
