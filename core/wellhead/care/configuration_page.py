"""docs/configuration.md, from the schemas that check the configuration.

`make docs` writes it; `python -m wellhead.care.configuration_page` prints it for what is installed.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields

from wellhead.plugins.loader import load_plugins
from wellhead.settings import Settings
from wellhead.settings.describing import describe_field
from wellhead.settings.model import SECTIONS, RootSchema

_INTRODUCTION = """\
# Configuration

Written by `make docs` from the schemas that check the configuration; do not edit it here.

Every key stands in `wellhead.toml`, or comes from the environment, which wins:
`WELLHEAD__WEB__PORT` is `port` of `[web]`. [operators.md](operators.md) says more about them, and
which of them a running Wellhead takes over by `wellhead reload`.

"""
_SWITCH = ("enabled", "boolean", "`true`", "false switches the plugin off without importing it")


def page() -> str:
    """The page: a table of keys a section, the core's and those of the installed plugins."""
    top = {
        name: field
        for name, field in RootSchema().fields.items()
        if not isinstance(field, fields.Dict)
    }
    parts = [_table("At the top", _rows(top))]
    for name, schema in SECTIONS.items():
        parts.append(_table(f"[{name}]", _rows(schema().fields)))
    for name, record in sorted(load_plugins(Settings()).records.items()):
        schema_class: type[Schema] | None = record.info.config_schema if record.info else None
        rows = _rows(schema_class().fields) if schema_class else []
        parts.append(_table(f"[plugins.{name}]", [_SWITCH, *rows]))
    return _INTRODUCTION + "\n".join(parts)


def _rows(known: dict[str, fields.Field[Any]]) -> Iterator[tuple[str, str, str, str]]:
    for name, field in known.items():
        found = describe_field(name, field)
        default = "none" if found["default"] is None else f"`{json.dumps(found['default'])}`"
        about = found["description"] or ""
        if found["choices"]:
            about += f" ({', '.join(map(str, found['choices']))})"
        elif found["minimum"] is not None:
            about += f" ({found['minimum']} to {found['maximum']})"
        yield found["name"], found["type"], default, about


def _table(title: str, rows: Any) -> str:
    lines = [f"## {title}\n", "| key | type | default | what it is |", "|---|---|---|---|"]
    lines += [f"| `{key}` | {kind} | {default} | {about} |" for key, kind, default, about in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
