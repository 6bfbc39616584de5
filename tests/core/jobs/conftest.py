"""A plugin with jobs of every kind, in the test's process and in schedulers of their own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask

from wellhead.app import create_app
from wellhead.database.extension import db
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.testing import wait_until
from wellhead.testing.plugins import PluginWorkshop

ACME = """
import datetime as dt, pathlib, sys, time
from wellhead import sdk

FOLDER = pathlib.Path(__file__).parent

def note(name, tenant=None):
    with (FOLDER / name).open("a") as file:
        file.write((tenant or sdk.current_tenant()) + "\\n")

def until_released():
    while not (FOLDER / "release").exists():
        time.sleep(0.01)

def work():
    note("work")

def slow():
    note("slow")
    until_released()

def once():
    note("once", "no tenant")
    until_released()

def boom():
    note("boom")
    raise ValueError("the password is hunter2")

def leave():
    note("leave")
    sys.exit(3)

def often():
    note("often")

# once a day, and never while a test runs: its moment is half a day away
DAILY = f"0 {(dt.datetime.now(dt.UTC).hour + 12) % 24} * * *"

@hookimpl
def jobs():
    def job(what, every=None, cron=DAILY, **more):
        return sdk.Job("acme." + what, "Does " + what, __name__ + ":" + what, every, cron, **more)
    return [
        job("boom"), job("leave"), job("slow", max_seconds=float((FOLDER / "most").read_text())),
        job("nowhere"), job("once", scope="platform"), job("work"),
        job("often", dt.timedelta(seconds=1), None),
    ]
"""


class Field:
    """The test's database and the folder where acme's jobs leave their notes."""

    def __init__(self, url: str, folder: Path, config: Path) -> None:
        self._url = url
        self.folder = folder
        self.config = config
        self.log = folder / "scheduler.log"

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """As superuser, in the default tenant's schema."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("SET search_path = tenant_default")
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def states(self, what: str) -> list[str]:
        """How the runs of acme's job stand, oldest first."""
        table = "platform.job_run" if what == "once" else "core_job_run"
        query = f"SELECT state FROM {table} WHERE job = 'acme.{what}' ORDER BY id"
        return [state for (state,) in self.sql(query)]

    def wait_for(self, what: str, *states: str) -> None:
        wait_until(lambda: self.states(what) == list(states), 60, f"acme.{what} {states}")

    def notes(self, what: str) -> list[str]:
        path = self.folder / what
        return path.read_text().splitlines() if path.exists() else []

    def release(self) -> None:
        """Let the slow jobs end."""
        (self.folder / "release").touch()

    @contextmanager
    def scheduler(self) -> Iterator["subprocess.Popen[bytes]"]:
        """`wellhead scheduler`, ended at the end however the test went."""
        with self.log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "wellhead", "--config", str(self.config), "scheduler"],
                env={**os.environ, "PYTHONPATH": str(self.folder)},
                stderr=output,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait(10)


@pytest.fixture
def field(workshop: PluginWorkshop, database_admin_url: str, config_file: Path) -> Iterator[Field]:
    """acme is installed; its slow job may take a minute."""
    workshop.plugin("acme", ACME)
    (workshop.folder / "most").write_text("60")
    made = Field(database_admin_url, workshop.folder, config_file)
    yield made
    made.release()


@pytest.fixture
def acme_app(field: Field, settings: Settings) -> Iterator[Flask]:
    """The app with acme."""
    app = create_app(Runtime.make(settings))
    yield app
    field.release()
    with app.app_context():
        db.engine.dispose()
