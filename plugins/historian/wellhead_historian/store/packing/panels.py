"""Readings of several tags at the same times, and how many such become one series a tag.

An hour of a tag comes from scans of one or several layouts, from rows that carry their tags, and
from the block that is there already. Each is a panel; the later arrival wins where two have a
reading of one tag at one time.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from wellhead import sdk

PACKED = -1
"""The sequence number of what is in a block: all that is hot has arrived after it."""


@dataclass(frozen=True, slots=True)
class Panel:
    """k tags with n readings each, all at the same times.

    tags: int32[k]; times: int64[n], microseconds since 1970 UTC; seqs: int64[n], order of arrival
    values: float64[k, n]; qualities: int16[k, n], or None when all are good
    """

    tags: npt.NDArray[np.int32]
    times: npt.NDArray[np.int64]
    seqs: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16] | None


@dataclass(frozen=True, slots=True)
class Loose:
    """n readings, each of any tag and time. tags: int32[n]; the others as in Panel"""

    tags: npt.NDArray[np.int32]
    times: npt.NDArray[np.int64]
    seqs: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16]


def panels_of(loose: Loose) -> list[Panel]:
    """Panels of the tags whose readings came together, each of the others alone."""
    order = np.lexsort((loose.seqs, loose.times, loose.tags))
    tags = loose.tags[order]
    edges = np.flatnonzero(np.diff(tags, prepend=tags[:1] - 1, append=tags[-1:] + 1))
    alike: dict[bytes, list[npt.NDArray[np.intp]]] = defaultdict(list)
    for start, end in pairwise(edges.tolist()):
        chosen = order[start:end]
        alike[loose.times[chosen].tobytes() + loose.seqs[chosen].tobytes()].append(chosen)
    found = []
    for rows in alike.values():
        cells = np.stack(rows)
        qualities = loose.qualities[cells]
        found.append(
            Panel(
                loose.tags[cells[:, 0]],
                loose.times[cells[0]],
                loose.seqs[cells[0]],
                loose.values[cells],
                None if (qualities == sdk.quality.GOOD).all() else qualities,
            )
        )
    return found


def merged(panels: Sequence[Panel]) -> list[Panel]:
    """Each tag in one panel, its times ascending, each once: of several readings the one with the
    highest number. A tag is in a panel at most once."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, panel in enumerate(panels):
        for tag in panel.tags.tolist():
            places[tag].append(place)
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for tag, of_tag in places.items():
        groups[tuple(of_tag)].append(tag)
    return [_merge([panels[place] for place in of], tags) for of, tags in groups.items()]


def _merge(panels: Sequence[Panel], tags: list[int]) -> Panel:
    parts = [_only(panel, tags) for panel in panels]
    times = np.concatenate([part.times for part in parts])
    if len(parts) == 1 and (times[1:] > times[:-1]).all():
        return parts[0]
    seqs = np.concatenate([part.seqs for part in parts])
    order = np.lexsort((seqs, times))
    last = np.ones(len(order), np.bool_)
    last[:-1] = times[order][1:] != times[order][:-1]
    keep = order[last]
    qualities = None
    if any(part.qualities is not None for part in parts):
        qualities = np.concatenate([_qualities(part) for part in parts], axis=1)[:, keep]
    values = np.concatenate([part.values for part in parts], axis=1)[:, keep]
    return Panel(parts[0].tags, times[keep], seqs[keep], values, qualities)


def _only(panel: Panel, tags: list[int]) -> Panel:
    """The panel of these of its tags, in this order."""
    wanted = np.array(tags, np.int32)
    if np.array_equal(panel.tags, wanted):
        return panel
    order = np.argsort(panel.tags)
    rows = order[np.searchsorted(panel.tags, wanted, sorter=order)]
    qualities = None if panel.qualities is None else panel.qualities[rows]
    return Panel(wanted, panel.times, panel.seqs, panel.values[rows], qualities)


def _qualities(panel: Panel) -> npt.NDArray[np.int16]:
    if panel.qualities is not None:
        return panel.qualities
    return np.full(panel.values.shape, sdk.quality.GOOD, np.int16)
