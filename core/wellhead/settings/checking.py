"""Checking one section of the configuration against its marshmallow schema."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from wellhead.errors import ConfigError


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean "x"?` for the nearest known word, else the list of the known ones."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f'Did you mean "{near[0]}"?'
    return f"Known here: {', '.join(names) or 'nothing'}"


def check_section(
    section: str, values: Mapping[str, Any], schema_class: type[Schema]
) -> dict[str, Any]:
    """`values` loaded by `schema_class`. Raises ConfigError for the first thing wrong with it."""
    schema = schema_class(unknown=RAISE)
    known = {field.data_key or name for name, field in schema.fields.items()}
    for key in values:
        if key not in known:
            raise ConfigError(
                "unknown configuration key",
                field=f"[{section}] {key}" if section else key,
                remedy=did_you_mean(key, known),
            )
    try:
        loaded: dict[str, Any] = schema.load(dict(values))
    except ValidationError as error:
        key, problem = next(iter(error.normalized_messages().items()))
        raise ConfigError(
            _first_message(problem),
            field=f"[{section}] {key}" if section else key,
            value=values.get(key),
            remedy="Correct the value in wellhead.toml or in the environment",
        ) from error
    return loaded


def _first_message(problem: Any) -> str:
    while isinstance(problem, dict):
        problem = next(iter(problem.values()))
    return str(problem[0] if isinstance(problem, list) else problem).rstrip(".")
