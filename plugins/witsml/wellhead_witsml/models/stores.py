"""Tables of the stores that are known, of how each does, and of what is asked of them.

The API writes stores and requests; the process `witsml`, which alone talks to stores, writes the
rest past the ORM: that is bookkeeping, and leaves no audit rows.
"""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from wellhead import sdk

Base: Any = sdk.model_base("witsml")

SILENT_S = 10
"""Seconds after its last sign of life from which the process is gone; it gives one every 2 s."""


class Reader(Base):
    """The process `witsml` that reads this tenant's stores, as it last reported: one row.

    silent_s: seconds since it was heard, by the database's clock
    """

    __tablename__ = "witsml_reader"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    process: Mapped[str]
    started_at: Mapped[dt.datetime]
    heard_at: Mapped[dt.datetime] = mapped_column()
    silent_s: Mapped[float] = column_property(func.extract("epoch", func.now() - heard_at))


class StoreState(Base):
    """How a store does: `connected` or `down`, since when, why; and what it said it can do."""

    __tablename__ = "witsml_store_state"

    store_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("witsml_store.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[str]
    since: Mapped[dt.datetime]
    reason: Mapped[str | None]
    capabilities: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Store(sdk.RecordMixin, Base):
    """One WITSML store, and how to log in there.

    url: of its SOAP endpoint; version: the data version that is spoken
    user_name, password_file: Basic authentication; the file holds the password and lies in the
        process's folder of passwords, so that the database holds none
    ca_file: PEM file in the process's folder of certificates; None = the system's authorities
    allow_plain: whether http:// is spoken, and the password sent over it
    zone: IANA time zone of times that come without one
    follow_growing: whether growing logs are followed, and what is above them imported, without
        being named
    """

    __tablename__ = "witsml_store"
    __table_args__ = (
        CheckConstraint("version IN ('1.3.1.1', '1.4.1.1')", name="version"),
        CheckConstraint("timeout_s BETWEEN 1 AND 300", name="timeout_s"),
    )

    name: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    version: Mapped[str]
    user_name: Mapped[str | None]
    password_file: Mapped[str | None]
    ca_file: Mapped[str | None]
    allow_plain: Mapped[bool] = mapped_column(server_default=text("false"))
    zone: Mapped[str] = mapped_column(server_default="UTC")
    timeout_s: Mapped[float] = mapped_column(server_default="30")
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    follow_growing: Mapped[bool] = mapped_column(server_default=text("false"))
    description: Mapped[str | None]

    reported: Mapped[StoreState | None] = relationship(StoreState, viewonly=True, lazy="joined")

    @property
    def status(self) -> dict[str, Any]:
        """State, since when, why, and what the store can do; `unknown` when nobody vouches."""
        reported = self.reported
        known = reported.capabilities if reported else None
        if not self.enabled:
            return _status("disabled", self.updated_at, "switched off", known)
        reader = sdk.db.session.get(Reader, 1)
        if reader is None or reader.silent_s > SILENT_S:
            since = None if reader is None else reader.heard_at
            return _status("unknown", since, "no process `witsml` is heard", known)
        if reported is None:
            return _status("unknown", self.created_at, "not asked for anything yet", known)
        return _status(reported.state, reported.since, reported.reason, known)


def _status(
    state: str, since: dt.datetime | None, reason: str | None, capabilities: dict[str, Any] | None
) -> dict[str, Any]:
    return {"state": state, "since": since, "reason": reason, "capabilities": capabilities}


class Request(Base):
    """One exchange that a web process asks for. state: pending, taken, done or failed.

    kind: `capabilities`, or a function of the store's: get, add, update, delete
    answer: the reply, or of a failure the error's code, message and remedy
    """

    __tablename__ = "witsml_request"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    store_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Store.id, ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(server_default="pending")
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    deadline: Mapped[dt.datetime] = mapped_column(index=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Write(sdk.RecordMixin, Base):
    """An object that somebody had added, updated or deleted in a store.

    state: pending, sent (committed before it goes out), done, refused, withdrawn or unknown; what
    was sent is never sent again
    result, message: what the store answered
    """

    __tablename__ = "witsml_write"

    store_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Store.id, ondelete="CASCADE"), index=True
    )
    function: Mapped[str]
    object_type: Mapped[str]
    xml: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="pending")
    result: Mapped[int | None]
    message: Mapped[str | None]
    user_email: Mapped[str]
    deadline: Mapped[dt.datetime]
