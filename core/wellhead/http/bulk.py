"""Many records in one request: each row checked and created by itself, all told at once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import inspect
from sqlalchemy.exc import DataError, IntegrityError

from wellhead.database.extension import db
from wellhead.errors import DatabaseError, WellheadError
from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.http.bodies import check_body
from wellhead.http.csv_export import CSV
from wellhead.http.csv_import import rows_of
from wellhead.http.errors import ErrorDetail, problems_of
from wellhead.http.refusals import ApiError

MAX_ROWS = 1_000
_TOGETHER = 100
_REFUSALS = (ValidationError, WellheadError, ApiError, IntegrityError, DataError)
IMPORT = "import"
ENTRY = "entry"

Make = Callable[[dict[str, Any]], Any]
"""Loaded data → a new record."""


@dataclass(frozen=True, slots=True)
class Importing:
    """How rows of a file or another system become records: what a person would have to correct at
    once is kept as it came, and told of.

    create: data → a new record
    warnings: a new record → what should be looked at, each with field, value, message and remedy
    schema: what a row may hold; None = what the resource's other bodies may
    together: `create` neither flushes nor needs the rows before: what collides is found by the
        database's constraints. So many rows are stored at once, which is several times as fast
    """

    create: Make
    warnings: Callable[[Any], list[dict[str, Any]]]
    schema: type[Schema] | None = None
    together: bool = False


class _Rows(fields.List[Any]):
    """Documented as a list of the records, of which each is loaded by itself: so each has its own
    errors."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        return value


class OptionsSchema(BaseSchema):
    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "Only say what would become of each row"}
    )
    on_error = fields.String(
        load_default="abort",
        validate=validate.OneOf(["abort", "skip"]),
        metadata={
            "description": "abort: one row that cannot be, and none is created; "
            "skip: the others are"
        },
    )


class ImportOptionsSchema(OptionsSchema):
    mode = fields.String(
        load_default=IMPORT,
        validate=validate.OneOf([IMPORT, ENTRY]),
        metadata={
            "description": "import: what is malformed but can be kept as it came is a warning; "
            "entry: it is an error, as for one record alone"
        },
    )


class RowSchema(BaseSchema):
    index = fields.Integer(metadata={"description": "Which row, from 0"})
    id = fields.String(
        allow_none=True, metadata={"description": "Of the new record; null: not created"}
    )
    errors = fields.List(
        fields.Nested(ErrorDetail), metadata={"description": "Why it cannot be; empty: it can"}
    )
    warnings = fields.List(
        fields.Nested(ErrorDetail),
        metadata={"description": "What was kept as it came, and should be looked at"},
    )


class BulkResultSchema(BaseSchema):
    created = fields.Integer(
        metadata={"description": "Rows created; of a dry run, rows that would be"}
    )
    failed = fields.Integer(metadata={"description": "Rows with errors"})
    dry_run = fields.Boolean(metadata={"description": "Whether nothing was stored"})
    rows = fields.List(fields.Nested(RowSchema), metadata={"description": "In the order sent"})


def body_schema(schema: type[Schema], options: type[Schema]) -> type[Schema]:
    """The JSON body of a bulk request of such records."""
    name = schema.__name__.removesuffix("Schema")
    rows = _Rows(
        fields.Nested(schema),
        required=True,
        metadata={"description": f"Records to create, at most {MAX_ROWS}"},
    )
    attributes = {"__module__": schema.__module__, "items": rows}
    made: type[Schema] = type(f"{name}BulkSchema", (options,), attributes)
    return made


