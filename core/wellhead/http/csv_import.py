"""A CSV file as it was exported, and perhaps edited, as the bodies of records to create."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from flask import request
from marshmallow import Schema, fields

from wellhead.errors import WellheadError
from wellhead.http.bodies import MAX_VALUES
from wellhead.http.csv_cells import is_number, open_value, text_of
from wellhead.http.csv_export import CSV
from wellhead.http.refusals import ApiError
from wellhead.settings.checking import did_you_mean

Column = tuple[tuple[str, ...], fields.Field[Any] | None]
"""Where a column's value goes in a body, and the field that loads it; None = it is only read."""
MAX_COLUMNS = 1_000
_HEADER = "Begin with a row of the fields' names, as in the list as CSV"


class _Open(fields.Raw):
    """A key of an object whose keys the schema does not know: `options.host`."""


def require_csv(what: str) -> None:
    """Raises ApiError 415 when the request's body is not sent as CSV.

    what: the body as a sentence begins with it, "A survey file"
    """
    if request.mimetype != CSV:
        detail = {
            "field": "Content-Type",
            "value": request.mimetype or None,
            "remedy": f"Send the header `Content-Type: {CSV}`",
        }
        raise ApiError(415, "unsupported_media_type", f"{what} is CSV.", [detail])


def rows_of(data: bytes, schema: Schema) -> list[dict[str, Any]]:
    """One body a row. Empty cells and columns that are only read are left out.

    Raises WellheadError for what is no CSV in UTF-8, too long, and for a column that is no field.
    """
    header, lines = table_of(data)
    columns = columns_named(header, schema)
    return [body_of(cells, columns, f"items.{number}") for number, (_, cells) in enumerate(lines)]


def table_of(data: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """(header, rows), each row with the number of the line it begins in; empty lines are none.

    Raises WellheadError for what is no CSV in UTF-8, or too long.
    """
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        lines, begins, left = [], 1, MAX_VALUES
        for cells in reader:
            left -= len(cells) or 1
            if left < 0:
                raise _too_long(f"{MAX_VALUES:,} cells")
            if cells:
                lines.append((begins, cells))
            begins = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error) as error:
        raise WellheadError(f"is no CSV in UTF-8: {error}", field="body", remedy=_HEADER) from error
    if not lines:
        raise WellheadError("has no header row", field="body", remedy=_HEADER)
    (_, header), *rows = lines
    if len(header) > MAX_COLUMNS:
        raise _too_long(f"{MAX_COLUMNS:,} columns")
    return header, rows


def _too_long(most: str) -> WellheadError:
    return WellheadError(f"has more than {most}", field="body", remedy="Send it in pieces")


def columns_named(header: Sequence[str], schema: Schema) -> list[Column]:
    for name in header:
        if header.count(name) > 1:
            raise WellheadError(
                "is there twice", field="header", value=name, remedy="Leave one of them out"
            )
        for other in header:
            if other.startswith(f"{name}."):
                raise WellheadError(
                    f"is there beside {other}",
                    field="header",
                    value=name,
                    remedy="Leave one of them out",
                )
    return [_column(name, schema) for name in header]


def _column(name: str, schema: Schema) -> Column:
    path = tuple(name.split("."))
    known = schema
    for place, key in enumerate(path):
        named = {field.data_key or own: field for own, field in known.fields.items()}
        field = named.get(key)
        if field is None:
            break
        if field.dump_only:
            return path, None
        if place == len(path) - 1:
            return path, field
        if isinstance(field, fields.Dict):
            return path, _Open()
        if not isinstance(field, fields.Nested):
            break
        known = field.schema
    raise WellheadError(
        "is no field", field="header", value=name, remedy=did_you_mean(name, schema.fields)
    )


def body_of(
    cells: Sequence[str], columns: Sequence[Column], where: str | None = None
) -> dict[str, Any]:
    """Raises WellheadError, with the field `where`, for too few or too many cells."""
    if len(cells) != len(columns):
        raise WellheadError(
            f"has {len(cells)} cells, the header {len(columns)}",
            field=where,
            remedy="Quote cells that hold commas or line breaks",
        )
    body: dict[str, Any] = {}
    for cell, (path, field) in zip(cells, columns, strict=True):
        if field is None or cell == "":
            continue
        inner = body
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
        inner[path[-1]] = _value(cell, field)
    return body


def _value(cell: str, field: fields.Field[Any]) -> Any:
    """For the field to load; what cannot be stays text, and the field says so."""
    if isinstance(field, _Open):
        return open_value(cell)
    if isinstance(field, fields.Number):
        return _parsed(cell) if is_number(cell) else cell
    if isinstance(field, (fields.List, fields.Dict, fields.Nested)):
        return _writable(_parsed(cell), field)
    return text_of(cell)


def _parsed(cell: str) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def _writable(value: Any, field: fields.Field[Any]) -> Any:
    """Without what is only read."""
    if isinstance(field, fields.List) and isinstance(value, list):
        return [_writable(item, field.inner) for item in value]
    if isinstance(field, fields.Nested) and isinstance(value, dict):
        known = field.schema.fields
        return {
            key: _writable(inner, known[key]) if key in known else inner
            for key, inner in value.items()
            if key not in known or not known[key].dump_only
        }
    return value
