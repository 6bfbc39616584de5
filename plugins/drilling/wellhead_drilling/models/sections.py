"""Hole sections: a length of hole of one diameter, as planned and as drilled."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_drilling.models.base import Base, InWellbore


class Section(InWellbore, Base):
    """A hole section; `number` counts them from the top of the wellbore."""

    __tablename__ = "drilling_section"
    __table_args__ = (UniqueConstraint("wellbore_id", "number"),)

    number: Mapped[int]
    name: Mapped[str | None]
    diameter: Mapped[sdk.Quantity] = mapped_column(sdk.QuantityColumn)
    planned_top_md: Mapped[float | None]
    planned_bottom_md: Mapped[float | None]
    top_md: Mapped[float | None]
    bottom_md: Mapped[float | None]
    planned_start: Mapped[dt.date | None]
    planned_end: Mapped[dt.date | None]
    start_at: Mapped[dt.datetime | None]
    end_at: Mapped[dt.datetime | None]
