"""Readings into buckets, buckets into coarser ones, and the exact mean over time.

A bucket knows only its own readings: its integrals reach from its first reading to its last. What
lies between two buckets is known from the readings at their edges, so joining buckets adds that
bridge and is exact at any alignment, and a late reading changes no bucket but its own.

Buckets of several tags lie one tag after the other; whose they are, the caller knows. Everything
is columns: the cost is some passes over the readings, and nothing a reading in Python.
"""

from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_historian.store.interface import Buckets, Level

SECOND = 1_000_000
Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Float64s = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Columns = dict[str, npt.NDArray[Any]]


def summarise(
    times: Int64s, values: Float64s, qualities: npt.NDArray[np.int16] | None, level: Level
) -> Buckets:
    """The buckets of k tags whose readings have the same times: tag by tag, each in order of time
    and each tag the same number of them.

    times: int64[n], ascending, each once, microseconds since 1970 UTC
    values: float64[k,n]; qualities: int16[k,n], None = all good
    """
    begins = times // level * level
    at = first_of_each(begins)
    ends = np.append(at[1:], len(times)) - 1
    shape = (len(values), len(at))
    if 0 in shape:
        return empty()
    gaps = np.diff(times, append=times[-1])
    gaps[ends] = 0
    good = np.broadcast_to(ends - at + 1, shape)
    usable = np.isfinite(values)
    if qualities is not None:
        good = np.add.reduceat(sdk.quality.is_good(qualities), at, axis=1, dtype=np.int64)
        usable &= ~sdk.quality.is_bad(qualities)
    columns: Columns = {"starts": begins[at], "count": ends - at + 1, "good": good}
    columns |= {"first_time": times[at], "last_time": times[ends]}
    with np.errstate(over="ignore", invalid="ignore"):  # the largest floats add up to infinity
        if usable.all():
            columns |= _of_usable(values, at, ends) | _integrals(values, None, gaps, at)
        else:
            columns |= _of_mixed(values, usable, at, ends)
            columns |= _integrals(np.where(usable, values, 0.0), usable, gaps, at)
    flat: dict[str, Any] = {
        name: np.broadcast_to(column, shape).reshape(-1) for name, column in columns.items()
    }
    return Buckets(**flat)


def _of_usable(values: Float64s, at: Int64s, ends: Int64s) -> Columns:
    """What readings that are all usable say, [k,m] each or to be spread to it."""
    return {
        "usable": ends - at + 1,
        "minimum": np.minimum.reduceat(values, at, axis=1),
        "maximum": np.maximum.reduceat(values, at, axis=1),
        "total": np.add.reduceat(values, at, axis=1),
        "first": values[:, at],
        "last": values[:, ends],
        "first_usable": np.ones(1, np.bool_),
        "last_usable": np.ones(1, np.bool_),
    }


def _of_mixed(values: Float64s, usable: Bools, at: Int64s, ends: Int64s) -> Columns:
    """As `_of_usable`, where some are not."""
    known = np.where(usable, values, np.nan)
    place = np.arange(values.shape[1])
    first = np.minimum.reduceat(np.where(usable, place, len(place)), at, axis=1)
    last = np.maximum.reduceat(np.where(usable, place, 0), at, axis=1)
    count = np.add.reduceat(usable, at, axis=1, dtype=np.int64)
    total = np.add.reduceat(np.where(usable, values, 0.0), at, axis=1)
    return {
        "usable": count,
        "minimum": np.fmin.reduceat(known, at, axis=1),
        "maximum": np.fmax.reduceat(known, at, axis=1),
        "total": np.where(count > 0, total, np.nan),
        # a bucket without any has places of others, or none
        "first": np.take_along_axis(known, np.minimum(first, ends), axis=1),
        "last": np.take_along_axis(known, np.maximum(last, at), axis=1),
        "first_usable": usable[:, at],
        "last_usable": usable[:, ends],
    }


def _integrals(values: Float64s, usable: Bools | None, gaps: Int64s, at: Int64s) -> Columns:
    """The integrals and what they cover, [k,m] each or to be spread to it. gaps: int64[n], from
    each reading to the next of its bucket; usable: None = all; values: 0 where they are not."""
    seconds = gaps / SECOND
    sums = values[:, :-1] + values[:, 1:]
    if usable is None:
        covered = sloped = np.add.reduceat(gaps, at)
        areas = sums * (seconds[:-1] / 2)
    else:
        both = usable[:, :-1] & usable[:, 1:]
        covered = np.add.reduceat(np.where(usable, gaps, 0), at, axis=1)
        sloped = np.add.reduceat(_with_end(np.where(both, gaps[:-1], 0)), at, axis=1)
        areas = sums * np.where(both, seconds[:-1] / 2, 0.0)
    return {
        "step": np.add.reduceat(values * seconds, at, axis=1),
        "step_covered": covered / SECOND,
        "linear": np.add.reduceat(_with_end(areas), at, axis=1),
        "linear_covered": sloped / SECOND,
    }


