"""PVT samples: a fluid that was taken, and what a laboratory measured on it."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_reservoir.models.base import Base, InReservoir
from wellhead_wells.models import Well


class PvtSample(InReservoir, Base):
    """A sample with its report.

    standard_conditions: of all its volumes of gas and stock tank oil
    bubble_point, separator_pressure: in pressure_unit, gauge pressures above atmospheric_pressure
    solution_gor, oil_volume, oil_viscosity: at the bubble point, of the oil as separators made it
    oil_gravity: degAPI; gas_gravity: to air
    gas_composition: component and mole_percent each
    experiments: kind, temperature, and columns with name, unit and values, as reported
    """

    __tablename__ = "reservoir_pvt_sample"
    __table_args__ = (UniqueConstraint("reservoir_id", "name"),)

    name: Mapped[str]
    well_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Well.id), index=True)
    kind: Mapped[str]
    sampled_on: Mapped[dt.date | None]
    laboratory: Mapped[str | None]
    standard_conditions: Mapped[str]
    temperature: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    pressure_unit: Mapped[str | None]
    atmospheric_pressure: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    bubble_point: Mapped[float | None]
    solution_gor: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    oil_volume: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    oil_viscosity: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    oil_gravity: Mapped[float | None]
    gas_gravity: Mapped[float | None]
    separator_pressure: Mapped[float | None]
    separator_temperature: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    gas_composition: Mapped[list[dict[str, Any]]] = mapped_column(sdk.PartsColumn, default=list)
    experiments: Mapped[list[dict[str, Any]]] = mapped_column(sdk.PartsColumn, default=list)
    remark: Mapped[str | None]