class Bulk:
    """What one bulk route takes, and how its rows become records.

    create: data → a new record; keep: adds it to the session, or raises where it may not be
    """

    def __init__(
        self,
        schema: type[Schema],
        create: Make,
        keep: Callable[[Any], None],
        importing: Importing | None = None,
    ) -> None:
        self._create = create
        self._keep = keep
        self._importing = importing
        self._schema = (importing and importing.schema) or schema
        self._options = ImportOptionsSchema if importing else OptionsSchema
        self.body = body_schema(self._schema, self._options)

    @cached_property
    def _loaded(self) -> Schema:
        """Made once: to make one costs more than to load a row by it."""
        return self._schema()

    def answer(self) -> dict[str, Any]:
        """Do what the request asks, and commit.

        Raises ApiError 422 naming every row that cannot be, when they are not to be skipped.
        """
        asked = self._asked()
        importing = self._importing if asked.get("mode") == IMPORT else None
        rows = self._rows(asked["items"], importing)
        failed = [row for row in rows if row["errors"]]
        if failed and asked["on_error"] == "abort":
            raise _aborted(failed, len(rows))
        if asked["dry_run"]:
            db.session.rollback()
            rows = [row | {"id": None} for row in rows]
        else:
            db.session.commit()
        return {
            "created": len(rows) - len(failed),
            "failed": len(failed),
            "dry_run": asked["dry_run"],
            "rows": rows,
        }

    def _asked(self) -> dict[str, Any]:
        parser = Blueprint.ARGUMENTS_PARSER
        asked: dict[str, Any]
        if request.mimetype == CSV:
            asked = parser.parse(self._options(), request, location="query")
            asked["items"] = rows_of(request.get_data(), self._loaded)
        else:
            parser.parse(BaseSchema(), request, location="query")  # dry_run there: overlooked
            asked = parser.parse(self.body(), request, location="json")
        if len(asked["items"]) > MAX_ROWS:
            raise WellheadError(
                f"at most {MAX_ROWS} rows a request",
                field="items",
                value=len(asked["items"]),
                remedy="Send them in pieces",
            )
        return asked

    def _rows(self, items: list[Any], importing: Importing | None) -> list[dict[str, Any]]:
        if importing is None or not importing.together:
            return [self._row(index, item, importing) for index, item in enumerate(items)]
        rows: list[dict[str, Any]] = []
        for first in range(0, len(items), _TOGETHER):
            piece = dict(enumerate(items[first : first + _TOGETHER], first))
            rows += self._at_once(piece, importing) or [
                self._row(index, item, importing) for index, item in piece.items()
            ]
        return rows

    def _at_once(self, items: dict[int, Any], importing: Importing) -> list[dict[str, Any]] | None:
        """What became of rows in one savepoint; None when one cannot be, so that each is tried."""
        try:
            with db.session.begin_nested():
                with db.session.no_autoflush:
                    records = [self._made(item, importing.create) for item in items.values()]
                db.session.flush()
                return [
                    self._done(index, record, importing)
                    for index, record in zip(items, records, strict=True)
                ]
        except DatabaseError:
            raise
        except _REFUSALS:
            return None

    def _row(self, index: int, item: Any, importing: Importing | None) -> dict[str, Any]:
        """What became of one row, in a savepoint of its own."""
        try:
            with db.session.begin_nested():
                record = self._made(item, importing.create if importing else self._create)
                db.session.flush()
                return self._done(index, record, importing)
        except DatabaseError:
            raise
        except _REFUSALS as error:
            errors = problems_of(error, item, self._loaded)
            return {"index": index, "id": None, "errors": errors, "warnings": []}

    def _made(self, item: Any, create: Make) -> Any:
        check_body(item)
        record = create(self._loaded.load(item))
        self._keep(record)
        return record

    def _done(self, index: int, record: Any, importing: Importing | None) -> dict[str, Any]:
        warnings = importing.warnings(record) if importing else []
        key = str(inspect(record).identity[0])
        return {"index": index, "id": key, "errors": [], "warnings": warnings}


def _aborted(failed: list[dict[str, Any]], count: int) -> ApiError:
    details = []
    for row in failed:
        for problem in row["errors"]:
            field = ".".join(filter(None, ("items", str(row["index"]), problem.get("field"))))
            details.append(problem | {"field": field})
    return ApiError(
        422,
        "validation_failed",
        f"{len(failed)} of {count} rows cannot be created, so none was. "
        f"First: {details[0]['field']}: {details[0]['message']}",
        details,
    )
