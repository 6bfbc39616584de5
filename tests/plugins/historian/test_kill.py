"""R1: kill -9 loses no acknowledged reading and doubles none.

A child appends numbered scans with the forwarder running, and writes each number to a pipe once the
spool acknowledged it. It is killed at random points, always on the same spool file and database.
"""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.spool.spool import Spool

# The nursery imports once and forks a child for each line, before any thread is running.
_NURSERY = """
import os, pathlib, sys
import numpy as np
from wellhead import sdk
from wellhead.settings import load_settings
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.spool.spool import Spool
from wellhead_historian.testing import BASE, scan

def gateway(first, path, config, source, tags):
    settings = load_settings(pathlib.Path(config), {})
    spool = Spool(pathlib.Path(path))
    Forwarder(spool, lambda: sdk.connect(settings, "default")).start()
    def acknowledge(future, number):
        os.write(1, b"%d\\n" % number)
    number = first
    while True:
        futures = []
        for _ in range(1 + number % 7):
            future = spool.append(scan(source, BASE + number, tags, first=number))
            future.add_done_callback(lambda f, n=number: acknowledge(f, n))
            futures.append(future)
            number += 1
        futures[-1].result()

for line in sys.stdin:
    first, path, config, source, *tags = line.split()
    child = os.fork()
    if child == 0:
        gateway(int(first), path, config, int(source), np.array(tags, np.int32))
    os.write(2, b"%d\\n" % child)
    os.waitpid(child, 0)
    os.write(2, b"gone\\n")
"""
_STRIDE = 1_000_000


@pytest.fixture
def nursery() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", _NURSERY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    yield process
    assert process.stdin is not None
    process.stdin.close()
    process.kill()
    process.wait(10)


def kill_it(times: int, nursery: "subprocess.Popen[bytes]", line: str, seed: int) -> list[int]:
    """Start and kill the child so many times; the numbers it acknowledged."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    assert nursery.stderr is not None
    points = random.Random(seed)
    output = bytearray()
    os.set_blocking(nursery.stdout.fileno(), False)

    def acknowledged_since(mark: int) -> int:
        while chunk := nursery.stdout.read(1 << 16):  # type: ignore[union-attr]
            output.extend(chunk)
        return output.count(b"\n", mark)

    def enough(mark: int, wanted: int) -> bool:
        return acknowledged_since(mark) >= wanted

    for turn in range(times):
        nursery.stdin.write(f"{turn * _STRIDE} {line}\n".encode())
        nursery.stdin.flush()
        child = int(nursery.stderr.readline())
        mark = len(output)
        wanted = points.randrange(1, 400)  # the point: so many acknowledgements
        wait_until(
            partial(enough, mark, wanted),
            timeout=60,
            what=f"{wanted} acknowledgements (seed {seed}, turn {turn})",
        )
        os.kill(child, signal.SIGKILL)
        assert nursery.stderr.readline() == b"gone\n"
        acknowledged_since(mark)
        if not output.endswith(b"\n"):  # killed inside a write: that number was not acknowledged
            del output[output.rfind(b"\n") + 1 :]
    return [int(number) for number in output.split()]


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize(
    "kills", [20, pytest.param(200, marks=pytest.mark.soak)], ids=["fast", "soak"]
)
def test_r1_kill_9_at_random_points(
    kills: int,
    nursery: "subprocess.Popen[bytes]",
    settings: sdk.Settings,
    config_file: Path,
    connection: psycopg.Connection[Any],
    source: int,
    tags: npt.NDArray[np.int32],
    tmp_path: Path,
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    path = tmp_path / "spool.db"
    line = f"{path} {config_file} {source} {' '.join(map(str, tags.tolist()))}"
    acknowledged = kill_it(kills, nursery, line, seed)
    assert len(acknowledged) == len(set(acknowledged)) > kills

    spool = Spool(path)
    before = connection.execute("SELECT count(*) FROM historian_hot").fetchone()
    connection.rollback()
    left = spool.backlog[0]
    forwarder = Forwarder(spool, lambda: sdk.connect(settings, "default"))
    forwarder.start()
    wait_until(lambda: spool.backlog == (0, 0), timeout=60, what="the rest to be forwarded")
    assert forwarder.stop(10)
    assert spool.quarantined() == []
    spool.close()
    rows = connection.execute("SELECT value[1]::int8, count(*) FROM historian_hot GROUP BY 1")
    stored = dict(rows.fetchall())
    missing = [number for number in acknowledged if number not in stored]
    doubled = [number for number, count in stored.items() if count != 1]
    assert (missing, doubled) == ([], []), f"seed {seed}"
    print(f"{kills} kills, {len(acknowledged)} acknowledged, {before} stored before, {left} left")
