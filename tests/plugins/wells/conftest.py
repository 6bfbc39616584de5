"""Apps with other plugins beside `wells`, and one app for all tests of a module."""

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
from wellhead.testing import ApiClient
from wellhead.testing.cluster import Cluster
from wellhead.testing.plugins import PluginWorkshop

MakeApp = Callable[..., Flask]


@pytest.fixture(scope="module")
def shared_app(
    cluster: Cluster, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """For tests whose wells have names of their own."""
    with cluster.database(template_database) as name:
        folder = tmp_path_factory.mktemp("wells")
        app = create_app(Runtime.make(Settings(data_dir=folder, database=cluster.settings(name))))
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module")
def shared_api(shared_app: Flask) -> ApiClient:
    return ApiClient(shared_app).as_role("admin")


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
