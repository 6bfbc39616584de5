"""Meters of a facility, and what is known of their error."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_production.models.base import Base, OfFacility
from wellhead_wells.models import Well


class Meter(OfFacility, Base):
    """What measures one fluid at one place.

    well_id: of a meter that one well flows through alone
    tag_id, tag_signal: the historian's tag that carries it, and whether that is a rate or a
        totaliser; rollover: where the totaliser begins again at 0, in the tag's unit
    factor: what an indicated volume is multiplied by on days that no correction covers
    """

    __tablename__ = "production_meter"
    __table_args__ = (
        UniqueConstraint("facility_id", "name"),
        CheckConstraint("factor > 0", name="factor"),
        CheckConstraint("rollover > 0", name="rollover"),
    )

    name: Mapped[str]
    fluid: Mapped[str]
    position: Mapped[str]
    well_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Well.id), index=True)
    tag_id: Mapped[int | None] = mapped_column(ForeignKey(Tag.id), index=True)
    tag_signal: Mapped[str | None]
    rollover: Mapped[float | None]
    factor: Mapped[float] = mapped_column(server_default="1")
    serial: Mapped[str | None]
    remark: Mapped[str | None]


class MeterCorrection(sdk.RecordMixin, Base):
    """Another meter factor for some production days, found by a proving or an investigation.

    last_day: the last day it counts for; None = until further notice
    """

    __tablename__ = "production_meter_correction"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("factor > 0", name="factor"),
    )

    meter_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("production_meter.id", ondelete="CASCADE"), index=True
    )
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date | None]
    factor: Mapped[float]
    reason: Mapped[str]
    proved_at: Mapped[dt.datetime | None]

    facility_id: Mapped[uuid.UUID] = sdk.column_of(Meter.facility_id, meter_id)
    asset_id: Mapped[uuid.UUID] = sdk.column_of(Meter.asset_id, meter_id)
