"""Rows of a log in memory: an index and, for some of its curves, a column each."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from wellhead_well_logs.blocks import BLOCK_ROWS, Texts
from wellhead_well_logs.extremes import Floats


@dataclass(frozen=True, slots=True)
class Rows:
    """index: float64[n]; numbers: curve → float64[n], NaN = null; texts: curve → n texts, None =
    null"""

    index: Floats
    numbers: Mapping[uuid.UUID, Floats] = field(default_factory=dict)
    texts: Mapping[uuid.UUID, Texts] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.index)

    def taken(self, places: npt.NDArray[np.intp]) -> "Rows":
        """The rows at these places."""
        listed = places.tolist()
        return Rows(
            self.index[places],
            {key: values[places] for key, values in self.numbers.items()},
            {key: [texts[place] for place in listed] for key, texts in self.texts.items()},
        )


def in_order(rows: Rows) -> Rows:
    """The rows by ascending index; of those with the same index the last that came."""
    if len(rows) < 2 or (np.diff(rows.index) > 0).all():
        return rows
    order = np.argsort(rows.index, kind="stable")
    index = rows.index[order]
    last = np.append(index[1:] != index[:-1], True)
    return rows.taken(order[last])


def merged(old: Rows, new: Rows) -> Rows:
    """Both in order, in one. Where a row is in both, the new one's columns count, nulls too;
    columns that the new one does not have stay as they are."""
    index = np.union1d(old.index, new.index)
    of_old = np.searchsorted(index, old.index)
    of_new = np.searchsorted(index, new.index)
    numbers: dict[uuid.UUID, Floats] = {}
    for key in _keys(old.numbers, new.numbers):
        column = np.full(len(index), np.nan)
        if key in old.numbers:
            column[of_old] = old.numbers[key]
        if key in new.numbers:
            column[of_new] = new.numbers[key]
        numbers[key] = column
    texts: dict[uuid.UUID, Texts] = {}
    for key in _keys(old.texts, new.texts):
        cells: Texts = [None] * len(index)
        for places, source in ((of_old, old.texts), (of_new, new.texts)):
            for place, text in zip(places.tolist(), source.get(key, ()), strict=False):
                cells[place] = text
        texts[key] = cells
    return Rows(index, numbers, texts)


def split(rows: Rows) -> Iterable[Rows]:
    """The rows in pieces of one block each."""
    for start in range(0, len(rows), BLOCK_ROWS):
        end = start + BLOCK_ROWS
        yield Rows(
            rows.index[start:end],
            {key: values[start:end] for key, values in rows.numbers.items()},
            {key: texts[start:end] for key, texts in rows.texts.items()},
        )


def _keys(*columns: Mapping[uuid.UUID, object]) -> Iterable[uuid.UUID]:
    return dict.fromkeys(key for mapping in columns for key in mapping)
