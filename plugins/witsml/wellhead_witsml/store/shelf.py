"""Where the store keeps its objects: SQLite, in memory or in a file that outlives it.

An object is its XML without namespaces; the rows of a log lie beside it by index.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

Key = int | float
"""Index of a row: microseconds since 1970-01-01 UTC, or a depth"""
Row = tuple[Key, dict[str, str]]
"""Index and values by mnemonic, the null ones left out"""

_TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS object (
    id INTEGER PRIMARY KEY, kind TEXT, uid_well TEXT, uid_wellbore TEXT, uid TEXT, xml TEXT,
    changed REAL, UNIQUE (kind, uid_well, uid_wellbore, uid));
CREATE TABLE IF NOT EXISTS line (
    log INTEGER REFERENCES object, key NUMERIC, cells TEXT, PRIMARY KEY (log, key)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Uids:
    """Identifiers of an object; empty = every one, in a search."""

    well: str = ""
    wellbore: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as it is kept. changed: seconds since 1970 of its newest data"""

    id: int
    kind: str
    uids: Uids
    element: etree._Element
    changed: float


class Shelf:
    """Not safe for threads: its owner holds a lock."""

    def __init__(self, file: Path | None = None) -> None:
        self._database = sqlite3.connect(file or ":memory:", check_same_thread=False)
        self._database.executescript(_TABLES)

    def close(self) -> None:
        """What was committed stays in the file."""
        self._database.close()

    def __enter__(self) -> None:
        self._database.__enter__()

    def __exit__(self, *error: object) -> None:
        """One transaction: committed, or undone by an error."""
        self._database.__exit__(*error)  # type: ignore[arg-type]

    def find(self, kind: str, uids: Uids) -> Iterator[Stored]:
        """Objects of a kind with these identifiers, in the order in which they were added."""
        named = {"uid_well": uids.well, "uid_wellbore": uids.wellbore, "uid": uids.uid}
        given = {name: value for name, value in named.items() if value}
        where = "".join(f" AND {name} = ?" for name in given)
        rows = self._database.execute(
            "SELECT id, uid_well, uid_wellbore, uid, xml, changed FROM object"  # noqa: S608
            f" WHERE kind = ?{where} ORDER BY id",
            (kind, *given.values()),
        )
        for number, well, wellbore, uid, xml, changed in rows.fetchall():
            yield Stored(number, kind, Uids(well, wellbore, uid), etree.fromstring(xml), changed)

    def has_below(self, kind: str, uids: Uids) -> bool:
        """Whether objects hang below a well or wellbore."""
        if kind not in ("well", "wellbore"):
            return False
        column, others = ("uid_well", "kind <> 'well'")
        values = [uids.uid]
        if kind == "wellbore":
            column, others = "uid_wellbore", "uid_well = ?"
            values = [uids.uid, uids.well]
        found = self._database.execute(
            f"SELECT 1 FROM object WHERE {column} = ? AND {others} LIMIT 1",  # noqa: S608
            values,
        )
        return found.fetchone() is not None

    def add(self, kind: str, uids: Uids, element: etree._Element, changed: float) -> int:
        """Returns the number rows are kept under."""
        found = self._database.execute(
            "INSERT INTO object (kind, uid_well, uid_wellbore, uid, xml, changed)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (kind, uids.well, uids.wellbore, uids.uid, _text(element), changed),
        )
        assert found.lastrowid is not None
        return found.lastrowid

    def change(self, number: int, element: etree._Element, changed: float) -> None:
        """Replace an object's XML."""
        self._database.execute(
            "UPDATE object SET xml = ?, changed = ? WHERE id = ?",
            (_text(element), changed, number),
        )

    def remove(self, number: int) -> None:
        """An object and its rows."""
        self._database.execute("DELETE FROM line WHERE log = ?", (number,))
        self._database.execute("DELETE FROM object WHERE id = ?", (number,))

    def rows(
        self,
        log: int,
        first: Key | None = None,
        last: Key | None = None,
        *,
        decreasing: bool = False,
        most: int = -1,
    ) -> list[Row]:
        """Rows with an index from `first` to `last`, at most `most`, from the end they begin at."""
        order = "DESC" if decreasing else "ASC"
        rows = self._database.execute(
            "SELECT key, cells FROM line WHERE log = ? AND (? IS NULL OR key >= ?)"  # noqa: S608
            f" AND (? IS NULL OR key <= ?) ORDER BY key {order} LIMIT ?",
            (log, first, first, last, last, most),
        )
        return [(key, json.loads(cells)) for key, cells in rows.fetchall()]

    def bounds(self, log: int) -> tuple[Key, Key] | None:
        """Smallest and largest index; None without rows."""
        least, most = self._database.execute(
            "SELECT min(key), max(key) FROM line WHERE log = ?", (log,)
        ).fetchone()
        return None if least is None else (least, most)

    def upsert(self, log: int, rows: Iterable[Row]) -> None:
        """Write rows by index; values of a row that is there stay where the new one has none."""
        self._database.executemany(
            "INSERT INTO line (log, key, cells) VALUES (?, ?, ?) ON CONFLICT (log, key)"
            " DO UPDATE SET cells = json_patch(cells, excluded.cells)",
            [(log, key, json.dumps(cells)) for key, cells in rows],
        )

    def cut(self, log: int, first: Key | None, last: Key | None) -> None:
        """Delete rows with an index from `first` to `last`."""
        self._database.execute(
            "DELETE FROM line WHERE log = ?"
            " AND (? IS NULL OR key >= ?) AND (? IS NULL OR key <= ?)",
            (log, first, first, last, last),
        )


def _text(element: etree._Element) -> str:
    return etree.tostring(element, encoding="unicode")
