"""Daily drilling reports, their activities and costs, and what was approved of them."""

import datetime as dt
import uuid
import zoneinfo
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship
from sqlalchemy.types import Uuid

from wellhead import sdk
from wellhead_drilling.models.base import Base, InWellbore
from wellhead_drilling.models.rigs import Rig
from wellhead_drilling.reports.local_times import local_of
from wellhead_wells.models import Wellbore

Exact = Numeric()
"""Of any scale: an amount keeps the decimals it was entered with."""


class DailyReport(InWellbore, Base):
    """What a rig did in a wellbore on one day.

    begins_at, ends_at, time_zone: of the report day, as the rig's clock and day start had it when
        the date was entered; a rig that moves to another zone takes its old reports not with it
    revision: from 1; each approval of it is kept whole in ReportRevision
    authors: ids of the users who entered, changed or submitted this revision
    rejection_reason: why it came back last; None once it is submitted again
    """

    __tablename__ = "drilling_daily_report"
    __table_args__ = (
        UniqueConstraint("wellbore_id", "rig_id", "report_date"),
        UniqueConstraint("wellbore_id", "number"),
        CheckConstraint("ends_at > begins_at", name="day"),
    )

    rig_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drilling_rig.id"), index=True)
    report_date: Mapped[dt.date]
    number: Mapped[int]
    begins_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    time_zone: Mapped[str]
    state: Mapped[str]
    revision: Mapped[int]
    revision_reason: Mapped[str | None]
    authors: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
    submitted_at: Mapped[dt.datetime | None]
    submitted_by: Mapped[str | None]
    approved_at: Mapped[dt.datetime | None]
    approved_by: Mapped[str | None]
    rejection_reason: Mapped[str | None]
    depth_start: Mapped[float | None]
    depth_end: Mapped[float | None]
    summary: Mapped[str | None]
    forecast: Mapped[str | None]
    remarks: Mapped[str | None]
    weather: Mapped[str | None]
    persons_on_board: Mapped[int | None]
    safety_events: Mapped[list[dict[str, Any]]] = mapped_column(sdk.PartsColumn, default=list)
    afe: Mapped[str | None]

    wellbore: Mapped[Wellbore] = relationship(Wellbore, viewonly=True)
    rig: Mapped[Rig] = relationship(Rig, viewonly=True)
    activities: Mapped[list["Activity"]] = relationship(
        back_populates="report",
        cascade="all, delete-orphan",
        lazy="selectin",
        order_by="(Activity.start_at, Activity.end_at, Activity.id)",
    )
    cost_lines: Mapped[list["CostLine"]] = relationship(
        back_populates="report",
        cascade="all, delete-orphan",
        lazy="selectin",
        order_by="CostLine.position",
    )

    @property
    def progress(self) -> float | None:
        """How much deeper the hole became, in depth_unit."""
        if self.depth_start is None or self.depth_end is None:
            return None
        return self.depth_end - self.depth_start

    @property
    def deepest_activity(self) -> float | None:
        """The greatest depth of an activity, in depth_unit; None while none has one."""
        given = [depth for row in self.activities for depth in (row.depth_from, row.depth_to)]
        return max((depth for depth in given if depth is not None), default=None)

    @property
    def spud_day(self) -> int | None:
        """Which day of the well it is, from 1 on the day it was spudded; None while that is not
        known."""
        spud: dt.date | None = self.wellbore.well.spud_date
        return None if spud is None else (self.report_date - spud).days + 1


class OfReport(sdk.RecordMixin):
    """A part of a report, seen by who sees the report."""

    @declared_attr
    def report_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805 (SQLAlchemy calls it with the class)
        return mapped_column(ForeignKey("drilling_daily_report.id", ondelete="CASCADE"), index=True)

    @declared_attr
    def wellbore_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        return sdk.column_of(DailyReport.wellbore_id, cls.report_id)

    @declared_attr
    def report_date(cls) -> Mapped[dt.date]:  # noqa: N805
        return sdk.column_of(DailyReport.report_date, cls.report_id)

    @declared_attr
    def asset_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        return sdk.column_of(DailyReport.asset_id, cls.report_id)


class OfDay(OfReport):
    """A part of a report whose times are shown by its clock and whose depths are in its unit, told
    without loading the report."""

    @declared_attr
    def time_zone(cls) -> Mapped[str]:  # noqa: N805
        return sdk.column_of(DailyReport.time_zone, cls.report_id)

    @declared_attr
    def depth_unit(cls) -> Mapped[str | None]:  # noqa: N805
        return sdk.column_of(DailyReport.depth_unit, cls.report_id)


class Activity(OfDay, Base):
    """What was done from start_at to end_at; its depths are in the unit and datum of the report."""

    __tablename__ = "drilling_activity"
    __table_args__ = (CheckConstraint("end_at > start_at", name="times"),)

    start_at: Mapped[dt.datetime]
    end_at: Mapped[dt.datetime]
    phase: Mapped[str]
    code: Mapped[str]
    time_class: Mapped[str]
    detail: Mapped[str | None]
    depth_from: Mapped[float | None]
    depth_to: Mapped[float | None]
    description: Mapped[str | None]

    report: Mapped[DailyReport] = relationship(back_populates="activities")

    @property
    def hours(self) -> float:
        """How long it took."""
        return (self.end_at - self.start_at) / dt.timedelta(hours=1)

    @property
    def local_start(self) -> str:
        """start_at by the rig's clock, with its offset."""
        return local_of(self.start_at, zoneinfo.ZoneInfo(self.time_zone))

    @property
    def local_end(self) -> str:
        """end_at by the rig's clock, with its offset."""
        return local_of(self.end_at, zoneinfo.ZoneInfo(self.time_zone))


class CostLine(OfReport, Base):
    """What something cost that day: an amount, or a quantity at a unit price, in one currency."""

    __tablename__ = "drilling_cost_line"

    position: Mapped[int]
    code: Mapped[str]
    description: Mapped[str | None]
    vendor: Mapped[str | None]
    quantity: Mapped[Decimal | None] = mapped_column(Exact)
    unit: Mapped[str | None]
    unit_price: Mapped[Decimal | None] = mapped_column(Exact)
    amount: Mapped[Decimal] = mapped_column(Exact)
    currency: Mapped[str]
    afe: Mapped[str | None]

    report: Mapped[DailyReport] = relationship(back_populates="cost_lines")


class ReportRevision(OfReport, Base):
    """A report as it was approved, whole; never edited.

    content: `{"report": …, "day": …}`, both as the API showed them then
    """

    __tablename__ = "drilling_report_revision"
    __table_args__ = (UniqueConstraint("report_id", "revision"),)

    revision: Mapped[int]
    reason: Mapped[str | None]
    approved_at: Mapped[dt.datetime]
    approved_by: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
