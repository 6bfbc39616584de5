"""Tables of the plugin, one module a subject."""

from wellhead_drilling.models.bits import BitRecord
from wellhead_drilling.models.mud import MudReport
from wellhead_drilling.models.reports import Activity, CostLine, DailyReport, ReportRevision
from wellhead_drilling.models.rigs import Rig, RigAssignment
from wellhead_drilling.models.runs import Run
from wellhead_drilling.models.sections import Section

MODELS = (
    Rig,
    RigAssignment,
    Section,
    Run,
    BitRecord,
    MudReport,
    DailyReport,
    Activity,
    CostLine,
    ReportRevision,
)

__all__ = [
    "MODELS",
    "Activity",
    "BitRecord",
    "CostLine",
    "DailyReport",
    "MudReport",
    "ReportRevision",
    "Rig",
    "RigAssignment",
    "Run",
    "Section",
]
