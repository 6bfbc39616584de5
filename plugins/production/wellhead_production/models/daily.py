"""Daily records of wells: what one well produced or injected in one production day."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from wellhead import sdk
from wellhead_production.models.base import Base
from wellhead_production.models.facilities import Facility
from wellhead_wells.models import Well

_LIQUID_RATIO = {"STB": "scf/STB", "bbl": "scf/STB"}


class DailyRecord(sdk.RecordMixin, Base):
    """A day of a well, by the clock of its facility.

    day_hours: length of that day when it was entered, 23, 24 or 25 mostly
    oil, gas, water: volumes as entered, in liquid_unit and gas_unit; None = not known
    oil_sm3, gas_sm3, water_sm3: the same in Sm3, for sums and for sorting; conditions as stated
    bsw: percent of the liquid that is sediment and water
    asset_id: the well's, which decides who sees the record; kept here since a well's node is its
        own for good, and a look at each row's well would be most of what a long list costs
    """

    __tablename__ = "production_daily_record"
    __table_args__ = (
        UniqueConstraint("well_id", "production_date", "disposition"),
        CheckConstraint("hours_on BETWEEN 0 AND day_hours", name="hours"),
        Index("ix_production_daily_record_facility", "facility_id", "production_date"),
        Index("ix_production_daily_record_date", "production_date", "id"),
    )

    well_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Well.id))
    asset_id: Mapped[uuid.UUID]
    facility_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Facility.id))
    production_date: Mapped[dt.date]
    disposition: Mapped[str]
    method: Mapped[str]
    standard_conditions: Mapped[str]
    day_hours: Mapped[float]
    hours_on: Mapped[float | None]
    oil: Mapped[float | None]
    gas: Mapped[float | None]
    water: Mapped[float | None]
    liquid_unit: Mapped[str]
    gas_unit: Mapped[str]
    oil_sm3: Mapped[float | None]
    gas_sm3: Mapped[float | None]
    water_sm3: Mapped[float | None]
    bsw: Mapped[float | None]
    choke: Mapped[float | None]
    choke_unit: Mapped[str | None]
    tubing_pressure: Mapped[float | None]
    casing_pressure: Mapped[float | None]
    line_pressure: Mapped[float | None]
    pressure_unit: Mapped[str | None]
    remark: Mapped[str | None]

    asset: Mapped[sdk.Asset] = relationship(
        sdk.Asset,
        primaryjoin=lambda: foreign(DailyRecord.asset_id) == sdk.Asset.id,
        viewonly=True,
        lazy="selectin",
    )

    @property
    def well_name(self) -> str:
        """The name of the well, of all wells of a page asked for at once."""
        return self.asset.name

    @property
    def hours_down(self) -> float | None:
        """The rest of the day; None while hours_on is not known."""
        return None if self.hours_on is None else self.day_hours - self.hours_on

    @property
    def gas_oil_ratio(self) -> float | None:
        """In gas_oil_ratio_unit; None without oil."""
        if self.gas_sm3 is None or not self.oil_sm3:
            return None
        ratio = self.gas_sm3 / self.oil_sm3
        return float(sdk.units.convert(ratio, "Sm3/Sm3", self.gas_oil_ratio_unit))

    @property
    def gas_oil_ratio_unit(self) -> str:
        """That of the system in which the liquids were entered."""
        return _LIQUID_RATIO.get(self.liquid_unit, "Sm3/Sm3")

    @property
    def water_oil_ratio(self) -> float | None:
        """Volume of water a volume of oil; None without oil."""
        if self.water_sm3 is None or not self.oil_sm3:
            return None
        return self.water_sm3 / self.oil_sm3

    @property
    def water_cut(self) -> float | None:
        """Percent of the liquid that is water; None without liquid."""
        if self.water_sm3 is None or self.oil_sm3 is None:
            return None
        liquid = self.oil_sm3 + self.water_sm3
        return 100.0 * self.water_sm3 / liquid if liquid else None
