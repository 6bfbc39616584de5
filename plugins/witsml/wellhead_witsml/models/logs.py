"""Tables of the growing logs that are followed: which, how far, and where each curve goes.

The cursor lies in a table of its own that only the process writes, in the transaction of the rows
that it stands behind.
"""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_well_logs.models import Log as WellLog
from wellhead_wells.models import Wellbore
from wellhead_witsml.models.stores import Base, Store

COUNTS = ("rows", "readings", "polls", "partials", "restarts", "failures")
TIMES = ("cursor_time", "polled_at", "next_poll_at")


class LogState(Base):
    """How following a log goes.

    state: waiting, growing, ended, backing_off, failed; reason: why, for people
    cursor_time, cursor_depth: index of the last row that is stored, the one or the other
    unit: of a depth log's index, and of cursor_depth
    rows, readings: stored; polls, partials, restarts, failures: counted since it is followed
    warnings: what was odd about the log, and what was made of it
    """

    __tablename__ = "witsml_log_state"

    log_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("witsml_log.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[str] = mapped_column(server_default="waiting")
    since: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    reason: Mapped[str | None]
    cursor_time: Mapped[dt.datetime | None]
    cursor_depth: Mapped[float | None]
    unit: Mapped[str | None]
    rows: Mapped[int] = mapped_column(BigInteger, server_default="0")
    readings: Mapped[int] = mapped_column(BigInteger, server_default="0")
    polls: Mapped[int] = mapped_column(BigInteger, server_default="0")
    partials: Mapped[int] = mapped_column(BigInteger, server_default="0")
    restarts: Mapped[int] = mapped_column(BigInteger, server_default="0")
    failures: Mapped[int] = mapped_column(BigInteger, server_default="0")
    polled_at: Mapped[dt.datetime | None]
    next_poll_at: Mapped[dt.datetime | None]
    warnings: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default="{}")


class Log(sdk.RecordMixin, Base):
    """A log of a store that is followed: rows by time become readings of tags of the wellbore's
    asset, rows by depth become rows of a log of the wellbore.

    index_kind: time or depth, once the store's header was read
    tag_prefix: what the tags' names begin with
    well_log_id: the log of `well_logs`, once the store's header was read
    period_s: seconds between two looks; the store's changeDetectionPeriod where that is longer
    """

    __tablename__ = "witsml_log"
    __table_args__ = (
        UniqueConstraint("store_id", "uid_well", "uid_wellbore", "uid"),
        CheckConstraint("index_kind IN ('time', 'depth')", name="index_kind"),
        CheckConstraint("period_s BETWEEN 1 AND 86400", name="period_s"),
    )

    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Store.id))
    wellbore_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Wellbore.id), index=True)
    uid_well: Mapped[str]
    uid_wellbore: Mapped[str]
    uid: Mapped[str]
    name: Mapped[str]
    index_kind: Mapped[str | None]
    tag_prefix: Mapped[str]
    period_s: Mapped[float] = mapped_column(server_default="10")
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    well_log_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(WellLog.id, ondelete="SET NULL")
    )

    store: Mapped[Store] = relationship(Store, lazy="joined", innerjoin=True)
    wellbore: Mapped[Wellbore] = relationship(Wellbore, lazy="joined", innerjoin=True)
    reported: Mapped[LogState | None] = relationship(LogState, viewonly=True, lazy="joined")
    curves: Mapped[list["Curve"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Curve.position"
    )

    asset_id: Mapped[uuid.UUID] = sdk.column_of(Wellbore.asset_id, wellbore_id)

    @property
    def status(self) -> dict[str, Any]:
        """How following it goes; of a log that is switched off, or whose store is away, that."""
        known = self.reported
        shown: dict[str, Any] = dict.fromkeys(COUNTS, 0) | dict.fromkeys(TIMES) | {"warnings": []}
        shown |= {"state": "waiting", "since": self.created_at, "reason": "not looked at yet"}
        shown |= {"cursor_depth": None, "unit": None}
        if known is not None:
            shown |= {name: getattr(known, name) for name in shown}
        store = self.store.status
        if not self.enabled:
            shown |= {"state": "disabled", "reason": "switched off"}
        elif store["state"] != "connected":
            state = "store_down" if store["state"] == "down" else "unknown"
            shown |= {"state": state, "since": store["since"], "reason": store["reason"]}
        return shown


class Curve(Base):
    """A curve of a log. tag_id: its tag, of a log by time; mnemonic, unit: as the store writes
    them; is_text: its values are texts"""

    __tablename__ = "witsml_curve"

    log_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("witsml_log.id", ondelete="CASCADE"), primary_key=True
    )
    mnemonic: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    unit: Mapped[str | None]
    description: Mapped[str | None]
    is_text: Mapped[bool]
    tag_id: Mapped[int | None] = mapped_column(ForeignKey(Tag.id), index=True)
