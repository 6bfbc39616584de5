"""What a process of Wellhead holds: its configuration, its plugins and where its database is."""

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wellhead.database.urls import DatabaseUrls, database_urls
from wellhead.plugins.info import Status
from wellhead.plugins.loader import load_plugins
from wellhead.plugins.manager import PluginManager
from wellhead.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

EXTENSION = "wellhead"
FAILED_VARIABLE = "WELLHEAD_FAILED_PLUGINS"
"""Environment variable by which the supervisor tells its processes; JSON, name → reason."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Made once a process; commands get it as click's `obj`, an app as `runtime_of(app)`."""

    settings: Settings
    plugins: PluginManager
    urls: DatabaseUrls

    @classmethod
    def make(cls, settings: Settings) -> "Runtime":
        """Load the plugins. Raises ConfigError.

        In a supervised process, those that failed in the supervisor (in a migration, a seed) are
        off here too.
        """
        plugins = load_plugins(settings)
        for name, reason in json.loads(os.environ.get(FAILED_VARIABLE, "{}")).items():
            if name in plugins.records:
                plugins.switch_off(name, Status.FAILED, reason)
        return cls(settings, plugins, database_urls(settings))

    def failures(self) -> dict[str, str]:
        """The plugins that failed after they were loaded, and why."""
        records = self.plugins.records.values()
        return {record.name: record.reason for record in records if record.status is Status.FAILED}


def runtime_of(app: "Flask") -> Runtime:
    """The Runtime that `app` was made from."""
    runtime: Runtime = app.extensions[EXTENSION]
    return runtime
