"""Export and import of the records of the tenant that is set, in the caller's transaction.

An import does everything it plans and looks at the outcome. A trial does the same and is rolled
back: so it says what would really happen.
"""

from collections.abc import Iterable, Mapping, Sequence

from flask import current_app
from marshmallow import ValidationError
from sqlalchemy import exc
from sqlalchemy.orm.exc import StaleDataError

from wellhead.database.extension import db
from wellhead.errors import DatabaseError, WellheadError
from wellhead.http.bodies import check_body
from wellhead.http.errors import problems_of
from wellhead.plugins.portable import Key, PortableRecords, Row, key_of
from wellhead.portable.document import (
    Document,
    ImportRefused,
    Problem,
    Written,
    leaves,
    named,
)
from wellhead.portable.plan import Plan, Step, changes_of, differing
from wellhead.runtime import runtime_of


def portable_records(editing: bool) -> dict[str, PortableRecords]:
    """Of all plugins that are on, by name. editing: hold the records, an import follows."""
    found: dict[str, PortableRecords] = {}
    plugins = runtime_of(current_app).plugins
    for _, offered, error in plugins.attempt("portable", editing=editing):
        if error is not None:  # a file without its records would look whole
            raise error
        found |= {records.name: records for records in offered}
    return found


def export_records(kinds: Iterable[PortableRecords]) -> tuple[dict[str, list[Row]], list[str]]:
    """(rows by kind, sorted by key; what is secret and therefore not in them)."""
    tables: dict[str, list[Row]] = {}
    secrets: list[str] = []
    for records in kinds:
        shown = []
        for row in sorted(records.rows(), key=lambda row: key_of(records, row)):
            dumped = records.schema().dump(records.shown(row))
            hidden = {path for path, _ in leaves(row)} - {path for path, _ in leaves(dumped)}
            record = named(records, key_of(records, row))
            secrets += [f"{record}: {'.'.join(path)}" for path in sorted(hidden)]
            shown.append(dumped)
        tables[records.name] = shown
    return tables, secrets


def import_records(
    known: Mapping[str, PortableRecords], document: Document, *, prune: bool, dry_run: bool
) -> Plan:
    """Make the records what the document says, and commit; on trial, roll back.

    prune: remove records that the document has not, of the kinds that it has
    Raises ImportRefused with every problem, of very many the first thousand or so a kind; then
    nothing is stored.
    """
    try:
        plan = _made(known, document, prune)
    except (exc.IntegrityError, StaleDataError) as error:
        db.session.rollback()
        raise WellheadError(
            "somebody changed the same records just now, so nothing was imported",
            remedy="Look at what they did, and import again",
        ) from error
    except BaseException:
        db.session.rollback()
        raise
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    return plan


MOST_PROBLEMS = 1_000
"""Of one kind of record. To look for more would hold up the process that answers."""


def _made(known: Mapping[str, PortableRecords], document: Document, prune: bool) -> Plan:
    parts = [
        _Part(records, document.records[name])
        for name, records in known.items()
        if name in document.records
    ]
    problems = list(document.problems)
    with db.session.no_autoflush:
        for part in parts:
            part.apply()
            problems += part.problems
        problems += _of_the_whole(known.values(), parts)
        if problems:
            raise ImportRefused(problems)
        for part in parts:
            part.records.store()
        removed = [step for part in reversed(parts) for step in part.prune()] if prune else []
        problems = [problem for part in parts for problem in part.problems]
        if problems:
            raise ImportRefused(problems)
    return Plan([step for part in parts for step in part.steps] + removed)


def _of_the_whole(known: Iterable[PortableRecords], parts: Sequence["_Part"]) -> list[Problem]:
    places = {part.records.name: part.places for part in parts}
    return [
        _problem(places.get(records.name, {}).get(key, ""), named(records, key), error)
        for records in known
        for key, error in records.problems()
    ]


class _Part:
    """One kind of record in an import.

    places: where in the file each key is
    """

    def __init__(self, records: PortableRecords, written: Sequence[Written]) -> None:
        self.records = records
        self.steps: list[Step] = []
        self.problems: list[Problem] = []
        self.places: dict[Key, str] = {}
        self._written = written
        self._schema = records.schema()
        self._current = {key_of(records, row): row for row in records.rows()}

    def apply(self) -> None:
        for written in self._written:
            key = key_of(self.records, written.values)
            if len(self.problems) >= MOST_PROBLEMS:
                self.records.skipped(key)
                continue
            try:
                self._once(key, written.where)
                self._one(written, key)
            except DatabaseError:
                raise
            except (ValidationError, WellheadError) as error:
                self.problems += self._told(written, key, error)
                self.records.skipped(key)

    def prune(self) -> list[Step]:
        steps = []
        for key, row in self._current.items():
            if key in self.places:
                continue
            try:
                self.records.remove(row)
            except WellheadError as error:
                self.problems.append(_problem("", named(self.records, key), error))
            steps.append(Step(self.records.name, key, "remove"))
        db.session.flush()  # before the records that they refer to, which would take them along
        return steps

    def _once(self, key: Key, where: str) -> None:
        first = where if None in key else self.places.setdefault(key, where)
        if first != where:
            raise WellheadError(f"is there twice, also at {first}", remedy="Leave one of them out")

    def _one(self, written: Written, key: Key) -> None:
        if not isinstance(written.values, Mapping):
            raise WellheadError("is no record", value=written.values, remedy="Write key = value")
        check_body(written.values)
        current = self._current.get(key)
        values = dict(written.values)
        if current is not None and written.columns is not None:
            shown = self._schema.dump(self.records.shown(current))
            kept = {name: shown[name] for name in shown if name not in written.columns}
            values = {name: value for name, value in kept.items() if value is not None} | values
        row: Row = self._schema.load(values)
        if current is None:
            self.records.create(row)
            self.steps.append(Step(self.records.name, key, "create"))
            return
        row = self.records.completed(row, current)
        changed = differing(row, current)
        if not changed:
            self.steps.append(Step(self.records.name, key, "unchanged"))
            return
        told = changes_of(self.records, row, current)
        self.records.change(row, changed)
        self.steps.append(Step(self.records.name, key, "change", told))

    def _told(self, written: Written, key: Key, error: Exception) -> list[Problem]:
        name = named(self.records, key)
        details = problems_of(error, written.values, self._schema)
        return [
            Problem(
                written.where,
                name,
                detail["message"].rstrip("."),
                detail.get("field"),
                detail.get("value"),
                detail.get("remedy"),
            )
            for detail in details
        ]


def _problem(where: str, record: str, error: WellheadError) -> Problem:
    return Problem(where, record, error.message, error.field, error.value, error.remedy)
