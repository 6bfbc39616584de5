"""What went through meters, by production day, in versions."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, aliased, column_property, mapped_column

from wellhead import sdk
from wellhead_production.models.base import Base
from wellhead_production.models.facilities import Facility
from wellhead_production.models.meters import Meter


class MeterTotal(sdk.RecordMixin, Base):
    """A meter's day, one of the versions of it; never changed, another is the next version.

    source: `rate` and `totaliser` = made from the tag's readings, `entered`, `restated` = the
        version before with another factor
    indicated: what the meter showed, in unit; own_factor: the meter's when the day was first
        totalled; factor: what indicated is multiplied by, a correction's or own_factor
    covered_hours … resets: as `calc.meter_totals.DayTotal` has them; None of what was entered
    newest: whether no version is later
    """

    __tablename__ = "production_meter_total"
    __table_args__ = (
        UniqueConstraint("meter_id", "production_date", "version"),
        Index("ix_production_meter_total_facility", "facility_id", "production_date"),
        CheckConstraint("factor > 0 AND own_factor > 0", name="factor"),
    )

    meter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Meter.id))
    facility_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Facility.id))
    production_date: Mapped[dt.date]
    version: Mapped[int]
    source: Mapped[str]
    indicated: Mapped[float]
    unit: Mapped[str]
    own_factor: Mapped[float]
    factor: Mapped[float]
    standard_conditions: Mapped[str]
    day_hours: Mapped[float]
    covered_hours: Mapped[float | None]
    good_hours: Mapped[float | None]
    bridged_hours: Mapped[float | None]
    rollovers: Mapped[int | None]
    resets: Mapped[int | None]
    reason: Mapped[str | None]
    created_by: Mapped[str | None]

    asset_id: Mapped[uuid.UUID] = sdk.column_of(Meter.asset_id, meter_id)
    fluid: Mapped[str] = sdk.column_of(Meter.fluid, meter_id)
    meter_name: Mapped[str] = sdk.column_of(Meter.name, meter_id)

    @property
    def volume(self) -> float:
        """Corrected, in unit."""
        return self.indicated * self.factor

    @property
    def coverage(self) -> float | None:
        """Percent of the day that the total is of; None of what was entered."""
        return None if self.covered_hours is None else 100.0 * self.covered_hours / self.day_hours


_later = aliased(MeterTotal)
MeterTotal.newest = column_property(
    ~exists(
        select(_later.id).where(
            _later.meter_id == MeterTotal.meter_id,
            _later.production_date == MeterTotal.production_date,
            _later.version > MeterTotal.version,
        )
    )
)
