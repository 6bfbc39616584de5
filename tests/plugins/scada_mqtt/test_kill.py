"""R1 for MQTT: kill -9 of a gateway loses nothing that the broker was told is taken.

MQTT's QoS 1 delivers again what was on disk but not yet acknowledged when the gateway died. Such a
reading is in the spool twice, with the same source time, and of several readings of a tag at one
time the one that came last is read: each counts once.
"""

import asyncio
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.spool.spool import Spool
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.testing import kept, make_source, make_tags
from wellhead_scada_mqtt.testing import Mosquitto, needs_mosquitto

from .helpers import connected

pytestmark = [needs_mosquitto, pytest.mark.system]

BASE = 1_700_000_000_000
WINDOW = 200


class Child:
    """One run of gateway_child.py. ids: of the source and the tag"""

    def __init__(self, port: int, spool: Path, ids: tuple[int, int]) -> None:
        script = Path(__file__).with_name("gateway_child.py")
        self._told = spool.with_suffix(".told")
        self._begun = self._told.stat().st_size if self._told.exists() else 0
        with self._told.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, str(script), str(port), str(spool), *map(str, ids)], stdout=output
            )

    @property
    def kept(self) -> int:
        """Readings that this run put on disk."""
        return sum(rows for rows, _ in self._lines(self._begun))

    def wait_for(self, goal: int) -> None:
        wait_until(lambda: self.kept >= goal, 60, f"{goal} readings on disk")

    @property
    def newest(self) -> int:
        """The greatest value that this run or one before put on disk."""
        return max((newest for _, newest in self._lines(0)), default=-1)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(timeout=10)

    def _lines(self, begin: int) -> list[tuple[int, int]]:
        whole = self._told.read_bytes()[begin:].rpartition(b"\n")[0]
        return [(int(rows), int(newest)) for rows, newest in map(bytes.split, whole.splitlines())]


@contextmanager
def running(port: int, spool: Path, ids: tuple[int, int]) -> Iterator[Child]:
    """A child, killed in the end."""
    child = Child(port, spool, ids)
    try:
        yield child
    finally:
        child.kill()


class Logger:
    """Publishes counted readings from a thread of its own until it is stopped.

    count: those that the broker has taken, once it is stopped
    """

    def __init__(self, port: int) -> None:
        self.count = 0
        self._port = port
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._send()))

    def __enter__(self) -> "Logger":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    async def _send(self) -> None:
        async with connected(self._port, "logger") as (logger, _):
            while not self._stop.is_set():
                numbers = range(self.count, self.count + 20)
                await asyncio.gather(
                    *(
                        logger.publish("count", b'{"n": %d, "at": %d}' % (n, BASE + n))
                        for n in numbers
                    )
                )
                self.count += len(numbers)


@pytest.mark.parametrize(
    "kills", [pytest.param(2), pytest.param(100, marks=pytest.mark.soak)], ids=["fast", "soak"]
)
def test_r1_a_killed_gateway_loses_nothing(
    tmp_path: Path, settings: sdk.Settings, kills: int
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    path = tmp_path / "spool.db"
    with sdk.connect(settings, "default") as connection:
        ids = make_source(connection), int(make_tags(connection, 1)[0])
    lines = [f"max_inflight_messages {WINDOW}", "max_queued_messages 0"]
    with Mosquitto(tmp_path, lines, log="error") as broker:
        asyncio.run(_subscribe(broker.port))
        with Logger(broker.port) as logger:
            for _ in range(kills):
                goal = chance.randrange(1, 2000)
                with running(broker.port, path, ids) as child:
                    child.wait_for(goal)
            logger.stop()
            with running(broker.port, path, ids) as child:
                wait_until(lambda: child.newest == logger.count - 1, 60, "the last reading")

    times = [(BASE + n) * 1000 for n in range(logger.count)]
    spool = Spool(path)
    found = _readings(spool)
    assert {time for time, _ in found} == set(times)
    assert all(value == time // 1000 - BASE for time, value in found), "a reading was changed"
    print(f"{logger.count} readings, {len(found) - logger.count} came twice")
    forwarder = Forwarder(spool, lambda: sdk.connect(settings, "default"))
    forwarder.start()
    wait_until(lambda: spool.backlog == (0, 0), 60, "everything in the database")
    assert forwarder.stop(10)
    spool.close()
    with sdk.connect(settings, "default") as connection:
        stored = PackedReader(connection).read(ids[1], times[0], times[-1] + 1, len(found))
    assert stored.times.tolist() == times, "each counts once"
    assert stored.values.tolist() == list(range(logger.count))


async def _subscribe(port: int) -> None:
    """The session that the gateway will find: it misses nothing that is published before."""
    async with connected(port, "wellhead-d", session_expiry_s=1000, window=WINDOW) as (session, _):
        await session.subscribe(["count"])


def _readings(spool: Spool) -> list[tuple[int, float]]:
    """(time, value) of every reading in the spool that is no mark of a lost connection."""
    found: list[tuple[int, float]] = []
    for batch in kept(spool).values():
        good = sdk.quality.is_good(batch.qualities)
        found += zip(batch.times[good].tolist(), batch.values[good].tolist(), strict=True)
    return found
