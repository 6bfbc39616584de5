"""Records as TOML, a value a line, so that a diff shows what changed."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from wellhead.errors import WellheadError
from wellhead.plugins.portable import PortableRecords
from wellhead.portable.document import FORMAT, Document, Written, leaves, require_kind

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEAD = "# Read by `wellhead config import`. A value that a record leaves out is the default.\n"


def to_toml(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """The file. tables: rows by kind, in the order to be written."""
    parts = [_HEAD, f"format = {FORMAT}\n"]
    parts += [f"{name} = []\n" for name, rows in tables.items() if not rows]
    for name, rows in tables.items():
        for row in rows:
            parts.append(f"\n[[{name}]]\n")
            parts += [f"{_path(path)} = {_value(value)}\n" for path, value in leaves(row)]
    return "".join(parts)


def from_toml(text: str, name: str, known: Mapping[str, PortableRecords]) -> Document:
    """What a file called `name` says. Raises WellheadError for what is no such file."""
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise WellheadError(
            f"is no TOML: {error}", field=name, remedy="`wellhead config export` shows the form"
        ) from error
    if tables.pop("format", None) != FORMAT:
        raise WellheadError(
            f"has no line `format = {FORMAT}`",
            field=name,
            remedy="Write a file as `wellhead config export` does, with this or a newer Wellhead",
        )
    document = Document()
    for plugin, kinds in tables.items():
        for kind, rows in (kinds if isinstance(kinds, dict) else {"": kinds}).items():
            full = f"{plugin}.{kind}".rstrip(".")
            require_kind(full, known, name)
            if not isinstance(rows, list):
                raise WellheadError(
                    "is no list of records", field=f"{name}: {full}", remedy=f"Write [[{full}]]"
                )
            lines = _lines(text, full, len(rows))
            document.records[full] = [
                Written(f"{name}:{line}", row) for line, row in zip(lines, rows, strict=True)
            ]
    return document


def _lines(text: str, kind: str, count: int) -> list[str]:
    """The line that each record begins in; its number among its kind where that is not plain."""
    head = re.compile(rf"\s*\[\[\s*{re.escape(kind)}\s*\]\]")
    found = [str(number) for number, line in enumerate(text.split("\n"), 1) if head.match(line)]
    return found if len(found) == count else [f"record {number + 1}" for number in range(count)]


def _path(path: Sequence[str]) -> str:
    return ".".join(key if _BARE.fullmatch(key) else _text(key) for key in path)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        inner = (f"{_path([key])} = {_value(item)}" for key, item in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    raise WellheadError(
        "cannot be written as TOML", value=value, remedy="Take it out of the record, or use CSV"
    )


def _text(text: str) -> str:
    """JSON's escapes are TOML's, except for DEL, which JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
