"""History as columns of equal length: in JSON, or as a CSV file with a line a reading.

Neither goes through a schema a reading, which would cost more than all the rest of the request.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from flask import request
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from wellhead.http.csv_cells import cell_of
from wellhead.http.csv_export import table_response, wants_csv
from wellhead.http.encoding import json_response

Column = npt.NDArray[Any] | list[Any]


def format_field() -> fields.String:
    """The parameter `format`, for the query of a view that answers with `columns_response`."""
    return fields.String(
        validate=validate.OneOf(["json", "csv"]),
        metadata={"description": "csv is the same as `Accept: text/csv`: a line a reading"},
    )


def columns_response(
    columns: Mapping[str, Column], meta: dict[str, Any] | None = None, next_page: str | None = None
) -> Response:
    """Columns in the success envelope, or as a file when the request asks for CSV, where the
    column `t` (µs UTC) is RFC 3339 and what is no number is empty.

    next_page: the address that goes on where this answer was cut short; in a header `Link`, since a
    file has no place for it
    """
    if wants_csv(request.args.get("format")):
        cells = [_cells(name, column) for name, column in columns.items()]
        response: Response = table_response(list(columns), zip(*cells, strict=True))
    else:
        body: dict[str, Any] = {"success": True, "data": columns}
        if meta is not None:
            body["meta"] = meta
        response = json_response(body)
    if next_page is not None:
        response.headers["Link"] = f'<{next_page}>; rel="next"'
    return response


def _cells(name: str, column: Column) -> list[str]:
    if name == "t":
        times = np.asarray(column, np.int64).astype("datetime64[us]")
        return [f"{text}Z" for text in np.datetime_as_string(times).tolist()]
    values = column if isinstance(column, list) else column.tolist()
    return ["" if value != value else cell_of(value) for value in values]  # NaN is none
