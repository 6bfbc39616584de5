"""One pass of the calculator: one transaction in which marks become results.

Marks are read first and then the readings; both the results and the end of the marks are of the
same transaction. A mark that comes meanwhile is not among those that end here, so its readings are
looked at in the next pass: nothing is lost and nothing needs a cursor. A crash leaves all as was.

A pass is bounded: what does not fit is put back as times that are due, and comes after what is new.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from wellhead import sdk
from wellhead_calculations.inputs.marker import SHARE
from wellhead_calculations.inputs.spans import Span, later_than, merged, without
from wellhead_calculations.totals import Total
from wellhead_calculations.worker.definitions import Definition, Definitions
from wellhead_calculations.worker.results import Results, affected, results_of
from wellhead_calculations.worker.series import MOST_READINGS, Series
from wellhead_historian.forwarding.future import flag_future
from wellhead_historian.hooks import Outbox
from wellhead_historian.scans import batches_of
from wellhead_historian.store.interface import Reader, Writer
from wellhead_historian.store.latest import read_latest

SOURCE = "calculation"
_MARKS = 500
_DUE = 50
_READINGS_A_PASS = 4 * MOST_READINGS
"""After these, what is not new waits for the next pass."""
TAKEN_BACK = np.int16(sdk.quality.BAD_OUT_OF_SERVICE)
"""Quality of a result that was there and has no input any more, since the definition changed."""

_ALONE = (
    "SELECT pg_try_advisory_xact_lock(hashtext('wellhead calculator'), hashtext(current_schema()))"
)
_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8"
_READ_MARKS = "SELECT id, tags, begins, ends FROM calculations_dirty ORDER BY id LIMIT %s"
_READ_DUE = (
    "SELECT id, tag_id, begins, ends, redo FROM calculations_due "
    "WHERE ready_at <= clock_timestamp() ORDER BY id LIMIT %s"
)
_WAIT = """
WITH waiting AS (
    UPDATE calculations_due SET begins = least(begins, %(begin)s), ends = greatest(ends, %(end)s)
    WHERE tag_id = %(tag)s AND ready_at > clock_timestamp() AND NOT redo RETURNING 1
)
INSERT INTO calculations_due (tag_id, begins, ends, redo, ready_at)
SELECT %(tag)s, %(begin)s, %(end)s, false, clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE NOT EXISTS (SELECT FROM waiting)
"""
_PUT_BACK = "INSERT INTO calculations_due (tag_id, begins, ends, redo) VALUES (%s, %s, %s, %s)"
_STATE = """
INSERT INTO calculations_state (tag_id, evaluated_at, results, error)
SELECT tag, clock_timestamp(), count, error
FROM unnest(%s::int4[], %s::int8[], %s::text[]) AS new(tag, count, error)
ON CONFLICT (tag_id) DO UPDATE SET evaluated_at = excluded.evaluated_at, error = excluded.error,
    results = calculations_state.results + excluded.results
