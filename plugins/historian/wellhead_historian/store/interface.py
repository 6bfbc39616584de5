"""What every store of readings does, and the columns that it answers with.

There are two: packed arrays on plain PostgreSQL, and hypertables where the server has TimescaleDB.
Everything above them (HTTP, calculated tags, imports) knows this file and no table of theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from wellhead_historian.scans import Arrived


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings of one tag, in order of time, each time once.

    times: int64[n], microseconds since 1970 UTC; values: float64[n]; qualities: int16[n]
    next: where to go on when the limit cut the answer short, else None
    """

    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16]
    next: int | None = None


class Level(IntEnum):
    """The widths of kept roll-ups, in microseconds; each begins at a multiple of it since 1970."""

    MINUTE = 60_000_000
    HOUR = 3_600_000_000
    DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Buckets:
    """Summaries of one tag, one a bucket that has a reading, in order of time; buckets without any
    are left out. A reading is usable when its quality is not bad and its value is finite; minimum,
    maximum, total, first and last are of usable readings, and NaN (times: those of the bucket's
    readings) where there is none.

    starts: int64[n], when each bucket begins, microseconds since 1970 UTC
    count, good, usable: int64[n], readings in all, with good quality, and usable
    minimum, maximum, total, first, last: float64[n]; total is the plain sum
    first_time, last_time: int64[n], of the first and last reading of any quality
    first_usable, last_usable: bool[n], whether those two readings are usable
    step, linear: float64[n], integral of the value over time between first_time and last_time, in
        value x seconds: of a value that holds until the next reading, and of straight lines
        between neighbours. Only stretches that begin with a usable reading count (linear: begin and
        end with one).
    step_covered, linear_covered: float64[n], the seconds of those stretches
    """

    starts: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    good: npt.NDArray[np.int64]
    usable: npt.NDArray[np.int64]
    minimum: npt.NDArray[np.float64]
    maximum: npt.NDArray[np.float64]
    total: npt.NDArray[np.float64]
    first: npt.NDArray[np.float64]
    last: npt.NDArray[np.float64]
    first_time: npt.NDArray[np.int64]
    last_time: npt.NDArray[np.int64]
    first_usable: npt.NDArray[np.bool_]
    last_usable: npt.NDArray[np.bool_]
    step: npt.NDArray[np.float64]
    step_covered: npt.NDArray[np.float64]
    linear: npt.NDArray[np.float64]
    linear_covered: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.starts)


class Writer(Protocol):
    """The way into the readings of one tenant, on one connection, in the caller's transactions."""

    def write(self, arrived: Sequence[Arrived], latest_time: int) -> Sequence[Arrived]:
        """Store all readings of `arrived`, in that order; given back as they were stored, the
        values of texts being the texts' numbers. `latest_time`: what lies after it, in microseconds
        UTC, is in the future. Raises sdk.BatchError or psycopg.Error."""

    def forget(self) -> None:
        """The transaction was rolled back: forget what was learnt in it."""


class Reader(Protocol):
    """The way to the readings of one tenant, on a connection that is borrowed for one question.
    Times are microseconds since 1970 UTC."""

    def read(self, tag: int, start: int, end: int, limit: int) -> Readings:
        """The readings of `tag` with start <= time < end, at most `limit` >= 1. Of several at one
        time the last that arrived."""

    def before(self, tag: int, time: int) -> Readings:
        """The last reading with a time <= `time`; none when there is none."""

    def after(self, tag: int, time: int) -> Readings:
        """The first reading with a time >= `time`; none when there is none."""

    def summarise(self, tag: int, level: Level, start: int, end: int) -> Buckets:
        """The buckets of `level` that begin at start <= time < end, as all readings stored until
        now make them: from roll-ups where they are kept, from readings where they are not yet."""
