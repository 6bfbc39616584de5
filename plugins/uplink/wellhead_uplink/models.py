"""The tables of both sides. The edge's are written past the ORM, in the transactions that store
readings or move a position; the models are what migrations and lists stand on. Times of readings
are microseconds UTC, as drivers may bring any."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    LargeBinary,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from wellhead import sdk
from wellhead_historian.models import Source, Tag

Base: Any = sdk.model_base("uplink")
_NOW = func.now()

# --- edge -----------------------------------------------------------------------------------------


class Head(Base):
    """The one row that numbers the outbox's rows, see edge/outbox.py."""

    __tablename__ = "uplink_head"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stream: Mapped[uuid.UUID] = mapped_column(server_default=func.gen_random_uuid())
    replaces: Mapped[uuid.UUID | None]
    last: Mapped[int] = mapped_column(BigInteger, server_default="0")
    total: Mapped[int] = mapped_column(BigInteger, server_default="0")
    written: Mapped[int] = mapped_column(BigInteger, server_default="0")


class Outbox(Base):
    """Readings of one transaction, packed."""

    __tablename__ = "uplink_outbox"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    total: Mapped[int] = mapped_column(BigInteger)
    written: Mapped[int] = mapped_column(BigInteger)
    readings: Mapped[int]
    begins: Mapped[int] = mapped_column(BigInteger)
    ends: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int]
    packed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Destination(Base):
    """How far one destination is, and how its sender is doing."""

    __tablename__ = "uplink_destination"

    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    newest: Mapped[int] = mapped_column(BigInteger)
    sent: Mapped[int] = mapped_column(BigInteger, server_default="0")
    dropped: Mapped[int] = mapped_column(BigInteger, server_default="0")
    state: Mapped[str] = mapped_column(server_default="starting")
    reason: Mapped[str | None]
    since: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    heard_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Gap(Base):
    """Rows that a full outbox dropped before a destination had them."""

    __tablename__ = "uplink_gap"

    destination: Mapped[str] = mapped_column(primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger)
    readings: Mapped[int] = mapped_column(BigInteger)
    begins: Mapped[int] = mapped_column(BigInteger)
    ends: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Quarantine(Base):
    """A row that its destination can never take, and why."""

    __tablename__ = "uplink_quarantine"

    destination: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    readings: Mapped[int]
    reason: Mapped[str]
    packed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


# --- centre ---------------------------------------------------------------------------------------


class Edge(sdk.RecordMixin, Base):
    """Another Wellhead that sends here. user_id: whose key its name belongs to; stream: the outbox
    that sends now; complete_at: everything that the edge stored until then is here; backlog: what
    it reported to wait; silent_s, lag_s: seconds since it was heard, since complete_at."""

    __tablename__ = "uplink_edge"

    name: Mapped[str] = mapped_column(unique=True)
    asset_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(sdk.Asset.id, ondelete="RESTRICT"))
    user_id: Mapped[uuid.UUID | None]
    stream: Mapped[uuid.UUID]
    heard_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    complete_at: Mapped[dt.datetime | None] = mapped_column()
    backlog: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    silent_s: Mapped[float] = column_property(func.extract("epoch", _NOW - heard_at))
    lag_s: Mapped[float | None] = column_property(func.extract("epoch", _NOW - complete_at))

    @property
    def state(self) -> str:
        """`silent`: not heard for silent_s of the configuration; `behind`: what it stored more than
        behind_s ago is not all here; else `current`."""
        config = sdk.plugin_config("uplink")
        if self.silent_s > config["silent_s"]:
            return "silent"
        if self.lag_s is None or self.lag_s > config["behind_s"]:
            return "behind"
        return "current"


class Stream(Base):
    """How far one outbox of an edge is received, raised in the transaction that stores readings.
    crc: of the last row's packed bytes; total: readings of the outbox up to there; missing: those
    that never came"""

    __tablename__ = "uplink_stream"

    edge_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Edge.id, ondelete="CASCADE"), primary_key=True
    )
    stream: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int | None] = mapped_column(BigInteger)
    crc: Mapped[int | None] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger, server_default="0")
    received: Mapped[int] = mapped_column(BigInteger, server_default="0")
    missing: Mapped[int] = mapped_column(BigInteger, server_default="0")


class EdgeTag(Base):
    """Which tag of ours a tag of an edge's stream is. unit, datatype: as they were when it was
    taken; a tag with others is another tag here."""

    __tablename__ = "uplink_edge_tag"

    edge_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Edge.id, ondelete="CASCADE"), primary_key=True
    )
    stream: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    edge_tag: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    tag_id: Mapped[int] = mapped_column(ForeignKey(Tag.id), index=True)
    name: Mapped[str]
    unit: Mapped[str | None]
    quantity: Mapped[str | None]
    datatype: Mapped[str]


class EdgeSource(Base):
    """Which source of ours a source of an edge is."""

    __tablename__ = "uplink_edge_source"

    edge_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Edge.id, ondelete="CASCADE"), primary_key=True
    )
    edge_source: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    source_id: Mapped[int] = mapped_column(ForeignKey(Source.id))


class EdgeDevice(Base):
    """A device of an edge, as it was last reported. id: the edge's own"""

    __tablename__ = "uplink_edge_device"

    edge_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Edge.id, ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    driver: Mapped[str]
    state: Mapped[str]
    since: Mapped[dt.datetime]
    reason: Mapped[str | None]
    tags: Mapped[int]
    reported_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    age_s: Mapped[float] = column_property(func.extract("epoch", _NOW - reported_at))
    edge: Mapped[Edge] = relationship(Edge, lazy="joined", innerjoin=True)

    @property
    def stale(self) -> bool:
        """Whether more may have happened than is known here."""
        return self.edge.state != "current"


Edge.received = column_property(
    select(func.coalesce(func.sum(Stream.received), 0))
    .where(Stream.edge_id == Edge.id)
    .correlate_except(Stream)
    .scalar_subquery()
)
Edge.missing = column_property(
    select(func.coalesce(func.sum(Stream.missing), 0))
    .where(Stream.edge_id == Edge.id)
    .correlate_except(Stream)
    .scalar_subquery()
)

MODELS = (
    Head,
    Outbox,
    Destination,
    Gap,
    Quarantine,
    Edge,
    Stream,
    EdgeTag,
    EdgeSource,
    EdgeDevice,
)