"""


@dataclass(slots=True)
class _Work:
    """What is to be done in a pass, and what it came to. spans, redo: by calculated tag"""

    spans: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    redo: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    fresh: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    """Where tags have new readings."""
    later: list[tuple[int, int, int, bool]] = field(default_factory=list)
    waits: list[tuple[int, Span]] = field(default_factory=list)
    written: list[sdk.Batch] = field(default_factory=list)
    counts: dict[int, int] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)


class Calculator:
    """Passes over one tenant's calculations, on a connection inside it.

    source: the id of the source `calculation`
    outboxes: of other plugins, called with what is stored
    open_total_s: how often the total of a period that goes on is calculated anew, seconds
    """

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        source: int,
        *,
        writer: Writer,
        reader: Reader,
        outboxes: Sequence[Outbox] = (),
        future_tolerance: float = 60.0,
        open_total_s: float = 30.0,
    ) -> None:
        self._connection = connection
        self._source = source
        self._writer = writer
        self._reader = reader
        self._outboxes = outboxes
        self._tolerance = int(future_tolerance * 1_000_000)
        self._open_total_s = open_total_s
        self._definitions = Definitions()

    def run(self) -> list[sdk.Batch] | None:
        """The results of one pass, stored and committed; None when there was nothing to do, or
        another process is at it. Raises psycopg.Error."""
        try:
            with self._connection.transaction():
                return self._pass(self._connection)
        except BaseException:
            self._writer.forget()
            raise

    def _pass(self, connection: psycopg.Connection[Any]) -> list[sdk.Batch] | None:
        if not _one(connection, _ALONE):
            return None
        connection.execute(SHARE)
        marks = connection.execute(_READ_MARKS, (_MARKS,)).fetchall()
        due = connection.execute(_READ_DUE, (_DUE,)).fetchall()
        if not marks and not due:
            return None
        self._definitions.refresh(connection)
        work = _work_of(marks, due)
        now = int(_one(connection, _NOW))
        self._evaluate(work, now)
        for outbox in self._outboxes if work.written else ():
            outbox(connection, work.written)
        _end(connection, "calculations_dirty", [row[0] for row in marks])
        _end(connection, "calculations_due", [row[0] for row in due])
        self._note(connection, work)
        return work.written

    def _evaluate(self, work: _Work, now: int) -> None:
        series = Series(self._reader, self._newest(work))
        for level in self._definitions.levels:
            parts = []
            for definition in level:
                if definition.rule is None:
                    self._skip(definition, work)
                    continue
                try:
                    parts += self._definition(definition, series, work, now)
                except (sdk.WellheadError, OverflowError) as error:  # times outside the calendar
                    work.errors[definition.tag] = str(error)
                    work.counts[definition.tag] = 0
                    work.waits += [(definition.tag, span) for span in _asked(definition, work)]
            if parts:
                tags, times, values, qualities = (
                    np.concatenate(column) for column in zip(*parts, strict=True)
                )
                batch = sdk.Batch(self._source, tags, times, values, qualities)
                batch = flag_future(batch, now + self._tolerance)
                work.written += batches_of(self._writer.write([batch], now + self._tolerance))

    def _newest(self, work: _Work) -> dict[int, int]:
        """The newest times of what has new readings and of all results, by one question."""
        results = [one.tag for level in self._definitions.levels for one in level]
        wanted = np.array(sorted({*work.fresh, *results}), np.int32)
        found = read_latest(self._connection, wanted)
        return dict(zip(found.tags.tolist(), found.times.tolist(), strict=True))

    def _skip(self, definition: Definition, work: _Work) -> None:
        """Nothing is forgotten: saving it anew has all of it evaluated."""
        if definition.tag in work.spans or any(tag in work.fresh for tag in definition.inputs):
            work.counts[definition.tag] = 0

    def _definition(
        self, definition: Definition, series: Series, work: _Work, now: int
    ) -> list[tuple[npt.NDArray[Any], ...]]:
        """Columns of what changed of its results."""
        spans = [
            affected(definition, series, tag, span)
            for tag in definition.inputs
            for span in merged(work.fresh.get(tag, ()))
        ]
        if isinstance(definition.rule, Total):
            spans = self._closed(definition, definition.rule, spans, work, now)
        redo = merged(work.redo.get(definition.tag, ()))
        if redo:
            redo = later_than(redo, series.first(definition.inputs))
        new = merged(spans)
        due = without(merged(work.spans.get(definition.tag, ())), new)
        if isinstance(definition.rule, Total):
            redo, due = (
                self._begun(definition, definition.rule, each, series, work, now)
                for each in (redo, due)
            )
        found = []
        for stretches, again in ((new, False), (due, False), (redo, True)):
            for span in later_than(stretches, definition.start):
                if stretches is not new and series.readings > _READINGS_A_PASS:
                    work.later.append((definition.tag, *span, again))
                    continue
                results = results_of(definition, series, span)
                if results.through < span[1]:
                    work.later.append((definition.tag, results.through + 1, span[1], again))
                found.append(_changed(definition.tag, series, results, span[0], again))
        if new or due or redo:
            work.counts[definition.tag] = sum(len(part[0]) for part in found)
        changed = [part for part in found if len(part[0])]
        if changed:
            series.forget(definition.tag)
            work.fresh[definition.tag] += [
                (int(times.min()), int(times.max())) for _, times, _, _ in changed
            ]
        return changed

    def _closed(
        self, definition: Definition, total: Total, spans: list[Span], work: _Work, now: int
    ) -> list[Span]:
        """Those that have no part in the period that goes on now; the others wait for more."""
        opened = int(total.periods(now, now)[0])
        work.waits += [(definition.tag, span) for span in spans if span[1] >= opened]
        return [(begin, min(end, opened - 1)) for begin, end in spans if begin < opened]

    def _begun(
        self,
        definition: Definition,
        total: Total,
        spans: list[Span],
        series: Series,
        work: _Work,
        now: int,
    ) -> list[Span]:
        """Those without the periods after the one that goes on now. One reading of a clock that
        runs ahead would have all of them calculated, for centuries; they wait until they begin."""
        ahead = int(total.periods(now, now)[-1])
        if all(end < ahead for _, end in spans) or not any(
            len(series.after(tag, ahead - 1).times) for tag in definition.inputs
        ):
            return spans
        work.waits += [
            (definition.tag, (max(begin, ahead), end)) for begin, end in spans if end >= ahead
        ]
        return [(begin, min(end, ahead - 1)) for begin, end in spans if begin < ahead]

    def _note(self, connection: psycopg.Connection[Any], work: _Work) -> None:
        """What is left for later, and how the calculations stand."""
        with connection.cursor() as cursor:
            if work.later:
                cursor.executemany(_PUT_BACK, work.later)
            for tag, (begin, end) in work.waits:
                waits = {"tag": tag, "begin": begin, "end": end, "seconds": self._open_total_s}
                cursor.execute(_WAIT, waits)
            errors = {one.tag: one.error for level in self._definitions.levels for one in level}
            errors |= work.errors
            tags = [tag for tag in work.counts if tag in errors]
            if tags:
                counts = [work.counts[tag] for tag in tags]
                cursor.execute(_STATE, (tags, counts, [errors[tag] for tag in tags]))


def _work_of(marks: Iterable[Any], due: Iterable[Any]) -> _Work:
    work = _Work()
    for _, tags, begins, ends in marks:
        for tag, begin, end in zip(tags, begins, ends, strict=True):
            work.fresh[tag].append((begin, end))
    for _, tag, begin, end, redo in due:
        (work.redo if redo else work.spans)[tag].append((begin, end))
    return work


def _asked(definition: Definition, work: _Work) -> list[Span]:
    """All that a pass has of a calculation to do."""
    fresh = [span for tag in definition.inputs for span in work.fresh.get(tag, ())]
    return [*fresh, *work.spans.get(definition.tag, ()), *work.redo.get(definition.tag, ())]


def _changed(
    tag: int, series: Series, results: Results, begin: int, redo: bool
) -> tuple[npt.NDArray[Any], ...]:
    """(tags, times, values, qualities) of the results that are not stored as they are."""
    times, values, qualities = results.times, results.values, results.qualities
    if len(times):
        begin = min(begin, int(times[0]))
    if not redo and series.none_after(tag, begin - 1):
        return np.full(len(times), tag, np.int32), times, values, qualities
    stored = series.whole(tag, begin, results.through)
    if len(stored.times) and len(times):
        at = np.minimum(np.searchsorted(stored.times, times), len(stored.times) - 1)
        same = stored.times[at] == times
        same &= stored.values[at].view(np.int64) == values.view(np.int64)
        same &= stored.qualities[at] == qualities
        times, values, qualities = times[~same], values[~same], qualities[~same]
    if redo:
        kept = (stored.qualities == TAKEN_BACK) | np.isin(stored.times, results.times)
        gone = stored.times[~kept]
        times = np.concatenate([times, gone])
        values = np.concatenate([values, np.full(len(gone), np.nan)])
        qualities = np.concatenate([qualities, np.full(len(gone), TAKEN_BACK)])
    return np.full(len(times), tag, np.int32), times, values, qualities


def _one(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def _end(connection: psycopg.Connection[Any], table: str, ids: list[int]) -> None:
    if ids:
        connection.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", (ids,))  # noqa: S608 (ours)
