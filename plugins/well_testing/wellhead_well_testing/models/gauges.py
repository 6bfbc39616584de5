"""Gauges that were run in a test, and the series of pressures that they gave."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wellhead import sdk
from wellhead_well_testing.models.base import Base
from wellhead_well_testing.models.tests import WellTest
from wellhead_wells.models import Wellbore


class GaugeRun(sdk.RecordMixin, Base):
    """A gauge at one depth for one test.

    depth_md: in depth_unit from depth_datum, along wellbore_id
    pressure_kind: what it counts from; pressure_unit: of its series, with the kind in it (psig)
    atmospheric_pressure: at the site, absolute; None for a gauge that counts from nothing
    """

    __tablename__ = "well_testing_gauge_run"
    __table_args__ = (
        CheckConstraint("pressure_kind IN ('gauge', 'absolute')", name="pressure_kind"),
        CheckConstraint(
            "pressure_kind = 'absolute' OR atmospheric_pressure IS NOT NULL", name="atmosphere"
        ),
    )

    test_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(WellTest.id, ondelete="CASCADE"), index=True
    )
    gauge: Mapped[str]
    serial: Mapped[str | None]
    wellbore_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Wellbore.id), index=True)
    depth_md: Mapped[float | None]
    depth_unit: Mapped[str | None]
    depth_datum: Mapped[str | None]
    pressure_kind: Mapped[str]
    pressure_unit: Mapped[str]
    atmospheric_pressure: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    remark: Mapped[str | None]

    test: Mapped[WellTest] = relationship(WellTest, viewonly=True)
    wellbore: Mapped[Wellbore | None] = relationship(Wellbore, viewonly=True)

    asset_id: Mapped[uuid.UUID] = sdk.column_of(WellTest.asset_id, test_id)


class Series(sdk.RecordMixin, Base):
    """One version of the pressures of a gauge run; never changed, the next one is the next version.

    source: csv or tag; source_name: of the file, or of the tag when it was read
    count: readings; usable: those that have a pressure and are not bad
    first_at, last_at: of all readings; minimum, maximum: of usable ones, in pressure_unit
    """

    __tablename__ = "well_testing_series"
    __table_args__ = (
        UniqueConstraint("gauge_run_id", "version"),
        CheckConstraint("source IN ('csv', 'tag')", name="source"),
    )

    gauge_run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(GaugeRun.id, ondelete="CASCADE"))
    version: Mapped[int]
    source: Mapped[str]
    source_name: Mapped[str | None]
    source_sha256: Mapped[str | None]
    tag_id: Mapped[int | None]
    pressure_unit: Mapped[str]
    count: Mapped[int]
    usable: Mapped[int]
    first_at: Mapped[dt.datetime]
    last_at: Mapped[dt.datetime]
    minimum: Mapped[float | None]
    maximum: Mapped[float | None]
    reason: Mapped[str | None]
    created_by: Mapped[str | None]

    asset_id: Mapped[uuid.UUID] = sdk.column_of(GaugeRun.asset_id, gauge_run_id)


class Block(Base):
    """Consecutive readings of a series, as `blocks` packs them; times in microseconds UTC."""

    __tablename__ = "well_testing_block"

    series_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Series.id, ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    first_at: Mapped[dt.datetime]
    last_at: Mapped[dt.datetime]
    times: Mapped[bytes]
    pressures: Mapped[bytes]
    qualities: Mapped[bytes]
