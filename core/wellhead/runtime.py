"""What a process of Wellhead holds: its configuration, its plugins and where its database is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wellhead.database.urls import DatabaseUrls, database_urls
from wellhead.plugins.loader import load_plugins
from wellhead.plugins.manager import PluginManager
from wellhead.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

EXTENSION = "wellhead"


@dataclass(frozen=True, slots=True)
class Runtime:
    """Made once a process; commands get it as click's `obj`, an app as `runtime_of(app)`."""

    settings: Settings
    plugins: PluginManager
    urls: DatabaseUrls

    @classmethod
    def make(cls, settings: Settings) -> "Runtime":
        """Load the plugins. Raises ConfigError."""
        return cls(settings, load_plugins(settings), database_urls(settings))


def runtime_of(app: "Flask") -> Runtime:
    runtime: Runtime = app.extensions[EXTENSION]
    return runtime
