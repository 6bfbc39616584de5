"""What is known of readings that are gone: roll-ups outlive them.

Readings go oldest first, so before the first that is left all are gone, and after it none. Of the
narrowest bucket that is kept of a time the first and the last reading are known, and what lies
between where these are all, or all are the same. Elsewhere a *mark* says that more is not known: a
reading a microsecond after the bucket's first one. It is bad or, where an estimate will do and all
of the bucket's readings are usable, uncertain with the first one's value.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_historian.query.buckets import Ints
from wellhead_historian.store.interface import Buckets, Level, Reader, Readings
from wellhead_historian.store.rollups.summary import concatenated, taken

NOTHING = Readings(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int16))
_EVER, _NEVER = -(2**62), 2**62
_DAYS_AT_ONCE = 128
"""Of minutes, as many buckets as `gather.PIECE` allows readings in memory at once."""


class Past:
    """One tag's readings before the first that is left.

    estimates: whether marks may have values
    end: when that first one is, microseconds UTC; far away when none is left
    level: the widest roll-up that readings were told from, None = none yet
    """

    def __init__(self, reader: Reader, tag: int, *, estimates: bool) -> None:
        self._reader = reader
        self._tag = tag
        self._estimates = estimates
        self._known: dict[int, tuple[Buckets, Ints]] = {}
        left = reader.after(tag, _EVER)
        self.end = int(left.times[0]) if len(left.times) else _NEVER
        self.level: Level | None = None

    def before(self, time: int) -> Readings:
        """What is known from the last reading at or before `time` on, until its bucket ends."""
        if time >= self.end:
            return self._reader.before(self._tag, time)
        days = self._days.starts[self._days.first_time <= time]
        if not len(days):
            return NOTHING
        found, widths = self._day(int(days[-1]))
        known = self._told(found, widths, np.flatnonzero(found.first_time <= time)[-1:])
        return part(known, slice(np.searchsorted(known.times, time, "right") - 1, None))

    def after(self, time: int) -> Readings:
        """What is known up to the first reading at or after `time`, since its bucket began."""
        days = self._days.starts[self._days.last_time >= time]
        if time < self.end and len(days):
            found, widths = self._day(int(days[0]))
            gone = np.flatnonzero((found.last_time >= time) & (found.first_time < self.end))
            if len(gone):
                known = self._told(found, widths, gone[:1])
                return part(known, slice(np.searchsorted(known.times, time) + 1))
        return self._reader.after(self._tag, time)

    def within(self, start: int, end: int, finest: Level = Level.MINUTE) -> Iterator[Readings]:
        """What is known of all buckets that are gone with a reading of start <= time < end, in
        pieces that fit in memory. finest: no narrower ones are needed"""
        for found, widths in self.buckets(start, end, finest):
            yield self._told(found, widths, slice(None))

    def buckets(
        self, start: int, end: int, finest: Level = Level.MINUTE
    ) -> Iterator[tuple[Buckets, Ints]]:
        """(those that `within` is of, the width of each, int64[n])."""
        end = min(end, self.end)
        some = (self._days.last_time >= start) & (self._days.first_time < end)
        days = self._days.starts[some]
        if end <= start or not len(days):
            return
        span = finest // Level.MINUTE * _DAYS_AT_ONCE * Level.DAY
        for at in range(int(days[0]), end, span):
            found, widths = self._narrowest(at, min(at + span, end), finest)
            inside = (found.last_time >= start) & (found.first_time < end)
            yield taken(found, inside), widths[inside]

    @cached_property
    def _days(self) -> Buckets:
        """All that begin before `end`."""
        return self._reader.summarise(self._tag, Level.DAY, _EVER, self.end)

    def _day(self, start: int) -> tuple[Buckets, Ints]:
        if start not in self._known:
            self._known[start] = self._narrowest(start, start + Level.DAY, Level.MINUTE)
        return self._known[start]

    def _narrowest(self, start: int, end: int, finest: Level) -> tuple[Buckets, Ints]:
        """(the narrowest buckets kept of each time, the width of each, int64[n]) of the whole days
        from `start`, the beginning of one, to `end`, in order."""
        last = -(-end // Level.DAY) * Level.DAY
        parts: list[Buckets] = []
        widths: list[Ints] = []
        narrower = np.empty(0, np.int64)
        for level in (level for level in sorted(Level) if level >= finest):
            found = self._reader.summarise(self._tag, level, start, last)
            alone = taken(found, ~np.isin(found.starts, narrower // level * level))
            parts.append(alone)
            widths.append(np.full(len(alone), level, np.int64))
            narrower = found.starts
        whole = concatenated(parts)
        order = np.argsort(whole.first_time)
        return taken(whole, order), np.concatenate(widths)[order]

    def _told(self, found: Buckets, widths: Ints, which: Any) -> Readings:
        chosen = taken(found, which)
        if len(chosen):
            self.level = max(Level(int(widths[which].max())), self.level or Level.MINUTE)
        return of_buckets(chosen, estimates=self._estimates)


def beyond(
    reader: Reader, tag: int, start: int, end: int, found: Buckets
) -> tuple[Readings, Readings]:
    """(what is known before the first reading of `found`, and after its last): from the last one
    before `start`, and to the first one from `end` on. found: what is summed up of the readings of
    start <= time < end; of those that are gone, whole buckets only"""
    before = reader.before(tag, start - 1)
    if len(before.times):  # nothing is gone
        return before, reader.after(tag, end)
    past = Past(reader, tag, estimates=False)
    first, last = end, end - 1
    if len(found):
        first, last = int(found.first_time[0]), int(found.last_time[-1])
    earlier = together([past.before(start - 1), *past.within(start, first)])
    later = together([*past.within(last + 1, end), past.after(end)])
    return part(earlier, earlier.times < first), part(later, later.times > last)


def of_buckets(buckets: Buckets, *, estimates: bool) -> Readings:
    """The first and the last reading of each bucket, good where all of it are, else uncertain, or
    bad where they are not usable; and the mark where it has more."""
    usable = buckets.usable == buckets.count
    hidden = (buckets.count > 2) & ~(usable & (buckets.minimum == buckets.maximum))
    known = np.where(buckets.good == buckets.count, sdk.quality.GOOD, sdk.quality.UNCERTAIN)
    guess = usable & estimates
    fit = np.stack([buckets.first_usable, guess, buckets.last_usable], 1)
    keep = np.stack([buckets.count > 0, hidden, buckets.count > 1], 1)
    times = np.stack([buckets.first_time, buckets.first_time + 1, buckets.last_time], 1)
    values = np.stack([buckets.first, buckets.first, buckets.last], 1)
    codes = np.stack([known, np.full(len(known), sdk.quality.UNCERTAIN), known], 1)
    return Readings(
        times[keep],
        np.where(fit, values, np.nan)[keep],
        np.where(fit, codes, sdk.quality.BAD)[keep].astype(np.int16),
    )


def together(parts: list[Readings]) -> Readings:
    """All of them in order, each time once; of two at one time the later part's."""
    parts = [NOTHING, *parts]
    times = np.concatenate([one.times for one in reversed(parts)])
    distinct, place = np.unique(times, return_index=True)
    return Readings(
        distinct,
        np.concatenate([one.values for one in reversed(parts)])[place],
        np.concatenate([one.qualities for one in reversed(parts)])[place],
    )


def part(readings: Readings, which: Any) -> Readings:
    """Those that numpy's index `which` takes."""
    return Readings(readings.times[which], readings.values[which], readings.qualities[which])
