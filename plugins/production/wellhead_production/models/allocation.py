"""Which wells flow to which meters, and what was divided among them, in versions."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    UniqueConstraint,
    exists,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, aliased, column_property, declared_attr, mapped_column

from wellhead import sdk
from wellhead_production.models.base import Base, OfFacility
from wellhead_production.models.meters import Meter
from wellhead_wells.models import Well


class Network(OfFacility, Base):
    """Wells that flow together through meters of a facility.

    liquid_unit, gas_unit, decimals: what volumes are allocated in, and rounded to
    """

    __tablename__ = "production_network"
    __table_args__ = (UniqueConstraint("facility_id", "name"),)

    name: Mapped[str]
    liquid_unit: Mapped[str]
    gas_unit: Mapped[str]
    decimals: Mapped[int]
    remark: Mapped[str | None]


class _Connected(sdk.RecordMixin):
    """What belongs to a network from first_day to last_day, both included; None = until further
    notice."""

    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date | None]

    @declared_attr
    def network_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805 (SQLAlchemy calls it with the class)
        return mapped_column(ForeignKey(Network.id, ondelete="CASCADE"), index=True)

    @declared_attr
    def asset_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        return sdk.column_of(Network.asset_id, cls.network_id)


class NetworkWell(_Connected, Base):
    """A well flows into a network on these days."""

    __tablename__ = "production_network_well"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="days"),)

    well_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Well.id), index=True)

    well_name: Mapped[str] = sdk.column_of(Well.name, well_id)


class NetworkMeter(_Connected, Base):
    """A meter measures what comes out of a network on these days. sign: 1, or -1 for what came
    from elsewhere and goes through another meter of it too (lift gas, buy-back)."""

    __tablename__ = "production_network_meter"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("sign IN (1, -1)", name="sign"),
    )

    meter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Meter.id), index=True)
    sign: Mapped[int]

    meter_name: Mapped[str] = sdk.column_of(Meter.name, meter_id)
    fluid: Mapped[str] = sdk.column_of(Meter.fluid, meter_id)


class AllocationRun(OfFacility, Base):
    """One asking for an allocation; its days are AllocationDay."""

    __tablename__ = "production_allocation_run"
    __table_args__ = (UniqueConstraint("network_id", "number"),)

    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Network.id))
    number: Mapped[int]
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    days: Mapped[int]
    reason: Mapped[str | None]
    created_by: Mapped[str | None]


class AllocationDay(OfFacility, Base):
    """A network's day as it was allocated, one of the versions of it; never changed.

    inputs: all that went in (`allocation.inputs`); fingerprint: of them
    balances: a fluid each, what was measured, theoretical, the factor, what nobody could be given
    warnings: what should be looked at, in words
    replaced: what the daily records said before, of wells whose volumes were no allocated ones
    newest: whether no version is later
    """

    __tablename__ = "production_allocation_day"
    __table_args__ = (
        UniqueConstraint("network_id", "production_date", "version"),
        Index("ix_production_allocation_day_facility", "facility_id", "production_date"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(AllocationRun.id), index=True)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Network.id))
    production_date: Mapped[dt.date]
    version: Mapped[int]
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    fingerprint: Mapped[str]
    balances: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    warnings: Mapped[list[str]] = mapped_column(JSONB)
    replaced: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    created_by: Mapped[str | None]


_later = aliased(AllocationDay)
AllocationDay.newest = column_property(
    ~exists(
        select(_later.id).where(
            _later.network_id == AllocationDay.network_id,
            _later.production_date == AllocationDay.production_date,
            _later.version > AllocationDay.version,
        )
    )
)

Exact = Numeric()
"""Of any scale: a share keeps the decimals that it was rounded to."""


class AllocatedVolume(OfFacility, Base):
    """A well's share of a network's day, in the network's units of then.

    oil, gas, water: None of a fluid that no meter of the network measures
    """

    __tablename__ = "production_allocated_volume"
    __table_args__ = (
        UniqueConstraint("day_id", "well_id"),
        Index("ix_production_allocated_volume_well", "well_id", "production_date"),
    )

    day_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(AllocationDay.id))
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Network.id))
    production_date: Mapped[dt.date]
    well_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Well.id))
    hours_on: Mapped[float | None]
    theoretical_oil: Mapped[float | None]
    theoretical_gas: Mapped[float | None]
    theoretical_water: Mapped[float | None]
    oil: Mapped[Decimal | None] = mapped_column(Exact)
    gas: Mapped[Decimal | None] = mapped_column(Exact)
    water: Mapped[Decimal | None] = mapped_column(Exact)
    liquid_unit: Mapped[str]
    gas_unit: Mapped[str]
    standard_conditions: Mapped[str]

    well_name: Mapped[str] = sdk.column_of(Well.name, well_id)
    version: Mapped[int] = sdk.column_of(AllocationDay.version, day_id)
    run_id: Mapped[uuid.UUID] = sdk.column_of(AllocationDay.run_id, day_id)
    newest: Mapped[bool] = sdk.column_of(AllocationDay.newest, day_id)
