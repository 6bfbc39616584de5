"""Rows into the table as one stream, and the rows that they replace.

The ORM would make an object a row; `COPY` takes a decade of a field in seconds. An import leaves
one audit row with its sums, and one for each record that it changed, with what was there.
"""

import csv
import datetime as dt
import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import psycopg
from psycopg.rows import dict_row

from wellhead import sdk
from wellhead_production.daily_records import UNITS_OF
from wellhead_production.models import DailyRecord

TABLE = "production_daily_record"
_KEPT = ("id", "created_at")
COLUMNS = tuple(
    column.name
    for column in DailyRecord.__table__.columns
    if column.name not in (*_KEPT, "updated_at")
)
_STORED = f"""
SELECT production_date, disposition, id, facility_id, hours_on,
    oil IS NOT NULL, gas IS NOT NULL, water IS NOT NULL FROM {TABLE} WHERE well_id = %s
"""  # noqa: S608 (a name of ours)
_DELETE = f"DELETE FROM {TABLE} WHERE id = ANY(%s) RETURNING *"  # noqa: S608
Key = tuple[uuid.UUID, dt.date, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """A record that is there. volumes: those that it has, of `oil`, `gas` and `water`"""

    id: uuid.UUID
    facility: uuid.UUID
    hours_on: float | None
    volumes: tuple[str, ...]


class Table:
    """The records that are there, and those that come, in the transaction of `connection`."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._wells: set[uuid.UUID] = set()
        self._stored: dict[Key, Stored] = {}

    def stored(self, key: Key) -> Stored | None:
        """The record of that well, date and disposition."""
        well = key[0]
        if well not in self._wells:
            self._wells.add(well)
            found = self._connection.execute(_STORED.encode(), [well])
            for date, way, record, facility, hours, *known in found:
                volumes = tuple(compress(UNITS_OF, known))
                self._stored[well, date, way] = Stored(record, facility, hours, volumes)
        return self._stored.get(key)

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """rows: values in the order of COLUMNS"""
        self._copy(COLUMNS, rows)

    def replace(self, rows: Mapping[uuid.UUID, Sequence[Any]]) -> None:
        """The records of these ids become these rows, each with its audit row. Those that say
        nothing new are left as they are."""
        if not rows:
            return
        with self._connection.cursor(row_factory=dict_row) as cursor:
            found = {row["id"]: row for row in cursor.execute(_DELETE.encode(), [list(rows)])}
            entries = [
                entry
                for key, row in rows.items()
                if (entry := _entry(key, found[key], dict(zip(COLUMNS, row, strict=True))))
            ]
            if entries:
                cursor.executemany(entries[0][0].encode(), [entry[1] for entry in entries])
        kept = [(key, found[key]["created_at"], *row) for key, row in rows.items()]
        self._copy((*_KEPT, *COLUMNS), kept)

    def _copy(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        if not rows:
            return
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        statement = f"COPY {TABLE} ({', '.join(columns)}) FROM STDIN (FORMAT csv)"
        with self._connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.write(text.getvalue())


def sum_up(connection: psycopg.Connection[Any], told: Mapping[str, Any]) -> None:
    """The one audit row of an import."""
    statement, parameters = sdk.audit_entry("insert", TABLE, "import", None, told)
    connection.execute(statement.encode(), parameters)


def _entry(
    key: uuid.UUID, old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[str, dict[str, Any]] | None:
    changed = [name for name in COLUMNS if old[name] != new[name]]
    if not changed:
        return None
    before, after = ({name: row[name] for name in changed} for row in (old, new))
    return sdk.audit_entry("update", TABLE, key, before, after)
