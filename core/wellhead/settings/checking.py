"""Checking one section of the configuration against its marshmallow schema."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from wellhead.errors import ConfigError
from wellhead.settings.environment import EnvironmentText
from wellhead.settings.masking import masked


def did_you_mean(word: str, known: Iterable[str], none: str = "Nothing is known here") -> str:
    """`Did you mean "x"?` for the nearest known word, else the list of the known ones, else
    `none`."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f'Did you mean "{near[0]}"?'
    return f"Known here: {', '.join(names)}" if names else none


def check_section(
    section: str, values: Mapping[str, Any], schema_class: type[Schema]
) -> dict[str, Any]:
    """`values` loaded by `schema_class`.

    Raises ConfigError for the first thing wrong: the dotted key, the value found (masked when the
    key is a secret's) and where to correct it.
    """
    schema = schema_class(unknown=RAISE)
    understood = _understand(section, (), values, schema)
    try:
        loaded: dict[str, Any] = schema.load(understood)
    except ValidationError as error:
        path, problem = _first_problem(error.messages)
        found = _found(values, path)
        raise ConfigError(
            problem,
            field=key_name(section, path),
            value=masked(path[-1] if path else "", found),
            remedy=_where_to_correct(found),
        ) from error
    return loaded


def key_name(section: str, path: tuple[str, ...]) -> str:
    """How a key is named to people: `[plugins.scada] limits.high`."""
    return " ".join(part for part in (f"[{section}]" if section else "", ".".join(path)) if part)


def _understand(
    section: str, path: tuple[str, ...], values: Mapping[str, Any], schema: Schema
) -> dict[str, Any]:
    """A copy of `values` in which text from the environment is what its field asks for."""
    by_key = {field.data_key or name: field for name, field in schema.fields.items()}
    understood: dict[str, Any] = {}
    for key, value in values.items():
        field = by_key.get(key)
        if field is None:
            origin = f" (set by {value.variable})" if isinstance(value, EnvironmentText) else ""
            raise ConfigError(
                "unknown configuration key",
                field=key_name(section, (*path, key)),
                remedy=did_you_mean(key, by_key) + origin,
            )
        if isinstance(value, EnvironmentText):
            understood[key] = str(value) if isinstance(field, fields.String) else value.parsed()
        elif isinstance(field, fields.Nested) and isinstance(value, Mapping):
            understood[key] = _understand(section, (*path, key), value, field.schema)
        else:
            understood[key] = value
    return understood


def _first_problem(messages: Any) -> tuple[tuple[str, ...], str]:
    """The path of keys to the first message of marshmallow's nested error, and the message."""
    path: tuple[str, ...] = ()
    while isinstance(messages, dict):
        key, messages = next(iter(messages.items()))
        if key != "_schema":
            path = (*path, str(key))
    return path, str(messages[0] if isinstance(messages, list) else messages).rstrip(".")


def _found(values: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if isinstance(values, Mapping):
            values = values.get(key)
    return values if path else None


def _where_to_correct(found: Any) -> str:
    if isinstance(found, EnvironmentText):
        return f"Correct {found.variable} in the environment"
    return "Correct the value in wellhead.toml"
