"""The job that packs, in a tenant, and what the health page says of it."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask import Flask

from wellhead import sdk
from wellhead_historian.plugin import jobs
from wellhead_historian.status import packing_health
from wellhead_historian.store.interface import Level
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.testing import FAR, make_tags, scan

Write = Callable[..., None]
pytestmark = pytest.mark.usefixtures("packed")


def test_the_job_packs_its_tenant_and_health_says_until_when(
    app: Flask, connection: psycopg.Connection[Any], write: Write, source: int
) -> None:
    (job,) = [job for job in jobs() if job.name == "historian.pack"]
    assert job.every == dt.timedelta(minutes=5)
    tags = make_tags(connection, 10, "J")
    old = time.time_ns() // 1000 - 5 * Level.HOUR
    write(*[scan(source, old + step * 1000, tags) for step in range(4)])
    with app.app_context():
        behind = packing_health()
        assert not behind.ok
        assert "5 hours behind" in behind.detail
        with sdk.tenant("default"):
            job.load()()
            job.load()()  # nothing is left to do
        after = packing_health()
        assert after.ok
        assert after.detail.startswith("packed until ")
    assert connection.execute("SELECT count(*) FROM historian_hot").fetchone() == (0,)
    reader = PackedReader(connection)
    assert len(reader.read(int(tags[0]), old, FAR, 100).times) == 4
    (count,) = reader.summarise(int(tags[0]), Level.DAY, 0, FAR).count
    assert count == 4
