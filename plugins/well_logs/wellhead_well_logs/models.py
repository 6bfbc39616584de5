"""Tables of logs, their curves and the blocks that hold the data.

A log is rows by index; its data are blocks of some thousand rows, and of each block one compressed
column a curve, so that a few curves of a depth range cost no more than they hold. Blocks and
columns are written by `store`, past the ORM.
"""

import uuid
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from wellhead import sdk
from wellhead_wells.models import Wellbore

Base: Any = sdk.model_base("well_logs")


class Log(sdk.RecordMixin, Base):
    """One revision of a log of a wellbore.

    index_unit: as it came; index_known_unit: as Wellhead converts it (m, ft, s …, `datetime`), None
        for one that it does not know
    null_value, logged_on: as they came, texts
    header: all of the source's header, as `las.header` describes it
    replaces: the revision before this one; reason: why there is a new one
    first_index, last_index: the least and the greatest index; None while there are no rows
    """

    __tablename__ = "well_logs_log"
    __table_args__ = (
        CheckConstraint("kind IN ('depth', 'time')", name="kind"),
        CheckConstraint("direction IN ('increasing', 'decreasing')", name="direction"),
        CheckConstraint("state IN ('current', 'superseded')", name="state"),
        Index(
            "uq_well_logs_log_current",
            "wellbore_id",
            "name",
            text("coalesce(run, '')"),
            unique=True,
            postgresql_where=text("state = 'current'"),
        ),
    )

    wellbore_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Wellbore.id), index=True)
    name: Mapped[str]
    kind: Mapped[str]
    run: Mapped[str | None]
    index_mnemonic: Mapped[str]
    index_unit: Mapped[str]
    index_known_unit: Mapped[str | None]
    depth_datum: Mapped[str | None]
    direction: Mapped[str]
    step: Mapped[float | None]
    service_company: Mapped[str | None]
    logged_on: Mapped[str | None]
    null_value: Mapped[str | None]
    source: Mapped[str]
    source_name: Mapped[str | None]
    source_sha256: Mapped[str | None] = mapped_column(index=True)
    header: Mapped[dict[str, Any]] = mapped_column(JSONB)
    growing: Mapped[bool]
    revision: Mapped[int]
    replaces: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("well_logs_log.id"), unique=True)
    reason: Mapped[str | None]
    state: Mapped[str]
    created_by: Mapped[str | None]
    rows: Mapped[int] = mapped_column(server_default=text("0"))
    first_index: Mapped[float | None]
    last_index: Mapped[float | None]

    bore: Mapped[Wellbore] = relationship(Wellbore)
    curves: Mapped[list["Curve"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="Curve.position"
    )

    asset_id: Mapped[uuid.UUID] = sdk.column_of(Wellbore.asset_id, wellbore_id)
    well_id: Mapped[uuid.UUID] = sdk.column_of(Wellbore.well_id, wellbore_id)

    @property
    def shown_unit(self) -> str:
        """Of the index: as Wellhead writes it where it is known, else as it came."""
        return self.index_known_unit or self.index_unit


def _of_log(column: Any, log_id: Any) -> Any:
    """A column of a curve's log."""
    return select(column).where(Log.id == log_id).correlate_except(Log).scalar_subquery()


def _of_bore(column: Any, log_id: Any) -> Any:
    """A column of the wellbore of a curve's log."""
    of_log = select(column).join(Log, Log.wellbore_id == Wellbore.id).where(Log.id == log_id)
    return of_log.correlate_except(Log, Wellbore).scalar_subquery()


class Curve(sdk.RecordMixin, Base):
    """One curve of a log, beside its index.

    mnemonic, unit: as they came; known_unit, quantity: as Wellhead converts them, None if it cannot
    dimension, element: of one element of an array, how many there are and which this is, from 1
    count, minimum … last_index: of the values that are no null
    """

    __tablename__ = "well_logs_curve"
    __table_args__ = (
        UniqueConstraint("log_id", "position"),
        CheckConstraint("data_type IN ('number', 'text')", name="data_type"),
    )

    log_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("well_logs_log.id", ondelete="CASCADE"))
    position: Mapped[int]
    mnemonic: Mapped[str] = mapped_column(index=True)
    unit: Mapped[str | None]
    known_unit: Mapped[str | None]
    quantity: Mapped[str | None]
    description: Mapped[str | None]
    data_type: Mapped[str]
    dimension: Mapped[int | None]
    element: Mapped[int | None]
    count: Mapped[int] = mapped_column(server_default=text("0"))
    minimum: Mapped[float | None]
    maximum: Mapped[float | None]
    mean: Mapped[float | None]
    first_index: Mapped[float | None]
    last_index: Mapped[float | None]

    log_name: Mapped[str] = column_property(_of_log(Log.name, log_id))
    wellbore_id: Mapped[uuid.UUID] = column_property(_of_log(Log.wellbore_id, log_id))
    well_id: Mapped[uuid.UUID] = column_property(_of_bore(Wellbore.well_id, log_id))
    asset_id: Mapped[uuid.UUID] = column_property(_of_bore(Wellbore.asset_id, log_id))
    index_unit: Mapped[str] = column_property(
        _of_log(func.coalesce(Log.index_known_unit, Log.index_unit), log_id)
    )

    @hybrid_property
    def shown_unit(self) -> str | None:
        """As Wellhead writes it where it is known, else as it came."""
        return self.known_unit or self.unit

    @shown_unit.inplace.expression
    @classmethod
    def _shown_unit(cls) -> ColumnElement[str | None]:
        return func.coalesce(cls.known_unit, cls.unit)


class Block(Base):
    """Consecutive rows of a log. index, edges: as `blocks` makes them."""

    __tablename__ = "well_logs_block"
    __table_args__ = (Index("ix_well_logs_block_log_id_first_index", "log_id", "first_index"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    log_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("well_logs_log.id", ondelete="CASCADE"))
    first_index: Mapped[float]
    last_index: Mapped[float]
    rows: Mapped[int]
    index: Mapped[bytes]
    edges: Mapped[bytes]


class Column(Base):
    """A curve's values in one block; none where all of them are null.

    values, extremes: as `blocks` makes them; the rest: of the values that are no null
    """

    __tablename__ = "well_logs_column"

    block_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("well_logs_block.id", ondelete="CASCADE"), primary_key=True
    )
    curve_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("well_logs_curve.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    values: Mapped[bytes]
    extremes: Mapped[bytes]
    count: Mapped[int]
    minimum: Mapped[float | None]
    maximum: Mapped[float | None]
    total: Mapped[float | None]
    first_index: Mapped[float]
    last_index: Mapped[float]


MODELS = (Log, Curve, Block, Column)
