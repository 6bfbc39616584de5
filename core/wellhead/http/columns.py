"""History as columns of equal length: in JSON, or as a CSV file with a line a reading.

Neither goes through a schema a reading, which would cost more than all the rest of the request.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from flask import request
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from wellhead.http.csv_cells import cell_of
from wellhead.http.csv_export import CSV, table_response, wants_csv
from wellhead.http.encoding import encode, json_response

JSON_LINES = "application/jsonl"
Column = npt.NDArray[Any] | list[Any]


def format_field() -> fields.String:
    """The parameter `format`, for the query of a view that answers with `columns_response`."""
    return fields.String(
        validate=validate.OneOf(["json", "csv"]),
        metadata={"description": "csv is the same as `Accept: text/csv`: a line a reading"},
    )


def columns_response(
    columns: Mapping[str, Column],
    meta: dict[str, Any] | None = None,
    next_page: str | None = None,
    *,
    form: str | None = None,
) -> Response:
    """Columns in the success envelope, or as a file when the request asks for CSV, where the
    column `t` (µs UTC) is RFC 3339 and what is no number is empty.

    next_page: the address that goes on where this answer was cut short; in a header `Link`, since a
    file has no place for it
    form: `json` or `csv` of a request that says so in its body; else its parameter `format` counts
    """
    if wants_csv(form or request.args.get("format")):
        response: Response = table_response(list(columns), _rows(columns))
    else:
        body: dict[str, Any] = {"success": True, "data": columns}
        if meta is not None:
            body["meta"] = meta
        response = json_response(body)
    if next_page is not None:
        response.headers["Link"] = f'<{next_page}>; rel="next"'
    return response


def streamed_response(pieces: Iterator[Mapping[str, Column]], form: str) -> Response:
    """Columns of any length, a piece after the other as they are made: `csv` as by
    `columns_response`, or `jsonl` with an object of columns a line. At least one piece, all with
    the same columns.

    The first piece is made here, so what is wrong from the beginning is answered as ever; what goes
    wrong later ends the connection before the file is whole, which HTTP lets a client tell. Pieces
    are made outside of the request: they need a context and a tenant of their own.
    """
    first = next(pieces)
    lines = _csv_lines if form == "csv" else _json_line

    def sent() -> Iterator[bytes]:
        if form == "csv":
            yield f"{','.join(first)}\r\n".encode()
        for piece in chain([first], pieces):
            yield lines(piece)

    mimetype = CSV if form == "csv" else JSON_LINES
    response = Response(sent(), content_type=f"{mimetype}; charset=utf-8")
    name = request.path.rstrip("/").rsplit("/", 1)[-1]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _csv_lines(columns: Mapping[str, Column]) -> bytes:
    rows = _rows(columns)
    if not any(isinstance(column, list) for column in columns.values()):  # nothing to quote
        return "".join([f"{','.join(row)}\r\n" for row in rows]).encode()
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _json_line(columns: Mapping[str, Column]) -> bytes:
    return encode(columns) + b"\n"


def _rows(columns: Mapping[str, Column]) -> Iterator[tuple[str, ...]]:
    return zip(*[_cells(name, column) for name, column in columns.items()], strict=True)


def _cells(name: str, column: Column) -> list[str]:
    if name == "t":
        times = np.asarray(column, np.int64).astype("datetime64[us]")
        return [f"{text}Z" for text in np.datetime_as_string(times).tolist()]
    if isinstance(column, list):
        return [cell_of(value) for value in column]
    if not len(column):
        return []
    text = encode(np.ascontiguousarray(column))[1:-1].decode()  # far faster than one by one
    cells: list[str] = text.replace("null", "").split(",")
    return cells
