"""Configuration from environment variables.

`WELLHEAD__<SECTION>__<KEY>` (`WELLHEAD__DATABASE__URL`, `WELLHEAD__PLUGINS__SCADA__GATEWAY`)
overrides the file, and the short forms `WELLHEAD_PORT` and `WELLHEAD_DATA_DIR` do too. What a text
means depends on the key it is for: an all-digit password stays text, a port becomes a number. So
the text is kept until the section is checked, with the name of its variable for error messages.
"""

import tomllib
from collections.abc import Mapping
from typing import Any, Self

from wellhead.errors import ConfigError

_SHORT = {"WELLHEAD_PORT": ("web", "port"), "WELLHEAD_DATA_DIR": ("data_dir",)}
_LONG = "WELLHEAD__"


class EnvironmentText(str):
    """The text of the environment variable `variable`."""

    __slots__ = ("variable",)
    variable: str

    def __new__(cls, text: str, variable: str) -> Self:
        instance = super().__new__(cls, text)
        instance.variable = variable
        return instance

    def parsed(self) -> Any:
        """The value as TOML where it parses as one TOML value, else the text."""
        try:
            document = tomllib.loads(f"value = {self}")
        except tomllib.TOMLDecodeError:
            return str(self)
        return document["value"] if len(document) == 1 else str(self)


def overlay(document: dict[str, Any], environ: Mapping[str, str]) -> None:
    """Put the variables of `environ` into `document`; the long form wins over the short one, and
    an empty short one counts as not set. Raises ConfigError for a key below a plain value."""
    for variable, text in environ.items():
        if variable in _SHORT and text:
            _put(document, _SHORT[variable], EnvironmentText(text, variable))
    for variable in sorted(name for name in environ if name.startswith(_LONG)):
        keys = tuple(part.lower() for part in variable.removeprefix(_LONG).split("__"))
        _put(document, keys, EnvironmentText(environ[variable], variable))


def _put(document: dict[str, Any], keys: tuple[str, ...], text: EnvironmentText) -> None:
    node: Any = document
    for depth, key in enumerate(keys[:-1], start=1):
        node = node.setdefault(key, {})
        if not isinstance(node, dict):
            raise ConfigError(
                f'"{".".join(keys[:depth])}" is a plain value, nothing can be below it',
                field=text.variable,
                remedy="Check the name of the variable",
            )
    node[keys[-1]] = text
