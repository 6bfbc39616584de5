"""Reading `wellhead.toml` and the environment into Settings."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wellhead.errors import ConfigError
from wellhead.settings.checking import check_section, key_name
from wellhead.settings.environment import EnvironmentText, overlay
from wellhead.settings.masking import masked
from wellhead.settings.model import (
    SECTIONS,
    AuthSettings,
    DatabaseSettings,
    LimitsSettings,
    LogSettings,
    RootSchema,
    Settings,
    WebSettings,
)

DEFAULT_FILE = "wellhead.toml"


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The configuration from `path` (else `$WELLHEAD_CONFIG`, else ./wellhead.toml if there is
    one) and the environment. Raises ConfigError naming the key, the value and the remedy.

    A relative `data_dir` is below the working directory, as everywhere on a command line.
    """
    source, document = _read(path, environ)
    overlay(document, environ)
    root = check_section("", document, RootSchema)
    checked = {name: check_section(name, root[name], schema) for name, schema in SECTIONS.items()}
    for name, section in root["plugins"].items():
        section["enabled"] = _switch(name, section.get("enabled", True))
    return Settings(
        data_dir=Path(root["data_dir"]).expanduser().absolute(),
        database=DatabaseSettings(**checked["database"]),
        web=WebSettings(**checked["web"]),
        limits=LimitsSettings(**checked["limits"]),
        auth=AuthSettings(**checked["auth"]),
        log=LogSettings(**checked["log"]),
        plugins=root["plugins"],
        source=source,
    )


def _read(path: Path | None, environ: Mapping[str, str]) -> tuple[Path | None, dict[str, Any]]:
    variable = environ.get("WELLHEAD_CONFIG")
    named = path or (Path(variable) if variable else None)
    origin = "--config" if path else "WELLHEAD_CONFIG"
    source = named or Path(DEFAULT_FILE)
    try:
        return source.absolute(), tomllib.loads(source.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if named is None:
            return None, {}
        raise ConfigError(
            "configuration file not found",
            field=origin,
            value=str(source),
            remedy="Name an existing file, or leave it out to run with the defaults",
        ) from None
    except OSError as error:
        raise ConfigError(
            f"configuration file cannot be read: {error.strerror}",
            field=origin if named else DEFAULT_FILE,
            value=str(source),
            remedy="Make it a file that this user may read",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"not valid TOML: {error}", field=str(source), remedy="Correct the file at that place"
        ) from error


def _switch(plugin: str, value: Any) -> bool:
    enabled = value.parsed() if isinstance(value, EnvironmentText) else value
    if isinstance(enabled, bool):
        return enabled
    raise ConfigError(
        "neither true nor false",
        field=key_name(f"plugins.{plugin}", ("enabled",)),
        value=masked("enabled", value),
        remedy="Write true or false, without quotes",
    )
