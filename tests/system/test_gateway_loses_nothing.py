"""What the gateway acknowledged is in PostgreSQL, once, whatever is killed or stopped.

Sequence numbers come out of a pipe after the spool's commit (see counting_gateway.py); in the end
they are compared with what PostgreSQL has.
"""

import dataclasses
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.embedded import EmbeddedPostgres
from wellhead.database.migrate import Migrator
from wellhead.settings import Settings
from wellhead.testing import wait_until
from wellhead.testing.cluster import Cluster
from wellhead_historian.api import create_source, create_tag
from wellhead_scada.models import Device, FieldTag, ScanGroup
from wellhead_scada.testing.process import GatewayChild, running

pytestmark = pytest.mark.system

SCRIPT = str(Path(__file__).with_name("counting_gateway.py"))
GROUPS = 20
PER_RUN = 1_000_000


class Counted:
    """A gateway whose device counts, run again and again on one spool and one database."""

    def __init__(self, folder: Path, config: Path, admin_url: str) -> None:
        self.acknowledged: list[int] = []
        self._folder = folder
        self._config = config
        self._admin_url = admin_url
        self._runs = 0

    def start(self) -> GatewayChild:
        """Another run, whose numbers follow those of the last."""
        with self._pipe() as writing:
            command = [SCRIPT, str(self._config), str(writing), self._first()]
            return GatewayChild(self._folder / "gateway.log", command, pass_fds=[writing])

    @contextmanager
    def forked(self) -> Iterator[Callable[[], int]]:
        """What starts another run, as a fork of one process, and gives its pid; the one before must
        have ended."""
        with self._pipe() as writing, (self._folder / "gateway.log").open("ab") as log:
            parent = subprocess.Popen(
                [sys.executable, SCRIPT, str(self._config), str(writing)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                pass_fds=[writing],
                text=True,
            )

        def start() -> int:
            assert parent.stdin is not None
            assert parent.stdout is not None
            print(self._first(), file=parent.stdin, flush=True)
            return int(parent.stdout.readline())

        with parent:
            yield start
            assert parent.stdin is not None
            parent.stdin.close()
            assert parent.wait(20) == 0

    @contextmanager
    def _pipe(self) -> Iterator[int]:
        """The end that a gateway inherits; what comes out of the other one is noted."""
        reading, writing = os.pipe()
        threading.Thread(target=self._listen, args=(reading,), daemon=True).start()
        try:
            yield writing
        finally:
            os.close(writing)

    def _first(self) -> str:
        self._runs += 1
        return str(self._runs * PER_RUN)

    def _listen(self, reading: int) -> None:
        with os.fdopen(reading, "rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):
                    self.acknowledged.append(int(line))

    def wait_for(self, more: int, timeout: float = 20) -> None:
        goal = len(self.acknowledged) + more
        wait_until(lambda: len(self.acknowledged) >= goal, timeout=timeout, what="acknowledgements")

    def stored(self) -> dict[int, int]:
        """How often PostgreSQL has each number."""
        with psycopg.connect(self._admin_url) as connection:
            rows = connection.execute(
                "SELECT value[1], count(*) FROM tenant_default.historian_hot "
                "WHERE quality IS NULL GROUP BY 1"
            ).fetchall()
        return {int(value): count for value, count in rows}

    def check(self) -> tuple[int, int]:
        """(lost, doubled), once everything that was acknowledged had its time to be stored."""
        acknowledged = set(self.acknowledged)
        try:
            wait_until(
                lambda: acknowledged <= self.stored().keys(), timeout=60, what="delivery of all"
            )
        finally:
            stored = self.stored()
            lost = len(acknowledged - stored.keys())
            doubled = sum(count > 1 for count in stored.values())
        return lost, doubled


def seed_counting(app: Flask) -> None:
    """One counting device with GROUPS scan groups of two tags at 100 ms."""
    with app.app_context(), sdk.tenant("default"):
        session = sdk.db.session
        device = Device(name="counter", driver="counting", options={}, timeout_s=10.0)
        session.add(device)
        session.flush()
        for number in range(GROUPS):
            group = ScanGroup(
                device_id=device.id,
                name=f"g{number}",
                period_ms=100,
                source_id=create_source(f"counting {number}"),
            )
            session.add(group)
            session.flush()
            for place in range(2):
                tag = create_tag(name=f"C{number}.{place}", datatype="float64")
                session.add(
                    FieldTag(
                        tag_id=tag.id,
                        device_id=device.id,
                        scan_group_id=group.id,
                        datatype="float64",
                        address={"place": place},
                    )
                )
        session.commit()


@pytest.fixture
def counted(app: Flask, config_file: Path, tmp_path: Path, database_admin_url: str) -> Counted:
    seed_counting(app)
    return Counted(tmp_path, config_file, database_admin_url)


def test_r1_twenty_kills_lose_nothing_and_double_nothing(
    counted: Counted, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    with counted.forked() as start:
        for _ in range(20):
            pid = start()
            try:
                counted.wait_for(1)
                time.sleep(chance.uniform(0, 0.5))  # the random point of the kill, not a wait
            finally:
                os.killpg(pid, signal.SIGKILL)
    with running(counted.start()) as child:
        counted.wait_for(GROUPS)
        lost, doubled = counted.check()
        took = child.terminate()
    with capsys.disabled():
        print(
            f"\nR1 (seed {seed}): 20 kills, {len(counted.acknowledged)} acknowledged, "
            f"{lost} lost, {doubled} doubled; SIGTERM took {took:.1f} s"
        )
    assert (lost, doubled) == (0, 0)


class OwnServer:
    """A PostgreSQL of this test's own, to be stopped, with a migrated database."""

    def __init__(self, folder: Path) -> None:
        self.server = EmbeddedPostgres(folder / "pg")
        self.server.start()
        cluster = Cluster(self.server.url())
        cluster.create("field")
        self.settings = Settings(data_dir=folder / "data", database=cluster.settings("field"))
        self.admin_url = cluster.admin_url("field")
        runtime = sdk.Runtime.make(self.settings)
        app = create_app(runtime)
        Migrator(app, runtime.urls, runtime.plugins).upgrade()
        seed_counting(app)
        with app.app_context():
            sdk.db.engine.dispose()


@pytest.fixture
def own_server() -> Iterator[OwnServer]:
    folder = Path(tempfile.mkdtemp(prefix="wh-"))  # the server's user must reach it
    own = OwnServer(folder)
    yield own
    own.server.stop("immediate")
    shutil.rmtree(folder, ignore_errors=True)


def write_config(settings: Settings, path: Path) -> Path:
    lines = [f"data_dir = {json.dumps(str(settings.data_dir))}", "[database]"]
    for key, value in dataclasses.asdict(settings.database).items():
        lines.append(f"{key} = {json.dumps(value)}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("seconds", [4, pytest.param(30, marks=pytest.mark.soak)])
def test_r3_postgresql_may_stop_and_may_be_away_at_boot(
    own_server: OwnServer, tmp_path: Path, seconds: float
) -> None:
    config = write_config(own_server.settings, tmp_path / "wellhead.toml")
    counted = Counted(tmp_path, config, own_server.admin_url)
    with running(counted.start()) as child:
        counted.wait_for(GROUPS * 5)
        own_server.server.stop("immediate")
        counted.wait_for(int(GROUPS * 10 * seconds * 0.8), timeout=seconds * 2 + 60)
        own_server.server.start()
        assert counted.check() == (0, 0)
        own_server.server.stop("immediate")
        counted.wait_for(GROUPS)
        child.terminate()
    with running(counted.start()) as child:
        counted.wait_for(GROUPS * 5)
        assert "scanning the configuration kept from the last run" in child.log
        own_server.server.start()
        assert counted.check() == (0, 0)
        child.terminate()


@pytest.mark.alone
def test_a_gateway_ends_within_five_seconds_with_and_without_postgresql(
    own_server: OwnServer, tmp_path: Path
) -> None:
    config = write_config(own_server.settings, tmp_path / "wellhead.toml")
    counted = Counted(tmp_path, config, own_server.admin_url)
    with running(counted.start()) as child:
        counted.wait_for(GROUPS * 5)
        assert child.terminate() <= 5
    with running(counted.start()) as child:
        counted.wait_for(GROUPS)
        own_server.server.stop("immediate")
        counted.wait_for(GROUPS)
        assert child.terminate() <= 5, "with PostgreSQL down"
