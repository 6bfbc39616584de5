"""Tables of calculated tags. What the calculator writes at each of its passes (what is to be done,
how it stands) goes through no model's audit: only the definitions are people's."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from wellhead import sdk
from wellhead_historian.models import Tag

Base: Any = sdk.model_base("calculations")


def _of_tag(column: Any) -> Any:
    return (
        select(column).where(Tag.id == Calculation.tag_id).correlate_except(Tag).scalar_subquery()
    )


class Calculation(Base):
    """How the readings of a tag come about.

    expression: with tags by their numbers, `tag(17) * 2`, so that renaming one changes nothing
    period, zone, day_start: of a total (`hour` or `day`), whose one input is a rate
    max_age_s: how long an input's last reading counts, seconds
    least_share: of a period that must be covered by good readings for the total to be good
    start: from when on results are calculated, microseconds UTC
    """

    __tablename__ = "calculations_calculation"

    tag_id: Mapped[int] = mapped_column(ForeignKey(Tag.id), primary_key=True, autoincrement=False)
    expression: Mapped[str | None]
    period: Mapped[str | None]
    zone: Mapped[str | None]
    day_start: Mapped[str | None]
    least_share: Mapped[float | None]
    max_age_s: Mapped[float]
    start: Mapped[dt.datetime]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    inputs: Mapped[list["Input"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Input.place"
    )

    @property
    def total_of(self) -> str | None:
        """The tag whose rate is added up, by its number; None for an expression."""
        return None if self.expression is not None else f"tag({self.inputs[0].tag_id})"


for _field in ("name", "description", "unit", "quantity", "asset_id"):
    setattr(Calculation, _field, column_property(_of_tag(getattr(Tag, _field))))


class Input(Base):
    """A tag that a calculation uses."""

    __tablename__ = "calculations_input"

    calculation_id: Mapped[int] = mapped_column(
        ForeignKey(Calculation.tag_id, ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(ForeignKey(Tag.id), primary_key=True, index=True)
    place: Mapped[int]

    name: Mapped[str] = sdk.column_of(Tag.name, tag_id)


class Head(Base):
    """One row. version: raised whenever a definition changes, so that who caches them knows."""

    __tablename__ = "calculations_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger, server_default="0")


class Dirty(Base):
    """New readings of inputs: tags[i] has some with begins[i] <= time <= ends[i] (microseconds
    UTC). Written in the transaction that stores them."""

    __tablename__ = "calculations_dirty"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    tags: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    begins: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    ends: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class Due(Base):
    """Times that a calculation is still to be evaluated for, begins <= time <= ends, but not before
    `ready_at`. redo: results that were there and have no input any more are taken back."""

    __tablename__ = "calculations_due"
    __table_args__ = (Index("ix_calculations_due_ready_at", "ready_at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    tag_id: Mapped[int] = mapped_column(
        ForeignKey(Calculation.tag_id, ondelete="CASCADE"), index=True
    )
    begins: Mapped[int] = mapped_column(BigInteger)
    ends: Mapped[int] = mapped_column(BigInteger)
    redo: Mapped[bool]
    ready_at: Mapped[dt.datetime] = mapped_column(server_default=func.clock_timestamp())


class State(Base):
    """How a calculation is doing. results: readings written; error: why it cannot be evaluated"""

    __tablename__ = "calculations_state"

    tag_id: Mapped[int] = mapped_column(
        ForeignKey(Calculation.tag_id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    evaluated_at: Mapped[dt.datetime | None]
    results: Mapped[int] = mapped_column(BigInteger, server_default="0")
    error: Mapped[str | None]


MODELS = (Calculation, Input, Head, Dirty, Due, State)
