"""Correlation sets, and the fluid tables that were made of them."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_reservoir.models.base import Base, InReservoir
from wellhead_reservoir.models.samples import PvtSample


class CorrelationSet(InReservoir, Base):
    """Which correlations a reservoir's fluids are calculated by, and from what.

    fluid: which table it makes: of oil with its gas, of gas, or of water alone
    sample_id: the sample that inputs left out here are taken from
    held_to: which of the sample's measurements an oil's curves go through
    standard_conditions: of the volumes of gas here, and of the tables made of it
    oil_gravity: degAPI; gas_gravity: to air; nitrogen, carbon_dioxide, hydrogen_sulfide: mole %;
    salinity: % of the brine's mass; choices: a correlation by property
    """

    __tablename__ = "reservoir_correlation_set"
    __table_args__ = (UniqueConstraint("reservoir_id", "name"),)

    name: Mapped[str]
    fluid: Mapped[str]
    sample_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(PvtSample.id), index=True)
    held_to: Mapped[str]
    standard_conditions: Mapped[str]
    temperature: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    oil_gravity: Mapped[float | None]
    gas_gravity: Mapped[float | None]
    solution_gor: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    bubble_point: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    oil_volume: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    oil_viscosity: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    separator_pressure: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    separator_temperature: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    nitrogen: Mapped[float | None]
    carbon_dioxide: Mapped[float | None]
    hydrogen_sulfide: Mapped[float | None]
    salinity: Mapped[float | None]
    choices: Mapped[dict[str, str]] = mapped_column(JSONB)
    remark: Mapped[str | None]


class PvtTable(InReservoir, Base):
    """A table of fluid properties that was made; never changed, the next one is the next version.

    version: counts all tables of the reservoir; name: the set's then
    inputs: lines with name, title, value, unit and where each was taken from
    saturation: lines of the bubble point and what the oil is there; empty without oil
    columns: by the names of `pvt.tables.Properties`, in its units and at its conditions, whatever
        conditions the table is shown at; null for NaN
    """

    __tablename__ = "reservoir_pvt_table"
    __table_args__ = (UniqueConstraint("reservoir_id", "version"),)

    correlation_set_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(CorrelationSet.id, ondelete="SET NULL"), index=True
    )
    sample_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(PvtSample.id, ondelete="SET NULL")
    )
    version: Mapped[int]
    name: Mapped[str]
    fluid: Mapped[str]
    held_to: Mapped[str]
    standard_conditions: Mapped[str]
    inputs: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    choices: Mapped[dict[str, str]] = mapped_column(JSONB)
    warnings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    saturation: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    columns: Mapped[dict[str, list[float | None]]] = mapped_column(JSONB)
    remark: Mapped[str | None]
    created_by: Mapped[str | None]

    @property
    def row_count(self) -> int:
        return len(self.columns["pressure"])
