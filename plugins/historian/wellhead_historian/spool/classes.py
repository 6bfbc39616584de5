"""Classes of tags at a full spool: what of which class gives way, and to whom.

A class is a name that a tag carries. What is configured for none is of the default class, which has
no name here. A batch whose tags are of several classes is split before it is kept, so that each
batch in the file is of one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_historian.spool.types import Policy

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class SpoolClass:
    """policy: what of this class gives way; priority: classes with a lower one give way first"""

    policy: Policy
    priority: int = 0


class Classes:
    """What is configured, and which tag is of which class.

    default: of all tags whose class is not in `named`
    """

    def __init__(self, default: SpoolClass, named: Mapping[str, SpoolClass]) -> None:
        self._known: dict[str | None, SpoolClass] = {None: default}
        self._known.update(named)
        self._names: list[str | None] = list(self._known)
        self._gone: list[str] = []
        self._tags: npt.NDArray[np.int32] = np.empty(0, np.int32)
        self._places: npt.NDArray[np.intp] = np.empty(0, np.intp)

    def find(self, in_file: Iterable[str]) -> None:
        """Classes of what is in the file: those that are not configured any more give way as the
        default one does, and before it, since what is new of them is of that."""
        self._gone = sorted(set(in_file) - self._known.keys())

    def assign(self, tags: Mapping[int, str]) -> None:
        """These tags are of these classes; all others, and those of a class that is not
        configured, of the default one."""
        known = sorted((tag, name) for tag, name in tags.items() if name in self._known)
        places = np.array([self._names.index(name) for _, name in known], np.intp)
        # Readers in other threads see the old columns or the new ones.
        self._tags, self._places = np.array([tag for tag, _ in known], np.int32), places

    def split(self, batch: sdk.Batch) -> Sequence[tuple[str | None, sdk.Batch]]:
        """`batch` by class, in the order of its readings."""
        tags, places = self._tags, self._places
        if not len(tags) or not len(batch) or len(tags) != len(places):
            return [(None, batch)]
        at = np.minimum(np.searchsorted(tags, batch.tags), len(tags) - 1)
        found = np.where(tags[at] == batch.tags, places[at], 0)
        if (found == found[0]).all():
            return [(self._names[found[0]], batch)]
        return [
            (self._names[place], batch.take(np.flatnonzero(found == place)))
            for place in np.unique(found).tolist()
        ]

    def rank(self, name: str | None) -> tuple[int, str]:
        """What orders classes: priority, then name."""
        return self._of(name).priority, name or ""

    def give_way(self, name: str | None) -> list[str | None]:
        """The classes whose oldest is dropped for a new batch of class `name`, in that order: of
        those that drop at all, the ones with a lower priority, and then its own."""
        new = self._of(name)
        lower = [
            other
            for other, known in self._known.items()
            if known.policy is Policy.DROP_OLDEST and known.priority < new.priority
        ]
        lower.sort(key=self.rank)
        ways = [*lower, name] if new.policy is Policy.DROP_OLDEST else lower
        return [each for way in ways for each in ([*self._gone, None] if way is None else [way])]

    def _of(self, name: str | None) -> SpoolClass:
        """A class that is no longer configured is treated as the default one."""
        return self._known.get(name, self._known[None])
