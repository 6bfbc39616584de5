"""What a reader asks of a log: some of its curves over a range, all rows or a picture of them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from wellhead_well_logs import store
from wellhead_well_logs.blocks import STRETCH
from wellhead_well_logs.extremes import edge_texts, edges, extremes
from wellhead_well_logs.rows import Rows

FEWEST = 4
"""Points of a picture: two stretches."""


@dataclass(frozen=True, slots=True)
class Seen:
    """rows: those asked for, or two of each stretch; stretch: how many rows those two stand for,
    None where they are the rows themselves"""

    rows: Rows
    stretch: int | None


def see(
    connection: store.Connection,
    log: uuid.UUID,
    numbers: Collection[uuid.UUID],
    texts: Collection[uuid.UUID],
    low: float,
    high: float,
    points: int | None,
) -> Seen:
    """The rows of index low to high, at most `points` >= FEWEST of them; None = all.

    More rows than that become two a stretch, as `extremes` makes them. Of a long range only the
    blocks at its ends are read; of the others, the extremes that they keep.
    """
    found = store.blocks_of(connection, log, low, high)
    before = [block for block in found if block.first < low]
    after = [block for block in found if block.first >= low and block.last > high]
    inner = [block for block in found if block.first >= low and block.last <= high]
    head, tail = (
        _within(store.read(connection, ends, numbers, texts), low, high) for ends in (before, after)
    )
    count = len(head) + sum(block.rows for block in inner) + len(tail)
    size = 1 if points is None else -(-count // (points // 2))
    if points is None or size <= STRETCH:
        rows = _joined([head, store.read(connection, inner, numbers, texts), tail])
        if points is None or count <= points:
            return Seen(rows, None)
        return Seen(_thinned(rows, size), size)
    whole = store.read(connection, inner, numbers, texts, sketch=True)
    sketch = _joined([_pairs(head, STRETCH), whole, _pairs(tail, STRETCH)])
    group = -(-len(sketch) // (points // 2 * 2))
    return Seen(_thinned(sketch, 2 * group), group * STRETCH)


def _within(rows: Rows, low: float, high: float) -> Rows:
    first = int(np.searchsorted(rows.index, low, "left"))
    last = int(np.searchsorted(rows.index, high, "right"))
    if (first, last) == (0, len(rows)):
        return rows
    return Rows(
        rows.index[first:last],
        {key: values[first:last] for key, values in rows.numbers.items()},
        {key: texts[first:last] for key, texts in rows.texts.items()},
    )


def _pairs(rows: Rows, size: int) -> Rows:
    return Rows(
        edges(rows.index, size),
        {key: extremes(values, size) for key, values in rows.numbers.items()},
        {key: edge_texts(texts, size) for key, texts in rows.texts.items()},
    )


def _thinned(rows: Rows, size: int) -> Rows:
    """Two rows of each `size`; one where both have the same index, a stretch of one row."""
    pairs = _pairs(rows, size)
    keep = np.append(True, pairs.index[1:] != pairs.index[:-1])
    return pairs if keep.all() else pairs.taken(np.flatnonzero(keep))


def _joined(parts: list[Rows]) -> Rows:
    return Rows(
        np.concatenate([part.index for part in parts]),
        {key: np.concatenate([part.numbers[key] for part in parts]) for key in parts[0].numbers},
        {key: [text for part in parts for text in part.texts[key]] for key in parts[0].texts},
    )
