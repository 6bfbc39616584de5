"""Records of one kind as CSV, for a spreadsheet: an object's keys are columns, `address.table`."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields

from wellhead.errors import WellheadError
from wellhead.http.csv_cells import cell_of, open_cell_of
from wellhead.http.csv_import import body_of, columns_named, table_of
from wellhead.plugins.portable import PortableRecords
from wellhead.portable.document import Document, Problem, Written, leaves


def to_csv(records: PortableRecords, rows: Sequence[Mapping[str, Any]]) -> str:
    """The file, with a line of names first."""
    flat = [dict(leaves(row)) for row in rows]
    columns: list[tuple[str, ...]] = []
    for name, field in records.schema().fields.items():
        inner = {path for row in flat for path in row if path[0] == name and len(path) > 1}
        columns += (isinstance(field, fields.Dict) and sorted(inner)) or [(name,)]
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(".".join(path) for path in columns)
    for row in flat:
        writer.writerow(
            (cell_of if len(path) == 1 else open_cell_of)(row.get(path)) for path in columns
        )
    return file.getvalue()


def from_csv(data: bytes, name: str, records: PortableRecords) -> Document:
    """What a file called `name` says of these records. Raises WellheadError for what is no CSV."""
    try:
        header, lines = table_of(data)
        columns = columns_named(header, records.schema())
    except WellheadError as error:
        raise WellheadError(
            error.message,
            field=f"{name}: {error.field}",
            value=error.value,
            remedy=error.remedy,
        ) from error
    document = Document({records.name: []})
    known = frozenset(path[0] for path, _ in columns)
    objects = {
        key: field.allow_none
        for key, field in records.schema().fields.items()
        if isinstance(field, fields.Dict) and key in known
    }
    for line, cells in lines:
        where = f"{name}:{line}"
        try:
            body = body_of(cells, columns)
        except WellheadError as error:
            document.problems.append(
                Problem(where, records.name, error.message, remedy=error.remedy)
            )
        else:
            body = {key: None if nullable else {} for key, nullable in objects.items()} | body
            document.records[records.name].append(Written(where, body, known))
    return document
