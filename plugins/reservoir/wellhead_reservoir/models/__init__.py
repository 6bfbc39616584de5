"""Tables of the plugin, one module a subject."""

from wellhead_reservoir.models.analyses import GasBalance, OilBalance, VolumetricEstimate
from wellhead_reservoir.models.base import Reservoir
from wellhead_reservoir.models.description import Contact, Rock
from wellhead_reservoir.models.fluids import CorrelationSet, PvtTable
from wellhead_reservoir.models.pressures import PressureSurvey
from wellhead_reservoir.models.samples import PvtSample
from wellhead_reservoir.models.wells import ReservoirWell

MODELS = (
    Reservoir,
    ReservoirWell,
    Contact,
    Rock,
    PressureSurvey,
    PvtSample,
    CorrelationSet,
    PvtTable,
    VolumetricEstimate,
    GasBalance,
    OilBalance,
)

__all__ = [
    "MODELS",
    "Contact",
    "CorrelationSet",
    "GasBalance",
    "OilBalance",
    "PressureSurvey",
    "PvtSample",
    "PvtTable",
    "Reservoir",
    "ReservoirWell",
    "Rock",
    "VolumetricEstimate",
]
