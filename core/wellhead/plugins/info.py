"""What a plugin says about itself, and what the loader says about it."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from types import ModuleType
from typing import Any

from marshmallow import Schema

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

API_VERSION = "1.2"
"""Version of the plugin contract (`wellhead.sdk` and the hooks), apart from the product's."""


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A plugin's own statement, the attribute `info` of its `plugin.py`.

    name: as its entry point, folder, table prefix and blueprint prefix
    version: the plugin's
    api: the plugin contract it was written for, "major.minor"; it runs on the same major with at
        least that minor
    requires: plugins that must be enabled, else this one is not
    after: plugins that, when enabled, come before this one
    modules: third-party modules its drivers import; `extra` is what pip installs them with
    config_schema: marshmallow schema of its section `[plugins.<name>]`

    Raises ValueError for a name that cannot begin a table name, TypeError where a text or
    a tuple of names belongs and something else is.
    """

    name: str
    version: str
    api: str
    requires: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    extra: str | None = None
    config_schema: type[Schema] | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(
                f"PluginInfo.name {self.name!r}: lower-case words joined by single underscores"
            )
        for key in ("requires", "after", "modules"):
            names = getattr(self, key)
            if not (isinstance(names, tuple) and all(isinstance(name, str) for name in names)):
                raise TypeError(f"PluginInfo.{key} must be a tuple of names")
        for key in ("version", "api"):
            if not isinstance(getattr(self, key), str):
                raise TypeError(f"PluginInfo.{key} must be a text")


class Status(StrEnum):
    """Where a plugin stands. Only ENABLED ones take part."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    UNAVAILABLE = "unavailable"
    LOAD_ERROR = "load_error"
    DEPENDENCY_ERROR = "dependency_error"
    CONFIG_ERROR = "config_error"
    FAILED = "failed"


@dataclass(slots=True)
class PluginRecord:
    """One plugin found on this machine: its status, and why."""

    name: str
    distribution: str
    status: Status
    reason: str = ""
    info: PluginInfo | None = None
    module: ModuleType | None = None
    config: dict[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        return self.info.version if self.info else "-"
