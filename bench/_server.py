"""A database and web processes for measurements: on loopback, in a folder that is removed."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from wellhead import sdk
from wellhead.app import create_app
from wellhead.auth.models import Membership, User
from wellhead.auth.state import auth_state
from wellhead.database.embedded import EmbeddedPostgres
from wellhead.database.extension import platform_session
from wellhead.database.migrate import Migrator
from wellhead.settings.model import DatabaseSettings
from wellhead.testing import free_port

PASSWORD = "correct horse battery"
PATIENCE = 120.0


def until(condition: Callable[[], bool]) -> float:
    """Seconds until it holds."""
    begun = time.perf_counter()
    while not condition():
        if time.perf_counter() - begun > PATIENCE:
            raise TimeoutError
        time.sleep(0.005)
    return time.perf_counter() - begun


@contextmanager
def databases(*names: str) -> Iterator[list[sdk.Settings]]:
    """Settings on migrated databases of one embedded server with every safety on."""
    folder = Path(tempfile.mkdtemp(prefix="wh-"))
    (folder / "server").mkdir()
    server = EmbeddedPostgres(folder / "server")
    try:
        server.start()
        yield [_migrated(folder, server, name) for name in names]
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


def _migrated(folder: Path, server: EmbeddedPostgres, name: str) -> sdk.Settings:
    """Settings on a database of that name, with one administrator."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        connection.execute(f"CREATE ROLE {name}_app LOGIN NOINHERIT")
    admin = psycopg.conninfo.conninfo_to_dict(server.url())
    host = admin["host"]
    url = f"postgresql://{{user}}@/{name}?host={host}&port={admin.get('port', 5432)}"
    settings = sdk.Settings(
        data_dir=folder / name,
        database=DatabaseSettings(
            url=url.format(user=f"{name}_app"), admin_url=url.format(user=admin["user"])
        ),
    )
    settings.data_dir.mkdir()
    runtime = sdk.Runtime.make(settings)
    app = create_app(runtime)
    Migrator(app, runtime.urls, runtime.plugins).upgrade()
    with app.app_context(), platform_session() as session:
        user = User(email="a@example.com", password_hash=auth_state().passwords.hash(PASSWORD))
        session.add(user)
        session.flush()
        session.add(Membership(user_id=user.id, tenant="default", roles=["admin"]))
    return settings


@contextmanager
def served(settings: sdk.Settings, more: str = "") -> Iterator[tuple[str, int]]:
    """`wellhead web`: its URL and process id. more: further lines of its configuration"""
    port = free_port()
    file = settings.data_dir / f"wellhead-{port}.toml"
    database = settings.database
    file.write_text(
        f"[database]\nurl = {json.dumps(database.url)}\n"
        f"admin_url = {json.dumps(database.admin_url)}\n"
        f"[web]\nport = {port}\n[log]\nlevel = 'warning'\n{more}"
    )
    command = [sys.executable, "-m", "wellhead", "web", "--config", str(file)]
    environment = {**os.environ, "WELLHEAD_DATA_DIR": str(settings.data_dir)}
    process = subprocess.Popen(command, env=environment)
    url = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/health/live", timeout=2):
                return True
        except OSError:
            return False

    try:
        until(ready)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(20)


def post(url: str, body: Any, token: str | None = None) -> Any:
    """The data of the answer."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["data"]


def log_in(url: str) -> str:
    """An access token of the administrator."""
    login = {"email": "a@example.com", "password": PASSWORD}
    return str(post(f"{url}/api/v1/auth/login", login)["access_token"])
