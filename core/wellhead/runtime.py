"""What a process of Wellhead holds: its configuration, its plugins and where its database is."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wellhead.database.urls import DatabaseUrls, database_urls
from wellhead.plugins.info import Status
from wellhead.plugins.loader import load_plugins
from wellhead.plugins.manager import PluginManager
from wellhead.run_state import SUPERVISED_VARIABLE, read_state
from wellhead.settings import Settings, load_settings

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
        """Load the plugins. Raises ConfigError.

        In a supervised process, those that failed in the supervisor (in a migration, a seed) are
        off here too.
        """
        made = cls(settings, load_plugins(settings), database_urls(settings))
        if SUPERVISED_VARIABLE in os.environ:
            made.take_failures()
        return made

    def take_failures(self) -> None:
        """Switch off what failed in the `wellhead run` of the data directory."""
        state = read_state(self.settings.data_dir)
        for name, reason in state.failures.items() if state else ():
            record = self.plugins.records.get(name)
            if record is not None and record.status is Status.ENABLED:
                self.plugins.switch_off(name, Status.FAILED, reason)

    def again(self) -> "Runtime":
        """A new one from the configuration as it is now; this one stays. Raises ConfigError."""
        return self.make(load_settings(self.settings.source, os.environ))

    def failures(self) -> dict[str, str]:
        """The plugins that failed after they were loaded, and why."""
        records = self.plugins.records.values()
        return {record.name: record.reason for record in records if record.status is Status.FAILED}


def runtime_of(app: "Flask") -> Runtime:
    """The Runtime that `app` was made from."""
    runtime: Runtime = app.extensions[EXTENSION]
    return runtime
