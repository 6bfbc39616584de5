"""Tables of the plugin, one module a subject."""

from wellhead_reservoir.models.base import Reservoir
from wellhead_reservoir.models.wells import ReservoirWell

MODELS = (Reservoir, ReservoirWell)

__all__ = ["MODELS", "Reservoir", "ReservoirWell"]
