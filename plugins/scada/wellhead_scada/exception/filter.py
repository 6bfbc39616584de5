"""Between the engine and the spool: what of each batch is kept, by the rules of its tags.

Held back is at most one reading a tag, in memory. Of devices that are scanned nobody was told that
it is safe; it is stored with the reading that shows it to matter, when its tag turns bad, after
`max_interval_s` (with the scan that follows, so no timer is needed) and when the gateway stops.
Of devices that send by themselves nothing is held beyond a delivery: they forget what they were
told is kept, and a kill would lose it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from wellhead.sdk import Batch
from wellhead_scada.engine.config import FieldConfig, GroupConfig
from wellhead_scada.exception.doors import Doors, Held
from wellhead_scada.exception.rules import Rule


class Source:
    """One scan group's tags that have rules."""

    def __init__(self, group: GroupConfig) -> None:
        ruled = sorted((tag.tag, tag.exception) for tag in group.tags if tag.exception is not None)
        self.rules = ruled
        self._source = group.source
        self._tags = np.array([tag for tag, _ in ruled], np.int32)
        self._doors = Doors([Rule(**given) for _, given in ruled])
        self._texts: dict[int, str] = {}
        self._vector: npt.NDArray[np.int32] | None = None
        self._rows = self._slots = np.empty(0, np.intp)

    def kept(self, batch: Batch, waits: bool) -> tuple[list[Batch], int, int]:
        """(what is stored, readings that were tested, and how many of these are stored)."""
        rows, slots = self._places(batch.tags)
        if not len(rows):
            return [batch], 0, 0
        parts: list[Batch] = []
        chosen: list[npt.NDArray[np.intp]] = []
        for turn in _turns(slots):
            here, places = rows[turn], slots[turn]
            before, passes, late = self._doors.offer(
                places,
                batch.times[here],
                batch.values[here],
                batch.qualities[here],
                self._other_texts(batch, here, places),
            )
            parts += self._batches(before)
            chosen.append(here[passes])
            self._remember(batch, here[~late], places[~late])
        if waits:
            parts += self._batches(self._doors.settle(np.unique(slots)))
        parts.append(batch.take(np.concatenate(chosen)))
        stored = sum(len(part) for part in parts)
        kept = [replace(Batch.join(parts), source=self._source)] if stored else []
        if len(rows) < len(batch):
            others = np.ones(len(batch), np.bool_)
            others[rows] = False
            kept.append(batch.take(others))
            if waits and len(kept) == 2:
                kept = [replace(Batch.join(kept), source=self._source)]
        return kept, len(rows), stored

    def release(self) -> list[Batch]:
        """What is held."""
        return self._batches(self._doors.release())

    def again(self) -> list[Batch]:
        """What is held; the next reading of each tag passes."""
        held = self.release()
        self._doors.forget()
        return held

    def _batches(self, held: Held) -> list[Batch]:
        """What was held, if anything, with what it said: the newest of its tag in time did."""
        if not len(held.slots):
            return []
        texts = {}
        if self._texts:
            said = (self._texts.get(slot) for slot in held.slots.tolist())
            texts = {place: text for place, text in enumerate(said) if text is not None}
        tags = self._tags[held.slots]
        return [Batch(self._source, tags, held.times, held.values, held.qualities, texts)]

    def _places(
        self, tags: npt.NDArray[np.int32]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """(rows of a batch that have rules, their slots); of a scan group's own vector as before"""
        if tags is not self._vector:
            slots = np.minimum(np.searchsorted(self._tags, tags), len(self._tags) - 1)
            ruled = self._tags[slots] == tags
            self._rows, self._slots = np.flatnonzero(ruled), slots[ruled]
            self._vector = tags
        return self._rows, self._slots

    def _other_texts(
        self, batch: Batch, rows: npt.NDArray[np.intp], slots: npt.NDArray[np.intp]
    ) -> npt.NDArray[np.bool_]:
        """Which rows say something else than the newest reading of their tag did."""
        if not batch.texts and not self._texts:
            return np.zeros(len(rows), np.bool_)
        pairs = zip(rows.tolist(), slots.tolist(), strict=True)
        return np.array([batch.texts.get(row) != self._texts.get(slot) for row, slot in pairs])

    def _remember(
        self, batch: Batch, rows: npt.NDArray[np.intp], slots: npt.NDArray[np.intp]
    ) -> None:
        """What these say is what their tags said last."""
        if batch.texts or self._texts:
            for row, slot in zip(rows.tolist(), slots.tolist(), strict=True):
                text = batch.texts.get(row)
                if text is None:
                    self._texts.pop(slot, None)
                else:
                    self._texts[slot] = text


class ExceptionFilter:
    """All sources of a gateway. offered, stored: readings of tags with rules, since the start"""

    def __init__(self) -> None:
        self.offered = 0
        self.stored = 0
        self._sources: dict[int, Source] = {}

    def configure(self, config: FieldConfig) -> list[Batch]:
        """Work by the rules of `config` from now on; what was held by rules that are gone."""
        before, self._sources = self._sources, {}
        for device in config.devices:
            for group in device.groups:
                if device.enabled and any(tag.exception is not None for tag in group.tags):
                    new = Source(group)
                    known = before.get(group.source)
                    same = known is not None and known.rules == new.rules
                    self._sources[group.source] = before.pop(group.source) if same else new
        return self._released(list(before.values()))

    def kept(self, batch: Batch, waits: bool = False) -> list[Batch]:
        """What is to be stored now. waits: its sender forgets it once it is told so; then this is
        one batch at most, and nothing is held back"""
        source = self._sources.get(batch.source)
        if source is None:
            return [batch]
        kept, offered, stored = source.kept(batch, waits)
        self.offered += offered
        self.stored += stored
        return kept

    def tests(self, source: int) -> bool:
        """Whether any tag of this source has a rule."""
        return source in self._sources

    def again(self, source: int) -> list[Batch]:
        """Compare what comes next of a source with nothing before it; what was held."""
        known = self._sources.get(source)
        if known is None:
            return []
        found = known.again()
        self.stored += sum(len(batch) for batch in found)
        return found

    def release(self) -> list[Batch]:
        """All that is held, at the end."""
        return self._released(list(self._sources.values()))

    def _released(self, sources: Sequence[Source]) -> list[Batch]:
        found = [batch for source in sources for batch in source.release()]
        self.stored += sum(len(batch) for batch in found)
        return found


def _turns(slots: npt.NDArray[np.intp]) -> list[npt.NDArray[np.intp]]:
    """The rows in rounds that have each tag once at most, each tag's in order."""
    order = np.argsort(slots, kind="stable")
    ordered = slots[order]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[begins, len(slots)])
    if (lengths == 1).all():
        return [np.arange(len(slots))]
    nth = np.arange(len(slots)) - np.repeat(begins, lengths)
    return [np.sort(order[nth == turn]) for turn in range(int(lengths.max()))]
