"""The historian's tables. Readings never pass through these classes: they are read and written as
columns (store.py); the models are what migrations and the tag registry stand on."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk

Base: Any = sdk.model_base("historian")


class Tag(Base):
    """One measured or computed point. Its number is what a reading carries, so it is small and
    never used again; `unit` is the unit of every reading of it.

    quantity: what it measures, of `sdk.units.QUANTITIES`; None = what the unit usually means
    states: names of the values of an enumerated state, by value as text: {"0": "Stopped"}
    tag_class: how long it is kept and what gives way first, of [plugins.historian.classes]
    step: whether its value holds until the next reading (True) or goes there in a straight line;
        None = as its datatype suggests
    """

    __tablename__ = "historian_tag"

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]
    unit: Mapped[str | None]
    quantity: Mapped[str | None]
    datatype: Mapped[str]
    states: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    tag_class: Mapped[str] = mapped_column(server_default="default")
    step: Mapped[bool | None]
    asset_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(sdk.Asset.id, ondelete="RESTRICT"), index=True
    )
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    @property
    def holds(self) -> bool:
        """Whether its value holds until the next reading."""
        return holds(self)


def holds(tag: Any) -> bool:
    """Whether the value of a tag, or of a row with its columns, holds until the next reading: as
    `step` says, else that of switches, states and texts does, and that of other numbers goes there
    in a straight line."""
    if tag.step is not None:
        return bool(tag.step)
    return tag.datatype in ("bool", "string") or tag.states is not None


class Source(Base):
    """What produces batches: a scan group, an import."""

    __tablename__ = "historian_source"

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Layout(Base):
    """The tags of one source's scans, in order. A row is never changed: another order is another
    row, and hot rows keep meaning what they meant."""

    __tablename__ = "historian_layout"

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey(Source.id), index=True)
    tags: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class TagSource(Base):
    """Which sources ever brought readings of a tag: where its readings are looked for."""

    __tablename__ = "historian_tag_source"

    tag_id: Mapped[int] = mapped_column(ForeignKey(Tag.id), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey(Source.id), primary_key=True, index=True)


class Hot(Base):
    """Readings as they come: one row a scan. tags null = the layout's; quality null = all good.

    No foreign keys: they would be checked for every row, and `historian_tag_source` has them.
    """

    __tablename__ = "historian_hot"
    __table_args__ = (Index("ix_historian_hot_source_id_ts", "source_id", "ts"),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source_id: Mapped[int]
    layout_id: Mapped[int | None]
    ts: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    tags: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    value: Mapped[list[float]] = mapped_column(ARRAY(Double))
    quality: Mapped[list[int] | None] = mapped_column(ARRAY(SmallInteger))


class Axis(Base):
    """The times of one hour that blocks share. ts: see store/codec.py"""

    __tablename__ = "historian_axis"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    hour: Mapped[dt.datetime] = mapped_column(index=True)
    n: Mapped[int]
    ts: Mapped[bytes]


class Block(Base):
    """All readings of a tag in one hour, packed: with the times of an axis or with their own.
    data, rest: see store/block_data.py. No foreign keys, as in Hot."""

    __tablename__ = "historian_block"

    tag_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hour: Mapped[dt.datetime] = mapped_column(primary_key=True)
    n: Mapped[int]
    axis_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    data: Mapped[bytes]
    rest: Mapped[bytes]


class Packing(Base):
    """One row: what lies before `through` was packed when a packer last came to the end of all that
    was due, at `finished_at`. What was stored since then may be older and hot."""

    __tablename__ = "historian_packing"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default="1")
    through: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime]


class Rollup(Base):
    """Summaries of a tag, some buckets of one level a row. level: see store/interface.py"""

    __tablename__ = "historian_rollup"

    tag_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    begins: Mapped[dt.datetime] = mapped_column(primary_key=True)
    data: Mapped[bytes]


class Latest(Base):
    """The newest reading of every tag of one source, as arrays of equal length, sorted by tag."""

    __tablename__ = "historian_latest"

    source_id: Mapped[int] = mapped_column(
        ForeignKey(Source.id), primary_key=True, autoincrement=False
    )
    version: Mapped[int] = mapped_column(BigInteger, server_default="0")
    tags: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    ts: Mapped[list[dt.datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    value: Mapped[list[float]] = mapped_column(ARRAY(Double))
    quality: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))


class Text(Base):
    """One text that readings have; its number is their value. digest: SHA-256 of its UTF-8"""

    __tablename__ = "historian_text"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    text: Mapped[str]


class Store(Base):
    """Which store the readings are in, of store/choice.py: one row."""

    __tablename__ = "historian_store"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(
        SmallInteger, primary_key=True, server_default="1", autoincrement=False
    )
    kind: Mapped[str]
    chosen_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Import(Base):
    """Readings that somebody brought by files under one id, all parts of them that are stored.

    skipped: rows that were wrong and left out
    """

    __tablename__ = "historian_import"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_email: Mapped[str | None]
    parts: Mapped[int] = mapped_column(server_default="0")
    readings: Mapped[int] = mapped_column(BigInteger, server_default="0")
    skipped: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class ImportPart(Base):
    """One request of an import: its row is written in the transaction that stores its readings.
    digest: SHA-256 of options and body; answer: what was answered, for the same request again"""

    __tablename__ = "historian_import_part"

    import_id: Mapped[str] = mapped_column(ForeignKey(Import.id), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[bytes]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Ledger(Base):
    """The last entry of each spool that is stored."""

    __tablename__ = "historian_ledger"

    spool_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Gap(Base):
    """Readings that a full spool lost: how many, of which source, between which times."""

    __tablename__ = "historian_gap"

    spool_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    source_id: Mapped[int] = mapped_column(index=True)
    begins: Mapped[dt.datetime]
    ends: Mapped[dt.datetime]
    readings: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
