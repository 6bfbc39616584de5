"""Reading `wellhead.toml` and the environment into Settings.

Environment: `WELLHEAD__<SECTION>__<KEY>` (`WELLHEAD__DATABASE__URL`,
`WELLHEAD__PLUGINS__SCADA__GATEWAY`) overrides the file; values are read as TOML where they parse
as TOML, else as text. `WELLHEAD_PORT`, `WELLHEAD_DATA_DIR` and `WELLHEAD_CONFIG` are short forms.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wellhead.errors import ConfigError
from wellhead.settings.checking import check_section
from wellhead.settings.model import (
    SECTIONS,
    AuthSettings,
    DatabaseSettings,
    LogSettings,
    RootSchema,
    Settings,
    WebSettings,
)

_SHORT = {"WELLHEAD_PORT": ("web", "port"), "WELLHEAD_DATA_DIR": ("data_dir",)}
DEFAULT_FILE = "wellhead.toml"


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The configuration from `path` (else `$WELLHEAD_CONFIG`, else ./wellhead.toml if there is
    one) and the environment. Raises ConfigError naming the key, the value and the remedy."""
    source, document = _read(path, environ)
    for variable, value in environ.items():
        if variable in _SHORT:
            _put(document, _SHORT[variable], value, variable)
        elif variable.startswith("WELLHEAD__"):
            keys = tuple(part.lower() for part in variable.split("__")[1:])
            _put(document, keys, value, variable)
    root = check_section("", document, RootSchema)
    checked = {name: check_section(name, root[name], schema) for name, schema in SECTIONS.items()}
    return Settings(
        data_dir=Path(root["data_dir"]).expanduser().absolute(),
        database=DatabaseSettings(**checked["database"]),
        web=WebSettings(**checked["web"]),
        auth=AuthSettings(**checked["auth"]),
        log=LogSettings(**checked["log"]),
        plugins=root["plugins"],
        source=source,
    )


def _read(path: Path | None, environ: Mapping[str, str]) -> tuple[Path | None, dict[str, Any]]:
    named = path or (Path(environ["WELLHEAD_CONFIG"]) if environ.get("WELLHEAD_CONFIG") else None)
    source = named or Path(DEFAULT_FILE)
    try:
        return source.absolute(), tomllib.loads(source.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if named is None:
            return None, {}
        raise ConfigError(
            "configuration file not found",
            field="--config",
            value=str(source),
            remedy="Name an existing file, or leave the option out to run with the defaults",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"not valid TOML: {error}", field=str(source), remedy="Correct the file at that place"
        ) from error


def _put(document: dict[str, Any], keys: tuple[str, ...], text: str, variable: str) -> None:
    node: Any = document
    for key in keys[:-1]:
        node = node.setdefault(key, {})
        if not isinstance(node, dict):
            raise ConfigError(
                "names a key below a plain value",
                field=variable,
                value=text,
                remedy="Check the name of the variable",
            )
    node[keys[-1]] = _value(text)


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
