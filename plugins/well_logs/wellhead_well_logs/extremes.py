"""Many rows as the few that a picture has room for, without losing a peak.

Rows go by stretches of equal count; of each stretch and curve the least and the greatest value are
kept, in the order in which they came, and of the index the first and the last. So all curves of a
log share two rows a stretch, and a peak is at most one stretch from its depth, which is less than
the pixel pair that a stretch stands for. What comes out is a sequence of the same sort again:
stretches of stretches are made from it as from the rows (M4, Jugel et al., VLDB 2014, kept to its
two extremes, since neighbouring curves need common rows).
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Text = TypeVar("Text", bound=str | None)


def extremes(values: Floats, size: int) -> Floats:
    """float64[2 · stretches] of float64[n]: of each `size` values the least and the greatest, the
    one first that came first; NaN where all of a stretch are NaN."""
    padded = _stretches(values, size)
    missing = np.isnan(padded)
    low = np.where(missing, np.inf, padded).argmin(axis=1)
    high = np.where(missing, -np.inf, padded).argmax(axis=1)
    rows = np.arange(len(padded))
    pairs = np.stack([padded[rows, np.minimum(low, high)], padded[rows, np.maximum(low, high)]], 1)
    pairs[missing.all(axis=1)] = np.nan
    return pairs.ravel()


def edges(index: Floats, size: int) -> Floats:
    """float64[2 · stretches]: of each `size` values the first and the last."""
    starts = np.arange(0, len(index), size)
    ends = np.minimum(starts + size, len(index)) - 1
    return np.stack([index[starts], index[ends]], 1).ravel()


def edge_texts(texts: list[Text], size: int) -> list[Text]:
    """Of each `size` texts the first and the last, as the index has them."""
    kept: list[Text] = []
    for start in range(0, len(texts), size):
        kept += [texts[start], texts[min(start + size, len(texts)) - 1]]
    return kept


def _stretches(values: Floats, size: int) -> Floats:
    count = -(-len(values) // size)
    padded = np.full(count * size, np.nan)
    padded[: len(values)] = values
    return padded.reshape(count, size)
