"""What comes in as the rows of the hot table, in groups of equal shape, no object a reading.

A scan (all readings of one time, in an order the source keeps repeating) is one row without tags:
its layout names them. Everything else (partial scans, events, imports) becomes one row a time that
carries its tags, each tag once: of two readings of a tag at one time in a batch the later one wins.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_historian.scans import Scans

NO_LAYOUT = -1


@dataclass(frozen=True, slots=True)
class Rows:
    """k rows of n readings each, all with tags or all without, all with qualities or all without.

    ranks: int64[k], the place of each row in the order of arrival; unique over all groups
    sources, layouts: int32[k]; layouts is NO_LAYOUT where tags are carried
    times: int64[k], microseconds since 1970 UTC
    tags: int32[k, n], or None when the layout has them
    values: float64[k, n]
    qualities: int16[k, n], or None when all are GOOD
    """

    ranks: npt.NDArray[np.int64]
    sources: npt.NDArray[np.int32]
    layouts: npt.NDArray[np.int32]
    times: npt.NDArray[np.int64]
    tags: npt.NDArray[np.int32] | None
    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16] | None

    def take(self, keep: npt.NDArray[Any], qualities: bool) -> "Rows":
        """The rows named by an array of indices or a mask, with or without their qualities."""
        return Rows(
            self.ranks[keep],
            self.sources[keep],
            self.layouts[keep],
            self.times[keep],
            None if self.tags is None else self.tags[keep],
            self.values[keep],
            self.qualities[keep] if qualities and self.qualities is not None else None,
        )


def joined(groups: Sequence[Rows]) -> Rows:
    """Groups of rows without tags that are alike, as one."""
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(rows, name) for rows in groups])
        for name in ("ranks", "sources", "layouts", "times", "values")
    }
    qualities = [rows.qualities for rows in groups if rows.qualities is not None]
    return Rows(**columns, tags=None, qualities=np.concatenate(qualities) if qualities else None)


def arrange(batches: Sequence[sdk.Batch], layouts: Sequence[int]) -> list[Rows]:
    """All readings of `batches`, which are in order of arrival, as groups of rows.

    layouts: the layout each batch follows; NO_LAYOUT for one that carries its tags
    """
    scans: dict[int, list[int]] = defaultdict(list)
    loose: list[int] = []
    lengths = [len(batch) for batch in batches]
    for place, (length, layout) in enumerate(zip(lengths, layouts, strict=True)):
        if not length:
            continue
        if layout == NO_LAYOUT:
            loose.append(place)
        else:
            scans[length].append(place)
    # A loose batch may become as many rows as it has readings: ranks leave room for them.
    starts = np.zeros(len(batches), np.int64)
    starts[1:] = np.cumsum(lengths[:-1], dtype=np.int64)
    groups = [
        _scan_rows([batches[at] for at in places], [layouts[at] for at in places], starts[places])
        for places in scans.values()
    ]
    if loose:
        groups += _loose_rows([batches[place] for place in loose], starts[loose])
    return [part for group in groups for part in _split_by_quality(group)]


def arrange_scans(scans: Scans, layouts: npt.NDArray[np.int32]) -> list[Rows]:
    """As `arrange`, of scans as columns. layouts: int32[], of each of their lists of tags"""
    widths = scans.widths
    owned = np.where(scans.is_good, 0, widths)
    begins, own_begins = np.cumsum(widths) - widths, np.cumsum(owned) - owned
    sources = np.array(scans.sources, np.int32)
    groups = []
    for width in np.unique(widths):
        for good in (True, False):
            chosen = np.flatnonzero((widths == width) & (scans.is_good == good))
            if not len(chosen):
                continue
            places = scans.places[chosen]
            rows = Rows(
                ranks=begins[chosen],
                sources=sources[places],
                layouts=layouts[places],
                times=scans.times[chosen],
                tags=None,
                values=_table(scans.values, begins[chosen], width),
                qualities=None if good else _table(scans.qualities, own_begins[chosen], width),
            )
            groups.append(rows)
    return groups


def _table(column: npt.NDArray[Any], begins: npt.NDArray[np.int64], width: int) -> npt.NDArray[Any]:
    """[k, width]: what begins at these places of `column`; a view when that is all of it."""
    if len(begins) * width == len(column):
        return column.reshape(-1, width)
    taken: npt.NDArray[Any] = column[begins[:, None] + np.arange(width)]
    return taken


def _scan_rows(
    batches: Sequence[sdk.Batch], layouts: Sequence[int], ranks: npt.NDArray[np.int64]
) -> Rows:
    """Scans of equal length, of whatever sources and layouts."""
    shape = (len(batches), len(batches[0]))
    return Rows(
        ranks=ranks,
        sources=np.array([batch.source for batch in batches], np.int32),
        layouts=np.array(layouts, np.int32),
        times=np.array([batch.times[0] for batch in batches], np.int64),
        tags=None,
        values=np.concatenate([batch.values for batch in batches]).reshape(shape),
        qualities=np.concatenate([batch.qualities for batch in batches]).reshape(shape),
    )


def _loose_rows(batches: Sequence[sdk.Batch], starts: npt.NDArray[np.int64]) -> list[Rows]:
    lengths = np.array([len(batch) for batch in batches])
    owner = np.repeat(np.arange(len(batches)), lengths)
    tags = np.concatenate([batch.tags for batch in batches])
    times = np.concatenate([batch.times for batch in batches])
    order = np.lexsort((tags, times, owner))  # stable: equal readings stay in order of arrival
    owner, tags, times = owner[order], tags[order], times[order]
    last = np.ones(len(order), np.bool_)
    last[:-1] = (owner[1:] != owner[:-1]) | (times[1:] != times[:-1]) | (tags[1:] != tags[:-1])
    owner, tags, times, order = owner[last], tags[last], times[last], order[last]
    values = np.concatenate([batch.values for batch in batches])[order]
    qualities = np.concatenate([batch.qualities for batch in batches])[order]
    sources = np.array([batch.source for batch in batches], np.int32)

    first = np.ones(len(order), np.bool_)
    first[1:] = (owner[1:] != owner[:-1]) | (times[1:] != times[:-1])
    begins = np.flatnonzero(first)
    widths = np.diff(begins, append=len(order))
    owners = owner[begins]
    # Row ranks: the batch's own start, then one more for each further row of the same batch.
    row = np.arange(len(begins))
    new_owner = np.ones(len(begins), np.bool_)
    new_owner[1:] = owners[1:] != owners[:-1]
    within = row - np.maximum.accumulate(np.where(new_owner, row, 0))
    ranks = starts[owners] + within
    groups = []
    for width in np.unique(widths):
        chosen = widths == width
        cells = begins[chosen][:, None] + np.arange(width)
        groups.append(
            Rows(
                ranks=ranks[chosen],
                sources=sources[owners[chosen]],
                layouts=np.full(len(cells), NO_LAYOUT, np.int32),
                times=times[begins[chosen]],
                tags=tags[cells],
                values=values[cells],
                qualities=qualities[cells],
            )
        )
    return groups


def _split_by_quality(rows: Rows) -> list[Rows]:
    qualities: npt.NDArray[Any] | None = rows.qualities
    if qualities is None:
        return [rows]
    good = (qualities == sdk.quality.GOOD).all(axis=1)
    if good.all():
        return [replace(rows, qualities=None)]
    parts = []
    if good.any():
        parts.append(rows.take(good, qualities=False))
    parts.append(rows.take(~good, qualities=True))
    return parts
