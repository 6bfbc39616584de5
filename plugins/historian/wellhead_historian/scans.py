"""Many scans as columns: how readings go from the spool to a store without an object a scan."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead import sdk


@dataclass(frozen=True, slots=True, eq=False)
class Scans:
    """Scans in order of arrival: readings of one time each, without texts.

    sources: of each list of tags; tags: int32[w], of each list
    places: int32[k], the list that each scan is of
    is_good: bool[k], whether all its readings are GOOD
    times: int64[k], microseconds since 1970-01-01 UTC
    values: float64[n], of one scan after the other
    qualities: int16[m], of those scans that are not good, likewise
    """

    sources: Sequence[int]
    tags: Sequence[npt.NDArray[np.int32]]
    places: npt.NDArray[np.int32]
    is_good: npt.NDArray[np.bool_]
    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16]

    def __len__(self) -> int:
        """Readings."""
        return len(self.values)

    @property
    def widths(self) -> npt.NDArray[np.int64]:
        """Readings of each scan."""
        return np.array([len(tags) for tags in self.tags], np.int64)[self.places]

    def batches(self) -> Iterator[sdk.Batch]:
        """Each scan as a batch."""
        good = [np.full(len(tags), sdk.quality.GOOD, np.int16) for tags in self.tags]
        at = own = 0
        scans = zip(self.times.tolist(), self.places.tolist(), self.is_good.tolist(), strict=True)
        for time, place, is_good in scans:
            tags, qualities = self.tags[place], good[place]
            if not is_good:
                qualities = self.qualities[own : own + len(tags)]
                own += len(tags)
            values = self.values[at : at + len(tags)]
            yield sdk.Batch.scan(self.sources[place], time, tags, values, qualities)
            at += len(tags)


Arrived = sdk.Batch | Scans
"""Readings on their way into a store."""


def batches_of(arrived: Iterable[Arrived]) -> list[sdk.Batch]:
    """All of it as batches, in order."""
    found: list[sdk.Batch] = []
    for item in arrived:
        if isinstance(item, Scans):
            found.extend(item.batches())
        else:
            found.append(item)
    return found
