"""Adjustments as volumes of the wells: what was made in a closed month, and reported later."""

import datetime as dt
import uuid
from collections.abc import Sequence

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_production.conditions import volume_factor
from wellhead_production.models import Adjustment, AdjustmentLine
from wellhead_production.months.calendar import days_of
from wellhead_production.vocabulary import CANONICAL_VOLUME, Fluid


def adjusted_volumes(
    well_ids: Sequence[uuid.UUID], dates: Sequence[dt.date], conditions: str
) -> dict[tuple[uuid.UUID, str], sdk.Array]:
    """By well and fluid, float64[dates]: what adjustments add to all that was made up to and with
    each date, Sm3 at `conditions`. An adjustment counts from the last day of the month that it puts
    right, whenever it was booked. Wells and fluids that have none are left out."""
    asked = (
        select(AdjustmentLine, Adjustment.month)
        .join(Adjustment, Adjustment.id == AdjustmentLine.adjustment_id)
        .where(AdjustmentLine.well_id.in_(well_ids))
    )
    found: dict[tuple[uuid.UUID, str], sdk.Array] = {}
    for line, month in sdk.db.session.execute(asked):
        counts = np.array([date >= days_of(month)[-1] for date in dates])
        for fluid in Fluid:
            share = getattr(line, str(fluid))
            if share is None:
                continue
            unit = line.gas_unit if fluid == Fluid.GAS else line.liquid_unit
            volume = sdk.units.convert(float(share), unit, CANONICAL_VOLUME)
            volume *= volume_factor(fluid, line.standard_conditions, conditions)
            key = (line.well_id, str(fluid))
            found[key] = found.get(key, np.zeros(len(dates))) + counts * volume
    return found
