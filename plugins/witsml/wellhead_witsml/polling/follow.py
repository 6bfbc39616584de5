"""One look at a growing log: what is new of it goes to disk together with how far that is.

A look is a request or two and one transaction. What the store still has beyond one answer comes by
the next look, at once. So a crash at any moment leaves whole answers behind, and the next look goes
on after the last row that is stored: no gap, and nothing twice.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wellhead import sdk
from wellhead_historian.forwarding.session import tell
from wellhead_witsml.models import Log
from wellhead_witsml.objects import logs as witsml
from wellhead_witsml.objects.log_data import LogData
from wellhead_witsml.objects.queries import REQUESTED, data_query, objects_query
from wellhead_witsml.objects.times import microseconds
from wellhead_witsml.polling import state as states
from wellhead_witsml.polling.columns import farthest, without_future
from wellhead_witsml.polling.followed import EPOCH, Followed, cursor_of
from wellhead_witsml.polling.replies import data_of, header_of
from wellhead_witsml.polling.targets import Rows, store_by_depth, store_by_time
from wellhead_witsml.protocol.client import Store as Client
from wellhead_witsml.protocol.errors import PollingTooFast, ReplyError
from wellhead_witsml.protocol.options import Options, ReturnElements
from wellhead_witsml.units import unit_of

MOST_ROWS = 5_000
ENDED_S = 60.0
"""Seconds between two looks at a log that has ended: it may go on."""
QUIET_S = 600.0
"""Without a word of the store about it, a log that brings nothing for so long has ended."""
_BACK_S, _BACK_DEPTH = 1_000_000.0, 1.0
"""A log whose end lies so much before what is stored was begun anew: microseconds, units of depth;
headers round."""
_MOST_WARNINGS = 20


@dataclass(slots=True)
class Memory:
    """What is remembered of a log between two looks, and may be forgotten.

    header: while more of the same data is to come; failures: in a row
    quiet_since: when it last brought something, by the monotonic clock
    """

    header: witsml.Log | None = None
    failures: int = 0
    quiet_since: float = 0.0


def look(client: Client, zone: str, log: Followed, memory: Memory) -> None:
    """One look. Commits. Raises what the store or the database raises; then nothing is changed."""
    kept, memory.header = memory.header, None
    header = kept or _header(client, zone, log)
    if header is None:
        _finish(log, states.ENDED, "it has ended, and the store has it no more", ENDED_S)
        return
    _check_unit(header, log)
    end = _end(header) if kept is None else None  # a kept one does not know of what grew since
    if log.cursor is not None and end is not None and _went_back(header, end, log.cursor):
        _begin_anew(log, end)
        return
    if log.state == states.ENDED and header.growing is False and not _is_new(header, end, log):
        _finish(log, states.ENDED, "the store says that it does not grow", ENDED_S)
        return
    asked = Options(ReturnElements.DATA_ONLY, max_return_nodes=MOST_ROWS)
    query = data_query(header, client.version, log.start(header), zone=ZoneInfo(zone))
    reply = client.get("log", query, asked)
    blocks = data_of(reply.document, header, ZoneInfo(zone))
    if header.by_time:
        blocks = [without_future(block, time.time() * 1e6) for block in blocks]
    rows = Rows(log, header, blocks)
    taken = sum(len(block.index) for block in blocks)
    more = reply.partial or taken >= MOST_ROWS
    stored = _keep(client, rows, memory, more=more)
    if stored is None:
        return
    if more and not rows.new:
        raise ReplyError(
            "says that there is more, and brings nothing new", field="Result", value=reply.result
        )
    memory.header = header if more else None


def too_fast(log: Followed, memory: Memory, error: PollingTooFast, pause: float) -> None:
    """The store wants to be asked less often. Commits."""
    memory.failures += 1
    wait = states.backoff_s(max(log.period_s, pause, 1.0), memory.failures)
    _finish(
        log, states.BACKING_OFF, f"{error.message}; next look in {wait:.0f} s", wait, failed=True
    )


def failed(log: Followed, memory: Memory, error: Exception) -> None:
    """It cannot be followed as it is; it is tried again. Commits."""
    memory.failures += 1
    memory.header = None
    wait = states.backoff_s(max(log.period_s, 1.0), memory.failures)
    _finish(log, states.FAILED, str(error), wait, failed=True)


def _header(client: Client, zone: str, log: Followed) -> witsml.Log | None:
    """None of a log that has ended and is gone from the store since."""
    query = objects_query(witsml.Log, client.version, **log.uids)
    reply = client.get("log", query, REQUESTED)
    header = header_of(reply.document, log.uids, ZoneInfo(zone))
    if header is None and log.state != states.ENDED:
        raise sdk.WellheadError(
            "the store has no such log, or none with data yet",
            field="uid",
            value="/".join(log.uids.values()),
            remedy="Browse the store for its logs",
        )
    return header


def _check_unit(header: witsml.Log, log: Followed) -> None:
    """Depths of two units in one log would be no depths."""
    if log.cursor is None or log.unit is None:
        return
    if unit_of(header.index_unit) != unit_of(log.unit):
        raise sdk.WellheadError(
            f"its index was in {log.unit!r} so far and is in another unit now",
            field="startIndex",
            value=header.index_unit,
            remedy="Follow it as another log, or have the store corrected",
        )


def _end(header: witsml.Log) -> float | None:
    if header.by_time:
        return None if header.end_time is None else float(microseconds(header.end_time))
    return None if header.end_index is None else header.end_index.value


def _went_back(header: witsml.Log, end: float, cursor: float) -> bool:
    back = end - cursor if header.decreasing else cursor - end
    return back > (_BACK_S if header.by_time else _BACK_DEPTH)


def _is_new(header: witsml.Log, end: float | None, log: Followed) -> bool:
    if end is None or log.cursor is None:
        return end is not None
    return end < log.cursor if header.decreasing else end > log.cursor


def _keep(client: Client, rows: Rows, memory: Memory, *, more: bool) -> list[sdk.Batch] | None:
    """Store what is new and how far that is; None when somebody else was at the log meanwhile."""
    log, header = rows.log, rows.header
    known = states.held_state(log.id)
    record = sdk.db.session.get(Log, log.id, populate_existing=True)
    if record is None or cursor_of(known) != log.cursor:
        sdk.db.session.rollback()
        return None
    record.index_kind = "time" if header.by_time else "depth"
    batches = store_by_time(record, rows) if header.by_time else store_by_depth(record, rows)
    sdk.db.session.flush()
    now = time.monotonic()
    memory.failures = 0
    if rows.new or not memory.quiet_since:
        memory.quiet_since = now
    wait, name, reason = _next(client, rows, now - memory.quiet_since, more=more)
    states.set_log(
        log.id,
        name,
        reason,
        wait,
        **_position(rows),
        rows=known.rows + rows.new,
        readings=known.readings + rows.readings,
        polls=known.polls + 1,
        partials=known.partials + more,
        polled_at=datetime.now(UTC),
        warnings=_together(known.warnings, rows),
    )
    sdk.db.session.commit()
    tell(batches)
    return batches


def _next(
    client: Client, rows: Rows, quiet_s: float, *, more: bool
) -> tuple[float, str, str | None]:
    """(seconds to the next look, state, why)"""
    log, header, abilities = rows.log, rows.header, client.capabilities
    if more:
        return 0.0, states.GROWING, "the store has more of what is there"
    if not rows.new and header.growing is False:
        return ENDED_S, states.ENDED, "the store says that it does not grow"
    longest = abilities.growing_timeout_s.get("log", QUIET_S)
    if not rows.new and header.growing is None and quiet_s > longest:
        return ENDED_S, states.ENDED, f"nothing new came for {longest:.0f} s"
    return max(log.period_s, abilities.change_detection_s or 0.0), states.GROWING, None


def _position(rows: Rows) -> dict[str, Any]:
    """The cursor after these rows; the same as before when nothing is new."""
    reached = [
        found
        for block in rows.blocks
        if (found := farthest(block, rows.header.decreasing)) is not None
    ]
    if not rows.new or not reached:
        return {}
    far = min(reached) if rows.header.decreasing else max(reached)
    if rows.header.by_time:
        return {"cursor_time": EPOCH + timedelta(microseconds=far)}
    return {"cursor_depth": far, "unit": rows.header.index_unit}


def _together(known: list[str], rows: Rows) -> list[str]:
    found = dict.fromkeys([*known, *sorted(rows.warnings)])
    for block in rows.blocks:
        found |= dict.fromkeys(_problems(block))
    return list(found)[-_MOST_WARNINGS:]


def _problems(block: LogData) -> list[str]:
    return [f"{one.text!r} {one.reason}" for one in block.problems[:_MOST_WARNINGS]]


def _begin_anew(log: Followed, end: float) -> None:
    """The store's log was begun anew: it is read from its start. Commits."""
    known = states.held_state(log.id)
    if cursor_of(known) == log.cursor:
        states.set_log(
            log.id,
            states.GROWING,
            "its end lies before what is stored: it was begun anew, and is read from its start",
            0.0,
            cursor_time=None,
            cursor_depth=None,
            restarts=known.restarts + 1,
        )
    sdk.db.session.commit()


def _finish(log: Followed, state: str, reason: str, wait: float, *, failed: bool = False) -> None:
    known = states.held_state(log.id)
    states.set_log(
        log.id,
        state,
        reason,
        wait,
        polls=known.polls + 1,
        failures=known.failures + failed,
        polled_at=datetime.now(UTC),
    )
    sdk.db.session.commit()
