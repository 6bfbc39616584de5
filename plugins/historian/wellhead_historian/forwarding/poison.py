"""Finding the readings that PostgreSQL refuses inside a batch, so that the others are stored."""

from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from wellhead import sdk
from wellhead_historian.store.interface import Writer

POISON = (psycopg.DataError, psycopg.IntegrityError, sdk.BatchError)
"""What the content of a batch can cause. Everything else (a table that is missing, a full disk, a
deadlock) is the database's state: it is waited out, not blamed on the readings."""


def split_poison(
    connection: psycopg.Connection[Any], store: Writer, batch: sdk.Batch, reason: str
) -> tuple[sdk.Batch, sdk.Batch, str]:
    """(what can be stored, what cannot, why) of a batch that was refused with `reason`.

    Every try is rolled back; the halves are tried until single readings are left. Readings that are
    refused only together count as refused.
    """
    found: list[npt.NDArray[np.intp]] = []
    reasons = [reason]

    def look(rows: npt.NDArray[np.intp]) -> None:
        error = _try(connection, store, batch.take(rows))
        if error is None:
            return
        if len(rows) == 1:
            reasons.append(error)
            found.append(rows)
            return
        middle = len(rows) // 2
        look(rows[:middle])
        look(rows[middle:])

    look(np.arange(len(batch)))
    bad = np.zeros(len(batch), np.bool_)
    if found:
        bad[np.concatenate(found)] = True
    sound = batch.take(np.flatnonzero(~bad))
    if _try(connection, store, sound) is not None:
        return batch.take(np.arange(0)), batch, reason
    return sound, batch.take(np.flatnonzero(bad)), reasons[-1]


def _try(connection: psycopg.Connection[Any], store: Writer, batch: sdk.Batch) -> str | None:
    try:
        with connection.transaction(force_rollback=True):
            store.write([batch], latest_time=np.iinfo(np.int64).max)
    except POISON as error:
        return str(error).strip()
    finally:
        store.forget()
    return None
