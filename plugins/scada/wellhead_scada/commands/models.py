"""Tables of commands: what may be written, what was commanded, and the switches.

Commands and switches are only changed by conditional UPDATEs (steps.py, switches.py), never
through these classes.
"""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, func
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_scada.models import Base, FieldTag


class Control(Base):
    """That a field tag may be written, and within which bounds; without a row it may not.

    minimum, maximum, max_change, tolerance: in the tag's unit; None = no bound (tolerance: what the
    datatype can tell apart); max_change is from the present value, which has to be good and at most
    fresh_s old
    min_interval_s: least seconds between two commands
    verify_s: seconds within which readback_tag_id reads as commanded; readback = False: not read
    critical: another person approves; select_before_operate: selected first, operated within
    select_s
    expires_s: seconds until a command expires that says nothing else
    """

    __tablename__ = "scada_control"
    __table_args__ = (
        CheckConstraint("minimum IS NULL OR maximum IS NULL OR minimum <= maximum", name="range"),
    )

    tag_id: Mapped[int] = mapped_column(
        Integer, ForeignKey(FieldTag.tag_id, ondelete="CASCADE"), primary_key=True,
        autoincrement=False,
    )  # fmt: skip
    writable: Mapped[bool] = mapped_column(server_default=sql("false"))
    minimum: Mapped[float | None]
    maximum: Mapped[float | None]
    max_change: Mapped[float | None]
    fresh_s: Mapped[float] = mapped_column(server_default="60")
    min_interval_s: Mapped[float] = mapped_column(server_default="0")
    readback: Mapped[bool] = mapped_column(server_default=sql("true"))
    readback_tag_id: Mapped[int | None] = mapped_column(
        Integer, ForeignKey(FieldTag.tag_id, ondelete="SET NULL"), index=True
    )
    tolerance: Mapped[float | None]
    verify_s: Mapped[float] = mapped_column(server_default="5")
    critical: Mapped[bool] = mapped_column(server_default=sql("false"))
    select_before_operate: Mapped[bool] = mapped_column(server_default=sql("false"))
    select_s: Mapped[float] = mapped_column(server_default="30")
    expires_s: Mapped[float] = mapped_column(server_default="60")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    field_tag: Mapped[FieldTag] = relationship(FieldTag, foreign_keys=[tag_id], viewonly=True)
    name: Mapped[str] = sdk.column_of(Tag.name, tag_id)
    asset_id: Mapped[uuid.UUID | None] = sdk.column_of(Tag.asset_id, tag_id)


class Command(Base):
    """One command to one tag. At most one of a tag is open (has not ended).

    value, text_value: what is commanded, in the tag's unit, one of the two
    key: the requester's own name for it; request: hash of what they asked for under it
    why: the reason of the last step; steps: all of them, oldest first (at, state, by, source, why)
    select_token, select_until: of a tag that is selected before it is operated
    gateway, run, dispatch: the gateway, its life and its one try to send it
    settle_by: when it is `unknown` unless its gateway has said more
    """

    __tablename__ = "scada_command"
    __table_args__ = (
        UniqueConstraint("requested_by", "key"),
        Index(
            "ix_scada_command_open", "tag_id", unique=True, postgresql_where=sql("ended_at IS NULL")
        ),
        Index("ix_scada_command_created_at", "created_at"),
        CheckConstraint("num_nonnulls(value, text_value) = 1", name="value"),
        CheckConstraint("approved_by <> requested_by", name="second_person"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    tag_id: Mapped[int] = mapped_column(ForeignKey(Tag.id), index=True)
    value: Mapped[float | None]
    text_value: Mapped[str | None]
    reason: Mapped[str | None]
    state: Mapped[str]
    why: Mapped[str]
    key: Mapped[str]
    request: Mapped[str]
    requested_by: Mapped[uuid.UUID]
    requested_by_email: Mapped[str]
    approved_by: Mapped[uuid.UUID | None]
    approved_by_email: Mapped[str | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[dt.datetime]
    select_token: Mapped[str | None] = mapped_column(info={"secret": True})
    select_until: Mapped[dt.datetime | None]
    gateway: Mapped[str | None]
    run: Mapped[uuid.UUID | None]
    dispatch: Mapped[uuid.UUID | None]
    dispatched_at: Mapped[dt.datetime | None]
    settle_by: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)

    tag: Mapped[Tag] = relationship(Tag, viewonly=True, lazy="joined", innerjoin=True)
    tag_name: Mapped[str] = sdk.column_of(Tag.name, tag_id)
    asset_id: Mapped[uuid.UUID | None] = sdk.column_of(Tag.asset_id, tag_id)

    @property
    def commanded(self) -> float | str | None:
        """The value, number or text."""
        return self.value if self.text_value is None else self.text_value


class WriteSwitch(Base):
    """Whether writing to the field is disabled: level `all` for every tenant of the installation,
    `tenant` for this one. Nothing is sent unless both rows are there and say no."""

    __tablename__ = "scada_write_switch"

    level: Mapped[str] = mapped_column(primary_key=True)
    disabled: Mapped[bool] = mapped_column(server_default=sql("true"))
    reason: Mapped[str | None]
    changed_by: Mapped[str | None]
    changed_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


MODELS = (Control, Command, WriteSwitch)
