"""What the plugin's tables have in common: the registry, and a place in a reservoir."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from wellhead import sdk

Base: Any = sdk.model_base("reservoir")


class Reservoir(sdk.RecordMixin, Base):
    """A body of rock with its fluids in pressure communication.

    asset_id: the field or other node of the plant tree that it belongs to, which decides who sees
        it; None = none, seen by users without a limit
    datum_depth: true vertical depth below mean sea level, in depth_unit, that pressures are
        compared at; initial_pressure and temperature are there
    """

    __tablename__ = "reservoir_reservoir"

    name: Mapped[str] = mapped_column(unique=True)
    asset_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(sdk.Asset.id), index=True)
    formation: Mapped[str | None] = mapped_column(index=True)
    fluid: Mapped[str]
    drive: Mapped[str]
    depth_unit: Mapped[str | None]
    datum_depth: Mapped[float | None]
    initial_pressure: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    temperature: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    remark: Mapped[str | None]


class InReservoir(sdk.RecordMixin):
    """A record of one reservoir; asset_id: the reservoir's, which decides who sees the record."""

    @declared_attr
    def reservoir_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805 (SQLAlchemy calls it with the class)
        return mapped_column(ForeignKey(Reservoir.id), index=True)

    @declared_attr
    def asset_id(cls) -> Mapped[uuid.UUID | None]:  # noqa: N805
        return sdk.column_of(Reservoir.asset_id, cls.reservoir_id)
