"""What a large import brought is packed by a real scheduler process at once, every part of it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from wellhead import sdk
from wellhead.testing import ApiClient, wait_until
from wellhead_historian import api as historian
from wellhead_historian.imports import service

pytestmark = pytest.mark.usefixtures("packed")

WITHIN = 60
"""Seconds: a fifth of the time after which the job's schedule comes. Its moment may fall into the
test, so runs are not counted: that none goes on any more is waited for."""
RUNS = "SELECT FROM core_job_run WHERE job = 'historian.pack'"
GOING_ON = f"{RUNS} AND ended_at IS NULL"
Count = Callable[[str], int]


@pytest.fixture
def count(database_admin_url: str) -> Iterator[Count]:
    """How many rows a statement finds in the tenant."""
    with psycopg.connect(database_admin_url, autocommit=True) as connection:
        connection.execute("SET search_path = tenant_default")
        yield lambda statement: len(connection.execute(statement.encode()).fetchall())


@pytest.fixture
def scheduler(config_file: Path, count: Count, tmp_path: Path) -> Iterator[None]:
    """`wellhead scheduler`, after its first run of the job, which a start brings."""
    with (tmp_path / "scheduler.log").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "wellhead", "--config", str(config_file), "scheduler"],
            env=dict(os.environ),
            stderr=output,
        )
        try:
            wait_until(lambda: count(RUNS) > 0 and count(GOING_ON) == 0, WITHIN)
            yield
        finally:
            process.kill()
            process.wait(10)


def send(api: ApiClient, part: int) -> None:
    text = f"time,P\n2020-01-01T0{part}:00:00Z,1\n2020-01-01T0{part}:00:01Z,2\n"
    headers = {"Content-Type": "text/csv"}
    path, query = "/api/v1/tags/imports", {"id": "history", "part": part}
    answer = api.request("POST", path, query=query, headers=headers, text=text)
    assert answer.status == 200, answer.body


@pytest.mark.usefixtures("scheduler")
def test_each_part_is_packed_soon_also_the_last_that_comes_while_packing_is_busy(
    api: ApiClient,
    app: Flask,
    count: Count,
    connection: psycopg.Connection[object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "_LARGE", 2)
    with app.app_context(), sdk.tenant("default"):
        historian.create_tag(name="P", datatype="float64")
        sdk.db.session.commit()
    hot, blocks = "SELECT FROM historian_hot", "SELECT FROM historian_block"
    send(api, 1)
    wait_until(lambda: count(blocks) == 1 and count(hot) == 0, WITHIN)
    wait_until(lambda: count(GOING_ON) == 0, WITHIN)
    with connection.transaction():
        connection.execute("LOCK TABLE historian_block IN EXCLUSIVE MODE")  # packing waits for it
        send(api, 2)
        waits = (
            "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE relation = 'historian_block'::regclass AND NOT granted"
            " AND datname = current_database()"
        )
        wait_until(lambda: count(waits) == 1, WITHIN)
        send(api, 3)
    wait_until(lambda: count(blocks) == 3 and count(hot) == 0, WITHIN)
    wait_until(lambda: count(GOING_ON) == 0, WITHIN)
    assert count(f"{RUNS} AND state <> 'done'") == 0
