"""The plugin itself: what it requires, its configuration and its page."""

from importlib.resources import files

from flask import Flask

from wellhead.database.migrate import Migrator
from wellhead.runtime import Runtime
from wellhead_well_logs import plugin


def test_it_requires_what_it_builds_on() -> None:
    assert plugin.info.requires == ("wells",)


def test_the_readme_shows_the_sample_as_it_is() -> None:
    folder = files("wellhead_well_logs")
    assert (folder / "sample.toml").read_text() in (folder / "README.md").read_text()


def test_the_tables_go_and_come_back(app: Flask, runtime: Runtime) -> None:
    migrator = Migrator(app, runtime.urls, runtime.plugins)
    migrator.downgrade("well_logs", "base", "default")
    migrator.upgrade()
