"""Tables of the plugin, one module a subject."""

from wellhead_production.models.daily import DailyRecord
from wellhead_production.models.facilities import Facility
from wellhead_production.models.meters import Meter, MeterCorrection

MODELS = (Facility, Meter, MeterCorrection, DailyRecord)

__all__ = ["MODELS", "DailyRecord", "Facility", "Meter", "MeterCorrection"]
