"""Tables of completions: what was put into a wellbore to let fluid in, its zones and perforations.

A completion is also a node of the plant tree, under its wellbore's, so tags hang on it; its name is
the node's. Depths are kept as entered, each row with its unit and datum.
"""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wellhead import sdk
from wellhead_wells.models import Base, Wellbore


class IntervalMixin(sdk.RecordMixin):
    """A stretch of a wellbore: measured depths in depth_unit from depth_datum, as entered."""

    top_md: Mapped[float]
    bottom_md: Mapped[float]
    depth_unit: Mapped[str]
    depth_datum: Mapped[str]


class Completion(sdk.RecordMixin, Base):
    """A completion of a wellbore.

    run_on: the day it was put in; ended_on: the day it was pulled or abandoned, None while it is in
        the hole; status_since: since when it has its status
    top_md, bottom_md: of the completed stretch, where it is known
    """

    __tablename__ = "wells_completion"
    __table_args__ = (
        CheckConstraint("depth_unit IN ('m', 'ft')", name="depth_unit"),
        CheckConstraint("top_md < bottom_md", name="depths"),
        CheckConstraint("run_on <= ended_on", name="days"),
    )

    wellbore_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wells_wellbore.id"), index=True)
    asset_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(sdk.Asset.id), unique=True)
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    status_since: Mapped[dt.date | None]
    run_on: Mapped[dt.date | None]
    ended_on: Mapped[dt.date | None]
    top_md: Mapped[float | None]
    bottom_md: Mapped[float | None]
    depth_unit: Mapped[str | None]
    depth_datum: Mapped[str | None]
    remark: Mapped[str | None]

    wellbore: Mapped[Wellbore] = relationship(Wellbore, lazy="selectin")
    asset: Mapped[sdk.Asset] = relationship(sdk.Asset)

    name: Mapped[str] = sdk.column_of(sdk.Asset.name, asset_id)
    well_id: Mapped[uuid.UUID] = sdk.column_of(Wellbore.well_id, wellbore_id)


class Zone(IntervalMixin, Base):
    """A stretch of a completion that is produced or injected into apart from the others."""

    __tablename__ = "wells_zone"
    __table_args__ = (
        UniqueConstraint("completion_id", "name"),
        UniqueConstraint("id", "completion_id"),
        CheckConstraint("depth_unit IN ('m', 'ft')", name="depth_unit"),
        CheckConstraint("top_md < bottom_md", name="depths"),
    )

    completion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wells_completion.id"))
    name: Mapped[str]
    formation: Mapped[str | None] = mapped_column(index=True)
    status: Mapped[str]
    status_since: Mapped[dt.date | None]
    remark: Mapped[str | None]

    completion: Mapped[Completion] = relationship(Completion, lazy="selectin")

    asset_id: Mapped[uuid.UUID] = sdk.column_of(Completion.asset_id, completion_id)


class Perforation(IntervalMixin, Base):
    """Holes shot from inside the pipe, of one day.

    shot_density: shots a length, in its own unit; phasing: degrees between one shot and the next
    """

    __tablename__ = "wells_perforation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["zone_id", "completion_id"], ["wells_zone.id", "wells_zone.completion_id"]
        ),
        CheckConstraint("depth_unit IN ('m', 'ft')", name="depth_unit"),
        CheckConstraint("top_md < bottom_md", name="depths"),
    )

    completion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wells_completion.id"), index=True)
    zone_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    shot_on: Mapped[dt.date | None]
    shot_density: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    phasing: Mapped[float | None]
    status: Mapped[str]
    status_since: Mapped[dt.date | None]
    remark: Mapped[str | None]

    completion: Mapped[Completion] = relationship(Completion, lazy="selectin")

    asset_id: Mapped[uuid.UUID] = sdk.column_of(Completion.asset_id, completion_id)


MODELS = (Completion, Zone, Perforation)
