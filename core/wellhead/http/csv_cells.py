"""Values as cells of a CSV file and back, so that a spreadsheet runs none of them as a formula."""

import json
import re
from typing import Any

from marshmallow import Schema, fields

from wellhead.http.encoding import encode

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)


def columns_of(schema: Schema) -> list[tuple[str, ...]]:
    """Where each column's value is in a dumped record: `("state", "status")` is `state.status`."""
    columns: list[tuple[str, ...]] = []
    for name, field in schema.dump_fields.items():
        key = field.data_key or name
        if isinstance(field, fields.Nested) and not field.schema.many:
            columns += [(key, *inner) for inner in columns_of(field.schema)]
        else:
            columns.append((key,))
    return columns


def row_of(shown: dict[str, Any], columns: list[tuple[str, ...]]) -> list[str]:
    """The cells of a dumped record."""
    return [cell_of(_dig(shown, path)) for path in columns]


def cell_of(value: Any) -> str:
    """Empty for nothing, true and false, numbers as they are, lists and objects as JSON. Text that
    a spreadsheet would take for a formula gets a `'` in front."""
    if value is None:
        return ""
    if isinstance(value, str):
        risky = _FORMULA.match(value) and not _NUMBER.match(value)
        return f"'{value}" if risky else value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    return encode(value).decode()


def is_number(cell: str) -> bool:
    """Whether `float` reads the cell as JSON would: no `nan`, `inf` or `1_000`."""
    return len(cell) < 40 and _NUMBER.match(cell) is not None


def text_of(cell: str) -> str:
    """The text that `cell_of` made the cell from."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def open_cell_of(value: Any) -> str:
    """The cell of a value whose column may hold any type: text that would be read as something else
    gets a `'` in front, so "17" and 17 stay apart, and 007 stays text."""
    cell = cell_of(value)
    if value == "" or (isinstance(value, str) and cell == value and open_value(cell) != value):
        return f"'{value}"
    return cell


def open_value(cell: str) -> Any:
    """What `open_cell_of` made the cell from: after a `'` text, else a number, true, false or what
    JSON takes for a list or an object, and anything else is text."""
    if cell.startswith("'"):
        return cell[1:]
    if cell.lower() in ("true", "false"):
        return cell.lower() == "true"
    if is_number(cell) or cell[:1] in ("[", "{"):
        try:
            return json.loads(cell)
        except (ValueError, RecursionError):
            return cell
    return cell


def _dig(shown: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if shown is None:
            return None
        shown = shown.get(key)
    return shown
