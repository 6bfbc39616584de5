"""Tables of the plugin, one module a subject."""

from wellhead_production.models.allocation import (
    AllocatedVolume,
    AllocationDay,
    AllocationRun,
    Network,
    NetworkMeter,
    NetworkWell,
)
from wellhead_production.models.daily import DailyRecord
from wellhead_production.models.decline import DeclineFit
from wellhead_production.models.downtime import DowntimeEvent
from wellhead_production.models.facilities import Facility
from wellhead_production.models.meters import Meter, MeterCorrection
from wellhead_production.models.months import Adjustment, AdjustmentLine, ClosedMonth
from wellhead_production.models.tanks import RunTicket, Tank
from wellhead_production.models.totals import MeterTotal
from wellhead_production.models.volumes import FacilityVolume

MODELS = (
    Facility,
    Meter,
    MeterCorrection,
    DailyRecord,
    FacilityVolume,
    DowntimeEvent,
    Tank,
    RunTicket,
    DeclineFit,
    MeterTotal,
    Network,
    NetworkWell,
    NetworkMeter,
    AllocationRun,
    AllocationDay,
    AllocatedVolume,
    ClosedMonth,
    Adjustment,
    AdjustmentLine,
)

__all__ = [
    "MODELS",
    "Adjustment",
    "AdjustmentLine",
    "AllocatedVolume",
    "AllocationDay",
    "AllocationRun",
    "ClosedMonth",
    "DailyRecord",
    "DeclineFit",
    "DowntimeEvent",
    "Facility",
    "FacilityVolume",
    "Meter",
    "MeterCorrection",
    "MeterTotal",
    "Network",
    "NetworkMeter",
    "NetworkWell",
    "RunTicket",
    "Tank",
]
