"""Tanks, and tickets of what was run from them or through a meter."""

import datetime as dt
import uuid

import numpy as np
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Double

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_production.models.base import Base, OfFacility
from wellhead_production.models.meters import Meter


class Tank(OfFacility, Base):
    """A tank with its strapping table.

    levels, volumes: the table's rows, from the bottom, in level_unit and volume_unit
    tag_id: the historian's tag of its level
    """

    __tablename__ = "production_tank"
    __table_args__ = (UniqueConstraint("facility_id", "name"),)

    name: Mapped[str]
    fluid: Mapped[str]
    level_unit: Mapped[str]
    volume_unit: Mapped[str]
    levels: Mapped[list[float]] = mapped_column(ARRAY(Double))
    volumes: Mapped[list[float]] = mapped_column(ARRAY(Double))
    tag_id: Mapped[int | None] = mapped_column(ForeignKey(Tag.id), index=True)
    serial: Mapped[str | None]
    remark: Mapped[str | None]

    @property
    def table(self) -> tuple[sdk.Array, sdk.Array]:
        """(levels, volumes)"""
        return np.array(self.levels), np.array(self.volumes)


class RunTicket(OfFacility, Base):
    """Oil that was handed over, from a tank by its gauges or through a meter by its readings.

    production_date: the facility's day in which it was closed
    observed_density or observed_gravity (°API), with density_temperature: of the sample
    volume_unit: of all volumes; gross_observed … net_standard, ctl, cpl, base_density (kg/m3 at
        60 °F): worked out when it was entered, as `calc.tickets` says
    standard_conditions: of the standard volumes; the facility's
    """

    __tablename__ = "production_run_ticket"
    __table_args__ = (
        UniqueConstraint("facility_id", "number"),
        CheckConstraint("closed_at > opened_at", name="times"),
        CheckConstraint("(tank_id IS NULL) <> (meter_id IS NULL)", name="source"),
    )

    number: Mapped[str]
    tank_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Tank.id), index=True)
    meter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Meter.id), index=True)
    opened_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime]
    production_date: Mapped[dt.date] = mapped_column(index=True)
    opening_gauge: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    closing_gauge: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    opening_water: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    closing_water: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    opening_temperature: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    closing_temperature: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    opening_reading: Mapped[float | None]
    closing_reading: Mapped[float | None]
    temperature: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    pressure: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    meter_factor: Mapped[float | None]
    observed_density: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    observed_gravity: Mapped[float | None]
    density_temperature: Mapped[sdk.Quantity] = mapped_column(sdk.QuantityColumn)
    bsw: Mapped[float]
    volume_unit: Mapped[str]
    gross_observed: Mapped[float]
    gross_standard: Mapped[float]
    net_standard: Mapped[float]
    ctl: Mapped[float]
    cpl: Mapped[float]
    base_density: Mapped[float]
    standard_conditions: Mapped[str]
    counterparty: Mapped[str | None]
    seal_off: Mapped[str | None]
    seal_on: Mapped[str | None]
    remark: Mapped[str | None]

    @property
    def sediment_and_water(self) -> float:
        """Volume of it at standard conditions."""
        return self.gross_standard - self.net_standard

    @property
    def base_gravity(self) -> float:
        """°API at 60 °F."""
        return float(sdk.units.api_of_density(self.base_density))

    @property
    def equations(self) -> str:
        """Which the volumes were worked out by."""
        if self.tank_id is not None:
            return "API MPMS 18.1: GSV = Σ ±(total - free water) · CTL, NSV = GSV · (1 - S&W/100)"
        return "API MPMS 12.2: GSV = IV · MF · CTL · CPL, NSV = GSV · (1 - S&W/100)"


TICKET_PARTS: dict[str, tuple[str, ...]] = {
    "tank_id": ("opening_gauge", "closing_gauge", "opening_temperature", "closing_temperature"),
    "meter_id": ("opening_reading", "closing_reading", "temperature"),
}
"""What a ticket of a tank, and one of a meter, cannot be without."""
