"""Fluid contacts as they moved, and the rock."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_reservoir.models.base import Base, InReservoir


class Contact(InReservoir, Base):
    """Where one fluid ends and the next begins, true vertical below mean sea level in depth_unit.

    as_of: the day from which it is there; None = since before anything was produced
    """

    __tablename__ = "reservoir_contact"
    __table_args__ = (
        UniqueConstraint("reservoir_id", "kind", "as_of", postgresql_nulls_not_distinct=True),
    )

    kind: Mapped[str]
    as_of: Mapped[dt.date | None]
    depth: Mapped[float]
    depth_unit: Mapped[str]
    certainty: Mapped[str]
    method: Mapped[str]
    remark: Mapped[str | None]


class Rock(InReservoir, Base):
    """What a part of the reservoir is made of, averaged over its net rock."""

    __tablename__ = "reservoir_rock"
    __table_args__ = (UniqueConstraint("reservoir_id", "part"),)

    part: Mapped[str]
    net_to_gross: Mapped[float | None]
    porosity: Mapped[float | None]
    water_saturation: Mapped[float | None]
    permeability: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    permeability_ratio: Mapped[float | None]
    compressibility: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    method: Mapped[str]
    remark: Mapped[str | None]
