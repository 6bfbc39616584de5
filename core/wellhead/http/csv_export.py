"""A whole list as a CSV file (RFC 4180, UTF-8), in memory that does not grow with the list.

The file is written to disk before its first byte is sent. So an error in the last row is still an
error's answer, `Content-Length` tells a client of a connection that broke, and a client that reads
slowly holds no connection of the database.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Response, request
from marshmallow import Schema
from sqlalchemy import Select
from werkzeug.wsgi import FileWrapper

from wellhead.database.extension import db
from wellhead.http.csv_cells import columns_of, row_of

CSV = "text/csv"
_BATCH = 500
_IN_MEMORY = 1 << 20


def wants_csv(asked: str | None) -> bool:
    """asked: the parameter `format`, which goes before the header Accept"""
    if asked is not None:
        return asked == "csv"
    return request.accept_mimetypes.best_match(["application/json", CSV]) == CSV


def every(statement: Select[Any]) -> Iterable[Sequence[Any]]:
    """All records of one moment, in batches; what came before in the transaction is let go."""
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return db.session.scalars(statement.execution_options(yield_per=_BATCH)).partitions()


def csv_response(batches: Iterable[Sequence[Any]], schema: Schema) -> Response:
    """The records as a file called as the list is: `wells.csv`. schema: of many"""
    columns = columns_of(schema)
    rows = (row_of(shown, columns) for records in batches for shown in schema.dump(records))
    return table_response([".".join(path) for path in columns], rows)


def table_response(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """Rows of cells as a file called as the path ends."""
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (closed with the response)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    text.detach()
    size = file.tell()
    file.seek(0)
    response = Response(
        FileWrapper(file),
        content_type=f"{CSV}; charset=utf-8; header=present",
    )
    response.content_length = size
    name = request.path.rstrip("/").rsplit("/", 1)[-1]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
