"""Tables of the plugin, one module a subject."""

from wellhead_production.models.daily import DailyRecord
from wellhead_production.models.decline import DeclineFit
from wellhead_production.models.facilities import Facility
from wellhead_production.models.meters import Meter, MeterCorrection

MODELS = (Facility, Meter, MeterCorrection, DailyRecord, DeclineFit)

__all__ = ["MODELS", "DailyRecord", "DeclineFit", "Facility", "Meter", "MeterCorrection"]
