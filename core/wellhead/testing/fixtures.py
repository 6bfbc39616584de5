"""The fixtures: cluster, settings, runtime, app, api, database_admin_url, workshop, config_file.

shared_app, shared_api: for a module whose tests each make records of their own
"""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from argon2 import PasswordHasher
from flask import Flask

from wellhead.app import create_app
from wellhead.auth.models import Membership, User
from wellhead.database.extension import db, platform_session
from wellhead.database.migrate import Migrator
from wellhead.database.scope import DEFAULT_TENANT
from wellhead.plugins.contributions import ROLES
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.testing.client import PASSWORD, ApiClient
from wellhead.testing.cluster import Cluster, running_cluster
from wellhead.testing.plugins import PluginWorkshop


@pytest.fixture(scope="session", autouse=True)
def _logs() -> None:
    """Log lines with short tracebacks, to where pytest captures them."""
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
        app = create_app(runtime)
        Migrator(app, runtime.urls, runtime.plugins).upgrade()
        with app.app_context():
            make_users()
            db.engine.dispose()
        yield name


@pytest.fixture
def database(cluster: Cluster, template_database: str) -> Iterator[str]:
    """Name of a fresh database, cloned from the template."""
    with cluster.database(template_database) as name:
        yield name


@pytest.fixture
def settings(cluster: Cluster, database: str, tmp_path: Path) -> Settings:
    """Settings on the fresh database, with a data directory of the test's own."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    return Settings(data_dir=data_dir, database=cluster.settings(database))


@pytest.fixture
def database_admin_url(cluster: Cluster, database: str) -> str:
    """The superuser's psycopg URL of the fresh database."""
    return cluster.admin_url(database)


@pytest.fixture
def runtime(settings: Settings) -> Runtime:
    return Runtime.make(settings)


@pytest.fixture
def app(runtime: Runtime) -> Iterator[Flask]:
    """The composed app with every installed plugin on the fresh database."""
    made = create_app(runtime)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def api(app: Flask) -> ApiClient:
    """A client logged in as administrator."""
    return ApiClient(app).as_role("admin")


@pytest.fixture(scope="module")
def shared_app(
    cluster: Cluster, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One app for a module's tests, whose records must have names of their own."""
    with cluster.database(template_database) as name:
        folder = tmp_path_factory.mktemp("shared")
        made = create_app(Runtime.make(Settings(data_dir=folder, database=cluster.settings(name))))
        yield made
        with made.app_context():
            db.engine.dispose()


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
