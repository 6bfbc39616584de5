"""Tables of the plugin, one module a subject."""

from wellhead_drilling.models.bits import BitRecord
from wellhead_drilling.models.casing import CasingString, PressureTest
from wellhead_drilling.models.cement import CementJob
from wellhead_drilling.models.mud import MudReport
from wellhead_drilling.models.reports import Activity, CostLine, DailyReport, ReportRevision
from wellhead_drilling.models.results import RunResult
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
    CasingString,
    PressureTest,
    CementJob,
    RunResult,
    DailyReport,
    Activity,
    CostLine,
    ReportRevision,
)

__all__ = [
    "MODELS",
    "Activity",
    "BitRecord",
    "CasingString",
    "CementJob",
    "CostLine",
    "DailyReport",
    "MudReport",
    "PressureTest",
    "ReportRevision",
    "Rig",
    "RigAssignment",
    "Run",
    "RunResult",
    "Section",
]
