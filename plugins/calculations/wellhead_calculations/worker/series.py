"""Readings of inputs for one pass, each asked for once however many calculations use it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_calculations.inputs.spans import BEGIN, END
from wellhead_historian.store.interface import Reader, Readings

MOST_READINGS = 50_000
"""Of one tag at once."""
NOTHING = Readings(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int16))
NO_INPUT = np.int16(sdk.quality.BAD_NOT_CONNECTED)
"""Quality of an input that has no reading, or none that is young enough."""


class Series:
    """reader: used as long as this lives, which is one transaction
    newest: of tags, the time after which they have no reading; what it does not say is asked. It
        may be later than that of a reading that lies in the future, so it is good for what may be
        done once too often, and saves live data most of the questions.
    """

    def __init__(self, reader: Reader, newest: Mapping[int, int] | None = None) -> None:
        self._reader = reader
        self._newest = newest or {}
        self._known: dict[tuple[object, ...], Readings] = {}
        self.readings = 0

    def read(self, tag: int, begin: int, end: int, limit: int) -> Readings:
        """With begin <= time <= end."""
        return self._ask(
            ("read", tag, begin, end, limit),
            lambda: self._reader.read(tag, begin, end + 1, limit),
        )

    def whole(self, tag: int, begin: int, end: int) -> Readings:
        """All with begin <= time <= end, in as many steps as it takes."""
        parts: list[Readings] = []
        start: int | None = begin
        while start is not None and (not parts or start <= end):
            parts.append(self.read(tag, start, end, MOST_READINGS))
            start = parts[-1].next
        return joined(parts)

    def before(self, tag: int, time: int) -> Readings:
        """The last with a time < `time`, or none."""
        return self._ask(("before", tag, time), lambda: self._reader.before(tag, time - 1))

    def after(self, tag: int, time: int) -> Readings:
        """The first with a time > `time`, or none."""
        return self._ask(("after", tag, time), lambda: self._reader.after(tag, time + 1))

    def first(self, tags: Iterable[int]) -> int:
        """The time of the first reading of any of these; END when there is none."""
        firsts = (self.after(tag, BEGIN).times for tag in tags)
        return min((int(times[0]) for times in firsts if len(times)), default=END)

    def none_after(self, tag: int, time: int) -> bool:
        """Whether it is known that the tag has no reading after `time`."""
        return self._newest.get(tag, time + 1) <= time

    def forget(self, tag: int) -> None:
        """New readings of the tag were written."""
        for key in [key for key in self._known if key[1] == tag]:
            del self._known[key]

    def _ask(self, key: tuple[object, ...], ask: Callable[[], Readings]) -> Readings:
        if key not in self._known:
            self._known[key] = ask()
            self.readings += len(self._known[key].times)
        return self._known[key]


@dataclass(frozen=True, slots=True)
class Aligned:
    """Inputs at the same times: int64[n], and of each input float64[n] and int16[n]."""

    times: npt.NDArray[np.int64]
    values: list[npt.NDArray[np.float64]]
    qualities: list[npt.NDArray[np.int16]]


def first_time(readings: Sequence[Readings]) -> int:
    """The earliest time of any, of which there is one."""
    return min(int(each.times[0]) for each in readings if len(each.times))


def align(readings: Sequence[Readings], befores: Sequence[Readings], max_age: int) -> Aligned:
    """Every time at which an input has a reading, with the last reading of each input until then
    that is not older than `max_age` (microseconds); where there is none, NaN and NO_INPUT.

    befores: the last reading of each input before all these times
    """
    times = np.unique(np.concatenate([each.times for each in readings]))
    values, qualities = [], []
    for mine, before in zip(readings, befores, strict=True):
        known = np.concatenate([before.times, mine.times])
        place = np.searchsorted(known, times, "right") - 1
        missing = place < 0
        if len(known):
            missing |= times - known[place] > max_age
            value = np.concatenate([before.values, mine.values])[place]
            quality = np.concatenate([before.qualities, mine.qualities])[place]
        else:
            value = np.full(len(times), np.nan)
            quality = np.full(len(times), NO_INPUT, np.int16)
        values.append(np.where(missing, np.nan, value))
        qualities.append(np.where(missing, NO_INPUT, quality))
    return Aligned(times, values, qualities)


def joined(parts: Sequence[Readings]) -> Readings:
    """One after the other."""
    return Readings(
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.qualities for part in parts]),
    )
