"""Stretches of time, as sorted lists of (begin, end), both included, in microseconds UTC."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from wellhead import sdk

Span = tuple[int, int]
BEGIN, END = -(2**61), 2**62
"""Before and after any reading."""
GAP = 600_000_000
"""Readings of one tag further apart than these 10 minutes begin another stretch, so that one late
reading among those of now has nothing in between evaluated again."""


def touched(
    batches: Iterable[sdk.Batch], inputs: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(tags, begins, ends) of the stretches in which `batches` have readings of `inputs`, which are
    sorted."""
    tags, times = [], []
    for batch in batches:
        rows = np.isin(batch.tags, inputs)
        if rows.any():
            tags.append(batch.tags[rows])
            times.append(batch.times[rows])
    if not tags:
        return np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64)
    tag, time = np.concatenate(tags), np.concatenate(times)
    order = np.lexsort((time, tag))
    tag, time = tag[order], time[order]
    new = np.ones(len(tag), np.bool_)
    new[1:] = (tag[1:] != tag[:-1]) | (time[1:] - time[:-1] > GAP)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(tag)) - 1
    return tag[first], time[first], time[last]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same times in as few stretches as can be."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def later_than(spans: Sequence[Span], start: int) -> list[Span]:
    """Without what lies before `start`."""
    return [(max(begin, start), end) for begin, end in spans if end >= start]


def without(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """What `spans` have and `others`, which are merged, do not."""
    found = []
    for begin, end in spans:
        for first, last in others:
            if last < begin or first > end:
                continue
            if first > begin:
                found.append((begin, first - 1))
            begin = last + 1
        if begin <= end:
            found.append((begin, end))
    return found
