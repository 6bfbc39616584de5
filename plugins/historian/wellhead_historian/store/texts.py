"""Texts as numbers: a dictionary of all texts that readings ever had, so that the hot table, its
layouts and everything that packs them know nothing but float64.

A text is looked up by its SHA-256, since a text of a thousand characters is too long for an index.
Entries are never changed or removed: a stored number means its text for ever.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, LiteralString

import numpy as np
import numpy.typing as npt
import psycopg
import structlog

from wellhead import sdk
from wellhead_historian.scans import Arrived, batches_of

TEXT = "string"
"""The datatype of tags whose readings are texts; those of all others are numbers."""
MOST_TEXTS = 1_000_000
"""Texts that a tenant's dictionary holds where nothing else is configured."""

_CACHED = 20_000
_LOOK_AGAIN_S = 60.0
_KNOWN = "SELECT digest, id FROM historian_text WHERE digest = ANY(%s)"
# In one order for everybody: two forwarders that add the same texts must not wait for each other.
_ADD = (
    "INSERT INTO historian_text (digest, text) "
    "SELECT * FROM unnest(%s::bytea[], %s::text[]) AS new (digest, text) ORDER BY digest "
    "ON CONFLICT DO NOTHING"
)
_TEXT_TAGS = "SELECT id FROM historian_tag WHERE datatype = %s AND id = ANY(%s)"
_SAID = "SELECT id, text FROM historian_text WHERE id = ANY(%s)"
log = structlog.get_logger(__name__)


class TextNumbers:
    """The dictionary as one connection sees it, in its transactions. After a rollback: `forget`.

    most: texts that it may hold; what comes beyond is stored without its text
    """

    def __init__(self, connection: psycopg.Connection[Any], most: int = MOST_TEXTS) -> None:
        self._connection = connection
        self._most = most
        self._known: dict[str, int] = {}
        self._full_until: float | None = None

    def forget(self) -> None:
        """Read everything anew when it is next needed."""
        self._known.clear()

    def numbered(self, arrived: Sequence[Arrived]) -> Sequence[Arrived]:
        """`arrived` as it is stored: the value of a reading of text is the number of its text.

        A reading whose text finds no room is BAD_CONFIGURATION, with neither text nor value.
        """
        if not any(isinstance(item, sdk.Batch) and item.texts for item in arrived):
            return arrived
        cleaned = [batch.with_clean_texts() for batch in batches_of(arrived)]
        self._learn({text for batch in cleaned for text in batch.texts.values()})
        return [self._numbered(batch) if batch.texts else batch for batch in cleaned]

    def _numbered(self, batch: sdk.Batch) -> sdk.Batch:
        values, qualities = batch.values.copy(), batch.qualities
        texts = dict(batch.texts)
        for row, text in batch.texts.items():
            number = self._known.get(text)
            if number is not None:
                values[row] = number
                continue
            if qualities is batch.qualities:
                qualities = qualities.copy()
            values[row], qualities[row] = np.nan, sdk.quality.BAD_CONFIGURATION
            del texts[row]
        return replace(batch, values=values, qualities=qualities, texts=texts)

    def _learn(self, texts: set[str]) -> None:
        if len(self._known) > _CACHED:
            self._known.clear()
        wanted = {_digest(text): text for text in texts if text not in self._known}
        self._look_up(wanted)
        new = {digest: text for digest, text in wanted.items() if text not in self._known}
        added = sorted(new)[: self._room(len(new))]
        if added:
            self._connection.execute(_ADD, (added, [new[digest] for digest in added]))
            self._look_up({digest: new[digest] for digest in added})

    def _look_up(self, texts: dict[bytes, str]) -> None:
        if texts:
            for digest, number in self._connection.execute(_KNOWN, (list(texts),), binary=True):
                self._known[texts[digest]] = number

    def _room(self, wanted: int) -> int:
        """How many texts may be added, 0 to `wanted`. Counting them all takes long, so a full
        dictionary is looked at once a minute."""
        if not wanted or (self._full_until is not None and time.monotonic() < self._full_until):
            return 0
        used = self._one("SELECT coalesce(max(id), 0) FROM historian_text")
        if used + wanted > self._most:  # numbers may have holes
            used = self._one("SELECT count(*) FROM historian_text")
        room = max(0, min(wanted, self._most - used))
        if room < wanted:
            if self._full_until is None:
                log.error(
                    "historian: no room for new texts, readings are stored without them: raise "
                    "max_texts in [plugins.historian]",
                    max_texts=self._most,
                )
            self._full_until = time.monotonic() + _LOOK_AGAIN_S
        else:
            self._full_until = None
        return room

    def _one(self, query: LiteralString) -> int:
        row = self._connection.execute(query).fetchone()
        assert row is not None
        return int(row[0])


def read_texts(
    connection: psycopg.Connection[Any], numbers: npt.NDArray[np.float64]
) -> list[str | None]:
    """What readings of text say, in order, by their values; None where there is no value."""
    distinct, places = np.unique(numbers, return_inverse=True)
    wanted = distinct[np.abs(distinct) < 2**53].astype(np.int64).tolist()
    said = dict(connection.execute(_SAID, (wanted,)).fetchall()) if wanted else {}
    found = np.array([said.get(number) for number in distinct.tolist()], np.object_)
    texts: list[str | None] = found[places].tolist()
    return texts


def with_texts(connection: psycopg.Connection[Any], batch: sdk.Batch) -> sdk.Batch:
    """`batch`, one reading a tag as it was read from the store, with what its texts say."""
    found = connection.execute(_TEXT_TAGS, (TEXT, batch.tags.tolist())).fetchall()
    rows = np.flatnonzero(np.isin(batch.tags, [tag for (tag,) in found]))
    if not len(rows):
        return batch
    said = zip(rows.tolist(), read_texts(connection, batch.values[rows]), strict=True)
    texts = {row: text for row, text in said if text is not None}
    values = batch.values.copy()
    values[np.setdiff1d(rows, list(texts))] = np.nan
    return replace(batch, values=values, texts=texts)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
