"""New readings of inputs are marked in the very transaction that stores them.

So whatever way they come (a gateway, an import, an edge), whenever they come and in what order, no
reading is without its mark, and no mark without its reading. Who changes a definition holds the
lock that is shared here: it waits for the transactions that know the old inputs, and those that
come after it see the new ones.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import psycopg

from wellhead import sdk
from wellhead_calculations.inputs.spans import touched
from wellhead_historian.store import wire

_KEY = "hashtext('wellhead calculations'), hashtext(current_schema())"
SHARE = f"SELECT pg_advisory_xact_lock_shared({_KEY})"
HOLD = f"SELECT pg_advisory_xact_lock({_KEY})"
_VERSION = "SELECT version FROM calculations_head"
_INPUTS = "SELECT DISTINCT tag_id FROM calculations_input ORDER BY tag_id"
_INSERT = "INSERT INTO calculations_dirty (tags, begins, ends) VALUES (%s, %s, %s)"


class Marker:
    """The plugin's part in the historian's `outboxes`; of one tenant."""

    def __init__(self) -> None:
        self._version = -1
        self._inputs = np.empty(0, np.int32)

    def __call__(self, connection: psycopg.Connection[Any], batches: Sequence[sdk.Batch]) -> None:
        cursor = connection.execute(f"{SHARE}; {_VERSION}", prepare=False)  # in one exchange
        cursor.nextset()
        (version,) = cursor.fetchone() or (0,)
        if version != self._version:
            rows = connection.execute(_INPUTS).fetchall()
            self._inputs = np.array([tag for (tag,) in rows], np.int32)
            self._version = version
        if not len(self._inputs):
            return
        tags, begins, ends = touched(batches, self._inputs)
        if len(tags):
            wire.register_columns(connection)
            columns = wire.int4s(tags), wire.int8s(begins), wire.int8s(ends)
            connection.execute(_INSERT, columns)
