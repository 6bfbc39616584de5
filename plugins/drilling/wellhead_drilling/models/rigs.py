"""Rigs, and which wellbore each works on when.

A rig is also a node of the core's plant tree, so tags of its sensors hang on it. Its name is the
node's, kept there alone.
"""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wellhead import sdk
from wellhead_drilling.models.base import Base
from wellhead_wells.models import Wellbore


class Rig(sdk.RecordMixin, Base):
    """A drilling rig.

    time_zone, report_day_start: the IANA zone and the local time (HH:MM) its report days begin at
    power: what is installed, all engines
    """

    __tablename__ = "drilling_rig"

    asset_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(sdk.Asset.id), unique=True)
    contractor: Mapped[str | None] = mapped_column(index=True)
    rig_type: Mapped[str]
    rig_class: Mapped[str | None]
    power: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    hook_load_rating: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    time_zone: Mapped[str]
    report_day_start: Mapped[str]

    asset: Mapped[sdk.Asset] = relationship(sdk.Asset)

    name: Mapped[str] = sdk.column_of(sdk.Asset.name, asset_id)
    parent_asset_id: Mapped[uuid.UUID | None] = sdk.column_of(sdk.Asset.parent_id, asset_id)


class RigAssignment(sdk.RecordMixin, Base):
    """A rig at work on a wellbore; end_at: None while it is."""

    __tablename__ = "drilling_rig_assignment"
    __table_args__ = (CheckConstraint("end_at > start_at", name="times"),)

    rig_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drilling_rig.id"), index=True)
    wellbore_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Wellbore.id), index=True)
    start_at: Mapped[dt.datetime]
    end_at: Mapped[dt.datetime | None]
    remark: Mapped[str | None]

    asset_id: Mapped[uuid.UUID] = sdk.column_of(Wellbore.asset_id, wellbore_id)
