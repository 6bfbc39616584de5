"""What became of a facility's oil, gas and water in one production day."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wellhead_production.models.base import Base, OfFacility
from wellhead_production.models.meters import Meter
from wellhead_production.vocabulary import quantity_of


class FacilityVolume(OfFacility, Base):
    """A volume of one fluid that went one way in one day.

    volume: as entered, in unit; volume_sm3: the same in Sm3, conditions as stated
    meter_id: the meter that it was read from; None where several or none measure it
    """

    __tablename__ = "production_facility_volume"
    __table_args__ = (
        UniqueConstraint(
            "facility_id",
            "production_date",
            "fluid",
            "disposition",
            "meter_id",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_production_facility_volume_date", "production_date"),
    )

    production_date: Mapped[dt.date]
    fluid: Mapped[str]
    disposition: Mapped[str]
    method: Mapped[str]
    standard_conditions: Mapped[str]
    volume: Mapped[float]
    unit: Mapped[str]
    volume_sm3: Mapped[float]
    meter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Meter.id), index=True)
    counterparty: Mapped[str | None]
    remark: Mapped[str | None]

    @property
    def quantity(self) -> str:
        """What the volume is one of, which decides the units that it may be shown in."""
        return quantity_of(self.fluid)
