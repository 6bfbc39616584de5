"""The fixtures: cluster, settings, runtime, app, api, database_admin_url, workshop, config_file.

shared_app, shared_api: for a module whose tests each make records of their own
pytest.mark.one_app: for tests that want a database of their own and leave the app as it is; those
of a process have one app and one data directory, which costs half of what a test of `api` does
"""

import dataclasses
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from argon2 import PasswordHasher
from flask import Flask

from wellhead.app import create_app
from wellhead.auth.models import Membership, User
from wellhead.base import working_app
from wellhead.database.extension import db, platform_session
from wellhead.database.migrate import Migrator
from wellhead.database.scope import DEFAULT_TENANT
from wellhead.plugins.contributions import ROLES
from wellhead.runtime import Runtime, runtime_of
from wellhead.settings import Settings
from wellhead.settings.model import LimitsSettings
from wellhead.testing.client import PASSWORD, ApiClient
from wellhead.testing.cluster import Cluster, running_cluster
from wellhead.testing.plugins import PluginWorkshop


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "one_app: shares the process's app, has its own database")


@pytest.fixture(scope="session", autouse=True)
def _logs_of_commands() -> Iterator[None]:
    """A command that a test runs in its own process sets logs up for the whole of it: no logger
    keeps that beyond the test, else what a later one is to hear is filtered or goes elsewhere."""
    configure = structlog.configure

    def configure_for_now(**options: Any) -> None:
        configure(**{**options, "cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", configure_for_now)
        _to_where_pytest_captures()
        yield


@pytest.fixture(autouse=True)
def _logs(_logs_of_commands: None) -> None:
    """Log lines with short tracebacks, to where pytest captures them."""
    _to_where_pytest_captures()


def _to_where_pytest_captures() -> None:
    structlog.reset_defaults()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
    )


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The run's PostgreSQL."""
    with running_cluster() as running:
        yield running


@pytest.fixture(scope="session")
def template_database(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with every installed plugin migrated and one user a role."""
    with cluster.database() as name:
        folder = tmp_path_factory.mktemp("template")
        runtime = Runtime.make(Settings(data_dir=folder, database=cluster.settings(name)))
        app = working_app(runtime)
        Migrator(app, runtime.urls, runtime.plugins).upgrade()
        with app.app_context():
            make_users()
            db.engine.dispose()
        cluster.close(name)
        yield name


def _composed(cluster: Cluster, data_dir: Path) -> Flask:
    """An app that tests have in turn, each with a database of this name made anew.

    Without limits on requests, whose counts would go on from test to test.
    """
    settings = Settings(
        data_dir=data_dir,
        database=cluster.settings(f"wh_{uuid.uuid4().hex[:12]}"),
        limits=LimitsSettings(per_address="", per_user=""),
    )
    return create_app(Runtime.make(settings))


@contextmanager
def _returned(app: Flask) -> Iterator[None]:
    """Its tests leave the app as it was."""
    yield
    with app.app_context():
        db.engine.dispose()
    assert not runtime_of(app).failures(), "a test left a plugin failed in an app that others have"


@pytest.fixture(scope="session")
def _one_app(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """What tests marked `one_app` have."""
    return _composed(cluster, tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="session")
def _modules_app(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """What modules have as `shared_app`."""
    return _composed(cluster, tmp_path_factory.mktemp("shared"))


@pytest.fixture
def _kept(request: pytest.FixtureRequest) -> Flask | None:
    """The app that the test shares, None for one of its own."""
    if request.node.get_closest_marker("one_app") is None:
        return None
    assert "workshop" not in request.fixturenames, "a test with plugins of its own has its own app"
    made: Flask = request.getfixturevalue("_one_app")
    return made


@pytest.fixture
def database(cluster: Cluster, template_database: str, _kept: Flask | None) -> Iterator[str]:
    """Name of a fresh database, cloned from the template."""
    name = runtime_of(_kept).urls.app.database if _kept else None
    with cluster.database(template_database, name) as made:
        yield made


@pytest.fixture
def settings(cluster: Cluster, database: str, tmp_path: Path, _kept: Flask | None) -> Settings:
    """Settings on the fresh database, with a data directory of the test's own."""
    if _kept:
        return runtime_of(_kept).settings
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    return Settings(data_dir=data_dir, database=cluster.settings(database))


@pytest.fixture
def database_admin_url(cluster: Cluster, database: str) -> str:
    """The superuser's psycopg URL of the fresh database."""
    return cluster.admin_url(database)


@pytest.fixture
def runtime(settings: Settings, _kept: Flask | None) -> Runtime:
    return runtime_of(_kept) if _kept else Runtime.make(settings)


@pytest.fixture
def app(runtime: Runtime, _kept: Flask | None) -> Iterator[Flask]:
    """The composed app with every installed plugin on the fresh database."""
    if _kept:
        with _returned(_kept):
            yield _kept
        return
    made = create_app(runtime)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def api(app: Flask) -> ApiClient:
    """A client logged in as administrator."""
    return ApiClient(app).as_role("admin")


@pytest.fixture(scope="module")
def shared_app(_modules_app: Flask, cluster: Cluster, template_database: str) -> Iterator[Flask]:
    """One app and database for a module's tests, whose records must have names of their own."""
    name = runtime_of(_modules_app).urls.app.database
    with cluster.database(template_database, name), _returned(_modules_app):
        yield _modules_app


@pytest.fixture(scope="module")
def shared_api(shared_app: Flask) -> ApiClient:
    """A client of the shared app, logged in as administrator."""
    return ApiClient(shared_app).as_role("admin")


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PluginWorkshop]:
    """Makes plugins on the spot, found as installed ones are until the test ends."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    made = PluginWorkshop(folder)
    yield made
    made.forget()


@pytest.fixture
def config_file(settings: Settings, tmp_path: Path) -> Path:
    """wellhead.toml of `settings`, for processes."""
    lines = [f"data_dir = {json.dumps(str(settings.data_dir))}", "[database]"]
    for key, value in dataclasses.asdict(settings.database).items():
        lines.append(f"{key} = {json.dumps(value)}")
    path = tmp_path / "wellhead.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def make_users() -> None:
    """One a role, `<role>@example.com`, for `ApiClient.as_role`; in the app's context.

    Their hash costs almost nothing: most tests log in, and few are about what that costs.
    """
    password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with platform_session() as session:
        for role in ROLES:
            user = User(email=f"{role}@example.com", password_hash=password_hash)
            session.add(user)
            session.flush()
            session.add(Membership(user_id=user.id, tenant=DEFAULT_TENANT, roles=[role]))
