"""Which tags a source's scans carry: layouts, versioned by their id and never changed.

A hot row without tags means "the tags of my layout, in its order", so a layout may never be
altered: another order is another layout. A tag vector becomes a layout when a source sends it twice
in a row; what comes only once (events, partial scans) carries its tags. The same module keeps
`historian_tag_source`, which says where a tag's readings are to be looked for.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import structlog

from wellhead import sdk
from wellhead_historian.scans import Scans
from wellhead_historian.store import wire
from wellhead_historian.store.rows import NO_LAYOUT, Rows

MAX_LAYOUTS = 1000
"""Layouts a source may have; beyond it rows carry their tags, which costs only bytes."""

log = structlog.get_logger(__name__)


class Layouts:
    """The layouts and known (tag, source) pairs, as one connection sees them.

    All writes belong to the caller's transaction; after a rollback call `forget`.

    last: the tag vector that each source sent last, kept by whoever makes one of these a
        transaction, so that twice in a row is noticed from one to the next
    """

    def __init__(
        self, connection: psycopg.Connection[Any], last: dict[int, bytes] | None = None
    ) -> None:
        self._connection = connection
        self._ids: dict[int, dict[bytes, int]] = {}
        self._tags: dict[int, npt.NDArray[np.int32]] = {}
        self._last: dict[int, bytes] = {} if last is None else last
        self._found: dict[int, tuple[npt.NDArray[np.int32], int]] = {}
        self._pairs: dict[int, npt.NDArray[np.int32]] = {}

    def forget(self) -> None:
        """Read everything anew when it is next needed."""
        self._ids.clear()
        self._found.clear()
        self._tags.clear()
        self._last.clear()
        self._pairs.clear()

    def find(self, batch: sdk.Batch) -> int:
        """The layout of a batch; NO_LAYOUT when it has none."""
        if not batch.one_time:
            return NO_LAYOUT
        tags, layout = self._found.get(batch.source, (None, NO_LAYOUT))
        if tags is batch.tags:  # the very array of the scan before, as nearly always
            return layout
        layout = self._find(batch)
        if layout != NO_LAYOUT:
            self._found[batch.source] = batch.tags, layout
        return layout

    def of(self, scans: Scans) -> npt.NDArray[np.int32] | None:
        """The layout of each list of tags of `scans`; None when there is none for one of them yet,
        and `find` is to learn from its batches."""
        found = np.empty(len(scans.tags), np.int32)
        for place, (source, tags) in enumerate(zip(scans.sources, scans.tags, strict=True)):
            found[place] = self._known(source).get(tags.tobytes(), NO_LAYOUT)
        return None if (found == NO_LAYOUT).any() else found

    def _find(self, batch: sdk.Batch) -> int:
        known = self._known(batch.source)
        key = batch.tags.tobytes()
        if key in known:
            return known[key]
        if self._last.get(batch.source) != key:
            self._last[batch.source] = key
            return NO_LAYOUT
        if len(known) >= MAX_LAYOUTS or len(np.unique(batch.tags)) != len(batch.tags):
            return NO_LAYOUT
        layout = known[key] = self._create(batch)
        self._tags[layout] = batch.tags
        if len(known) == MAX_LAYOUTS:
            log.warning("historian: a source changes its scans often", source=batch.source)
        return layout

    def tags_of(self, layout: int) -> npt.NDArray[np.int32]:
        """The tags of a layout that `find` gave."""
        return self._tags[layout]

    def note_tags(self, groups: Sequence[Rows]) -> None:
        """Record which tags `groups`, whose rows carry tags, bring from which source."""
        found: dict[int, list[npt.NDArray[np.int32]]] = {}
        for rows in groups:
            assert rows.tags is not None
            for source in np.unique(rows.sources).tolist():
                tags = np.unique(rows.tags[rows.sources == source])
                found.setdefault(source, []).append(tags)
        for source in sorted(found):
            self._note(source, np.unique(np.concatenate(found[source])))

    def _known(self, source: int) -> dict[bytes, int]:
        known = self._ids.get(source)
        if known is None:
            known = self._ids[source] = self._load(source)
        return known

    def _load(self, source: int) -> dict[bytes, int]:
        rows = self._connection.execute(
            "SELECT id, array_send(tags) FROM historian_layout WHERE source_id = %s "
            "ORDER BY id DESC LIMIT %s",
            (source, MAX_LAYOUTS),
            binary=True,
        )
        found = {layout: wire.parse_array(wire.INT4, data) for layout, data in rows}
        self._tags.update(found)
        return {tags.tobytes(): layout for layout, tags in found.items()}

    def _create(self, batch: sdk.Batch) -> int:
        row = self._connection.execute(
            "INSERT INTO historian_layout (source_id, tags) VALUES (%s, %s) RETURNING id",
            (batch.source, wire.int4s(batch.tags)),
        ).fetchone()
        assert row is not None
        self._note(batch.source, np.unique(batch.tags))
        return int(row[0])

    def _note(self, source: int, tags: npt.NDArray[np.int32]) -> None:
        known = self._pairs.get(source)
        if known is None:
            row = self._connection.execute(
                "SELECT array_send(coalesce(array_agg(tag_id), '{}')) "
                "FROM historian_tag_source WHERE source_id = %s",
                (source,),
                binary=True,
            ).fetchone()
            assert row is not None
            known = wire.parse_array(wire.INT4, row[0])
        new = np.setdiff1d(tags, known)
        if len(new):
            self._connection.execute(
                "INSERT INTO historian_tag_source (tag_id, source_id) "
                "SELECT tag, %s FROM unnest(%s) AS tag ON CONFLICT DO NOTHING",
                (source, wire.int4s(new)),
            )
        self._pairs[source] = np.concatenate([known, new])
