"""What a reservoir holds, as engineers found it: analyses that are kept, each with its inputs."""

from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from wellhead_reservoir.models.base import Base, InReservoir


class Analysis(InReservoir):
    """An analysis that was kept; never changed, the next one is the next version.

    inputs: as its schema shows them; made_from: what else it was made from, in words
    results: lines with their units; rows: what was plotted, or fitted; warnings: in words
    """

    version: Mapped[int]
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_from: Mapped[list[str]] = mapped_column(JSONB)
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    warnings: Mapped[list[str]] = mapped_column(JSONB)
    formula: Mapped[str]
    source: Mapped[str]
    remark: Mapped[str | None]
    created_by: Mapped[str | None]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[UniqueConstraint, ...]:  # noqa: N805
        return (UniqueConstraint("reservoir_id", "version"),)


class VolumetricEstimate(Analysis, Base):
    """Oil or gas in place by the reservoir's size; sensitivities: what its spread comes from."""

    __tablename__ = "reservoir_volumetric_estimate"

    sensitivities: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class GasBalance(Analysis, Base):
    """Gas in place by the line of p/z against gas produced."""

    __tablename__ = "reservoir_gas_balance"


class OilBalance(Analysis, Base):
    """Oil in place by Havlena and Odeh's line, with gas cap and aquifer.

    x_axis, y_axis: what x and y of the rows are
    """

    __tablename__ = "reservoir_oil_balance"

    x_axis: Mapped[str]
    y_axis: Mapped[str]
