"""Meter corrections of many meters and days, looked up at once."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import or_, select

from wellhead import sdk
from wellhead_production.models import MeterCorrection


class Factors:
    """The corrections that reach into some days of some meters."""

    def __init__(self, meter_ids: Collection[uuid.UUID], days: Collection[dt.date]) -> None:
        self._rows = defaultdict(list)
        if not days:
            return
        asked = select(MeterCorrection).where(
            MeterCorrection.meter_id.in_(meter_ids),
            MeterCorrection.first_day <= max(days),
            or_(MeterCorrection.last_day.is_(None), MeterCorrection.last_day >= min(days)),
        )
        for row in sdk.db.session.scalars(asked):
            self._rows[row.meter_id].append(row)

    def corrected(self, meter_id: uuid.UUID, day: dt.date) -> float | None:
        """The factor that a correction gives the day; None where none does."""
        for row in self._rows[meter_id]:
            if row.first_day <= day and (row.last_day is None or day <= row.last_day):
                return float(row.factor)
        return None
