"""The aggregates of intervals: what each is called, what it is made of, and in which unit it is.

All come from `Buckets` alone, so they are the same from readings and from roll-ups. What buckets
cannot give exactly (a standard deviation, a median) is not offered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_historian.query.buckets import Floats, Ints
from wellhead_historian.store.interface import Buckets, Readings
from wellhead_historian.store.rollups.weighted import time_weighted_mean

Column = npt.NDArray[Any]
"""float64[m] or int64[m]"""

AGGREGATES = (
    "count",
    "good",
    "good_share",
    "min",
    "max",
    "range",
    "sum",
    "mean",
    "first",
    "last",
    "time_weighted_mean",
    "integral",
)
OF_TEXTS = ("count", "good", "good_share", "first", "last")
"""What there is of texts."""
COUNTS = ("count", "good", "good_share")
_OVER_TIME = ("time_weighted_mean", "integral")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What goes on beyond the intervals, for values over time.

    before, after: what is known of readings before the first of all buckets and after the last, as
        `past.beyond` gives it; each may be empty
    step: whether the value holds until the next reading
    held_until: how long the last one of all holds, microseconds UTC
    """

    before: Readings
    after: Readings
    step: bool
    held_until: int


def over_time(names: Sequence[str]) -> bool:
    """Whether any of these needs the surroundings."""
    return any(name in _OVER_TIME for name in names)


def aggregated(
    names: Sequence[str],
    buckets: Buckets,
    edges: Ints,
    around: Surroundings | None,
) -> dict[str, Column]:
    """A column of each of `names`, [m] for the m intervals between `edges`: counts are int64 and 0
    where there is no reading, all others float64 and NaN there.

    buckets: one an interval at most, as `combine_edges` gives them
    around: needed where `over_time` says so
    """
    place = np.searchsorted(edges, buckets.starts)
    weighted = {} if around is None else _over_time(buckets, edges, around)
    columns: dict[str, Column] = {}
    for name in names:
        if name in _OVER_TIME:
            columns[name] = weighted[name]
            continue
        found = _column(name, buckets)
        empty = 0 if found.dtype == np.int64 else np.nan
        columns[name] = np.full(len(edges) - 1, empty, found.dtype)
        columns[name][place] = found
    return columns


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def _column(name: str, buckets: Buckets) -> Column:
    if name in ("count", "good"):
        counted: Column = getattr(buckets, name)
        return counted
    plain = {"min": "minimum", "max": "maximum", "first": "first", "last": "last"}
    if name in plain:
        found: Column = getattr(buckets, plain[name])
        return found
    if name == "range":
        return buckets.maximum - buckets.minimum
    if name == "good_share":
        return buckets.good / buckets.count
    return buckets.total if name == "sum" else buckets.total / buckets.usable


def _over_time(buckets: Buckets, edges: Ints, around: Surroundings) -> dict[str, Floats]:
    after = around.after
    if around.step and not (after.times >= edges[-1]).any():  # there is none that would end it
        after = Readings(
            np.append(after.times, around.held_until),
            np.append(after.values, np.nan),
            np.append(after.qualities, np.int16(sdk.quality.BAD)),
        )
    mean, covered = time_weighted_mean(buckets, edges, around.step, around.before, after)
    return {"time_weighted_mean": mean, "integral": mean * covered}
