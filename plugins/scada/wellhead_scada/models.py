"""Tables of devices and of the gateways that scan them.

The API writes devices, scan groups, field tags and requests; a gateway writes device states, its
own heartbeat and the answers. A field tag is how the historian's tag of the same id is read: it
goes with its device, the historian's tag and its readings stay.
"""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from wellhead import sdk
from wellhead_historian.models import Source, Tag

Base: Any = sdk.model_base("scada")

SILENT_S = 10
"""Seconds after its last heartbeat from which a gateway counts as dead; it beats every 2 s."""


class Gateway(Base):
    """A process that hosts drivers, as it last reported.

    detail: what it tells people (devices, spool); silent_s: seconds since it was heard
    """

    __tablename__ = "scada_gateway"

    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[dt.datetime]
    heard_at: Mapped[dt.datetime] = mapped_column()
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)
    silent_s: Mapped[float] = column_property(
        func.extract("epoch", func.now() - heard_at)  # the database's clock for both
    )


class DeviceState(Base):
    """How a device is doing, as its gateway last wrote it."""

    __tablename__ = "scada_device_state"

    device_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("scada_device.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[str]
    since: Mapped[dt.datetime]
    reason: Mapped[str | None]
    counters: Mapped[dict[str, int]] = mapped_column(JSONB)
    updated_at: Mapped[dt.datetime]


class Device(sdk.RecordMixin, Base):
    """One endpoint a driver talks to. options: as the driver's device_schema takes them;
    timeout_s: seconds one exchange may take; gateway: name of the one that scans it."""

    __tablename__ = "scada_device"
    __table_args__ = (CheckConstraint("timeout_s BETWEEN 0.1 AND 60", name="timeout_s"),)

    name: Mapped[str] = mapped_column(unique=True)
    driver: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(JSONB)
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    gateway: Mapped[str] = mapped_column(server_default="main", index=True)
    timeout_s: Mapped[float]
    description: Mapped[str | None]

    reported: Mapped[DeviceState | None] = relationship(DeviceState, viewonly=True, lazy="joined")
    host: Mapped[Gateway | None] = relationship(
        Gateway,
        primaryjoin="foreign(Device.gateway) == remote(Gateway.name)",
        viewonly=True,
        lazy="joined",
    )

    @property
    def state(self) -> dict[str, Any]:
        """Status, since when, why and the counters; `unknown` when no gateway vouches for it."""
        reported = self.reported
        counters = reported.counters if reported else {}
        if not self.enabled:
            reason = "switched off in its configuration"
            return _state("disabled", self.updated_at, reason, counters)
        if self.host is None:
            reason = (
                f"gateway {self.gateway!r} has never been heard: "
                f"start it with `wellhead gateway --name {self.gateway}`"
            )
            return _state("unknown", self.created_at, reason, counters)
        if self.host.silent_s > SILENT_S:
            reason = f"gateway {self.gateway!r} not heard for {self.host.silent_s:.0f} s"
            return _state("unknown", self.host.heard_at, reason, counters)
        if reported is None or reported.state == "disabled":
            return _state("unknown", self.updated_at, "its gateway is taking it over", counters)
        return _state(reported.state, reported.since, reported.reason, counters)


def _state(
    status: str, since: dt.datetime, reason: str | None, counters: dict[str, int]
) -> dict[str, Any]:
    return {"status": status, "since": since, "reason": reason, "counters": counters}


class ScanGroup(sdk.RecordMixin, Base):
    """Tags of one device read together every period_ms; source_id names its batches for ever."""

    __tablename__ = "scada_scan_group"
    __table_args__ = (
        UniqueConstraint("device_id", "name"),
        UniqueConstraint("id", "device_id"),
        CheckConstraint("period_ms >= 100", name="period_ms"),
    )

    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Device.id, ondelete="CASCADE"))
    name: Mapped[str]
    period_ms: Mapped[int]
    source_id: Mapped[int] = mapped_column(ForeignKey(Source.id), unique=True)


class FieldTag(Base):
    """How the historian's tag `tag_id` is read. Value in its unit = raw · scale + offset.

    The group must be one of the same device. Its foreign key does nothing by itself: removing a
    group that has tags is refused, removing the device removes both.
    """

    __tablename__ = "scada_tag"
    __table_args__ = (
        ForeignKeyConstraint(
            ["scan_group_id", "device_id"], ["scada_scan_group.id", "scada_scan_group.device_id"]
        ),
        Index("ix_scada_tag_scan_group_id", "scan_group_id", "device_id"),
    )

    tag_id: Mapped[int] = mapped_column(
        Integer, ForeignKey(Tag.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    device_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Device.id, ondelete="CASCADE"), index=True
    )
    scan_group_id: Mapped[uuid.UUID]
    datatype: Mapped[str]
    address: Mapped[dict[str, Any]] = mapped_column(JSONB)
    scale: Mapped[float] = mapped_column(server_default="1")
    offset: Mapped[float] = mapped_column(server_default="0")
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    exception: Mapped[dict[str, float] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    tag: Mapped[Tag] = relationship(Tag, lazy="joined", innerjoin=True)
    name: Mapped[str] = sdk.column_of(Tag.name, tag_id)


class Request(Base):
    """Something a web process asks of a gateway, which alone may talk to devices.

    state: pending, taken, done; result: the gateway's answer
    """

    __tablename__ = "scada_request"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    device_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Device.id, ondelete="CASCADE"), index=True
    )
    gateway: Mapped[str]
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    deadline: Mapped[dt.datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(server_default="pending")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


MODELS = (Gateway, DeviceState, Device, ScanGroup, FieldTag, Request)
