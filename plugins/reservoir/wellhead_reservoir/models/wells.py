"""Which wells are open in which reservoir, and when."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from wellhead_reservoir.models.base import Base, InReservoir
from wellhead_wells.models import Well


class ReservoirWell(InReservoir, Base):
    """A well that produces from the reservoir or injects into it, from the day `since` to the day
    before `until`; None = from its first day, to its last."""

    __tablename__ = "reservoir_well"
    __table_args__ = (CheckConstraint("since < until", name="days"),)

    well_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Well.id), index=True)
    since: Mapped[dt.date | None]
    until: Mapped[dt.date | None]
    remark: Mapped[str | None]