def _with_end(columns: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """With a 0 for the last reading, which has no next."""
    return np.pad(columns, ((0, 0), (0, 1)))


def combine(buckets: Buckets, level: Level) -> Buckets:
    """The buckets of one tag as those of a coarser level."""
    begins = buckets.starts // level * level
    at = first_of_each(begins)
    return joined(buckets, at, begins[at])


def combine_edges(buckets: Buckets, edges: Int64s) -> Buckets:
    """The buckets of one tag between each two neighbours of `edges`, int64[m+1], ascending, of
    which none lies inside a bucket; `starts` are edges. Buckets outside are left out."""
    first, end = np.searchsorted(buckets.starts, edges[[0, -1]])
    inside = taken(buckets, slice(first, end))
    begins = edges[np.searchsorted(edges, inside.starts, "right") - 1]
    at = first_of_each(begins)
    return joined(inside, at, begins[at])


def joined(buckets: Buckets, at: Int64s, starts: Int64s) -> Buckets:
    """Runs of neighbouring buckets as one bucket each: the run that begins at the bucket `at[i]`,
    int64[m], and ends before the next, as the bucket that begins at `starts[i]`."""
    if not len(at):
        return empty()
    ends = np.append(at[1:], len(buckets)) - 1
    gaps = np.append(buckets.first_time[1:] - buckets.last_time[:-1], 0)
    gaps[ends] = 0  # what follows the last of a run belongs to nobody
    stepped = np.where(buckets.last_usable, gaps, 0)
    sloped = np.where(np.roll(buckets.first_usable, -1), stepped, 0)
    place, some = np.arange(len(buckets)), buckets.usable > 0
    usable = np.add.reduceat(buckets.usable, at)
    first = np.minimum.reduceat(np.where(some, place, ends[-1]), at)
    last = np.maximum.reduceat(np.where(some, place, 0), at)
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.add.reduceat(np.where(some, buckets.total, 0.0), at)
        middle = (buckets.last + np.roll(buckets.first, -1)) / 2
        step = buckets.step + np.where(stepped > 0, buckets.last * (stepped / SECOND), 0.0)
        linear = buckets.linear + np.where(sloped > 0, middle * (sloped / SECOND), 0.0)
        step, linear = np.add.reduceat(step, at), np.add.reduceat(linear, at)
    return Buckets(
        starts=starts,
        count=np.add.reduceat(buckets.count, at),
        good=np.add.reduceat(buckets.good, at),
        usable=usable,
        minimum=np.fmin.reduceat(buckets.minimum, at),
        maximum=np.fmax.reduceat(buckets.maximum, at),
        total=np.where(usable > 0, total, np.nan),
        first=np.where(usable > 0, buckets.first[first], np.nan),
        last=np.where(usable > 0, buckets.last[last], np.nan),
        first_time=buckets.first_time[at],
        last_time=buckets.last_time[ends],
        first_usable=buckets.first_usable[at],
        last_usable=buckets.last_usable[ends],
        step=step,
        step_covered=np.add.reduceat(microseconds(buckets.step_covered) + stepped, at) / SECOND,
        linear=linear,
        linear_covered=np.add.reduceat(microseconds(buckets.linear_covered) + sloped, at) / SECOND,
    )


def fullest(tags: Int32s, buckets: Buckets) -> tuple[Int32s, Buckets]:
    """In order of tag and time, and of those that begin together the one that counts most readings,
    the last of several. tags: int32[n], whose each bucket is"""
    order = np.lexsort((np.arange(len(tags)), buckets.count, buckets.starts, tags))
    tags, buckets = tags[order], taken(buckets, order)
    starts = buckets.starts
    other = (tags[1:] != tags[:-1]) | (starts[1:] != starts[:-1])
    last = np.append(other, True)[: len(tags)]
    return tags[last], taken(buckets, last)


def microseconds(seconds: Float64s) -> Int64s:
    """As whole microseconds, exact for what is covered in a bucket: it is a sum of those."""
    return np.rint(seconds * SECOND).astype(np.int64)


def first_of_each(keys: npt.NDArray[Any]) -> Int64s:
    """Where each run of equal keys begins."""
    if not len(keys):
        return np.empty(0, np.int64)
    return np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))


def taken(buckets: Buckets, which: Any) -> Buckets:
    """Those that numpy's index `which` takes."""
    return Buckets(*(getattr(buckets, field.name)[which] for field in fields(Buckets)))


def concatenated(parts: list[Buckets]) -> Buckets:
    """One after the other."""
    parts = [empty(), *parts]
    columns = ([getattr(part, field.name) for part in parts] for field in fields(Buckets))
    return Buckets(*map(np.concatenate, columns))


def empty() -> Buckets:
    """No buckets."""
    ints, floats, bools = np.empty(0, np.int64), np.empty(0), np.empty(0, np.bool_)
    sums = floats, floats, floats, floats
    return Buckets(ints, ints, ints, ints, *sums, floats, ints, ints, bools, bools, *sums)
