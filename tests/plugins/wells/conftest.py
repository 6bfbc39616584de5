"""Apps with other plugins beside `wells`."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import entry_points

import pytest
from flask import Flask

from wellhead.app import create_app
from wellhead.database.urls import database_urls
from wellhead.plugins.loader import GROUP, load_plugins
from wellhead.runtime import Runtime
from wellhead.sdk import Settings, db
from wellhead.testing.plugins import PluginWorkshop

MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(settings: Settings, workshop: PluginWorkshop) -> Iterator[MakeApp]:
    """make_app(*names, config={}): an app with these installed plugins and the workshop's."""
    made: list[Flask] = []

    def make(*names: str, config: dict[str, dict[str, object]] | None = None) -> Flask:
        mine = replace(settings, plugins=config or {})
        installed = [point for point in entry_points(group=GROUP) if point.name in names]
        plugins = load_plugins(mine, [*installed, *workshop.entry_points()])
        made.append(create_app(Runtime(mine, plugins, database_urls(mine))))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()
