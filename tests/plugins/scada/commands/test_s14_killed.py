"""S14 with real kills: a gateway that writes over Modbus to a real server, ended by kill -9 at each
point of a command's way; and two gateways at once."""

import asyncio
import json
import random
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from wellhead import sdk
from wellhead_scada.commands.states import NEXT, OPEN, State
from wellhead_scada_modbus.server import ModbusServer

from .conftest import Plant
from .lives import POINTS

_WRITES = (5, 6, 15, 16)
_AFTER = {
    "claiming": ("verified", 1),  # it was not dispatched, so the next life sends it
    "dispatched": ("unknown", 0),
    "writing": ("unknown", 0),
    "written": ("unknown", 1),
    "before acknowledged": ("unknown", 1),
    "after acknowledged": ("unknown", 1),
    "before verified": ("unknown", 1),
    "after verified": ("verified", 1),
}
"""What becomes of a command whose gateway is killed there, and how often it was written."""


class CountingServer:
    """A Modbus server in a thread of its own that notes every write: (time, value)."""

    def __init__(self) -> None:
        self.writes: list[tuple[float, float]] = []
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._server = ModbusServer()
        self.points = ModbusServer.layout([(n, f"v{n}", "float32") for n in range(1, 60)])
        start = self._server.start("127.0.0.1", 0, self.points)
        self.port = asyncio.run_coroutine_threadsafe(start, self._loop).result(10)
        memory: Any = self._server.memory
        self._answer, memory.answer = memory.answer, self._note

    def _note(self, request: bytes) -> bytes:
        if request[0] in _WRITES:
            [value] = struct.unpack(">f", request[-4:])
            self.writes.append((time.time(), value))
        answered: bytes = self._answer(request)
        return answered

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._server.stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)


class Lives:
    """The process of lives.py."""

    def __init__(self, settings: sdk.Settings, log: Path) -> None:
        given = {"data_dir": str(settings.data_dir), "database": asdict(settings.database)}
        self._log = log
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"{__package__}.lives", json.dumps(given)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=Path(__file__).parents[4],
                text=True,
            )

    def live(self, **asked: Any) -> int:
        """One life; the signal that ended it, 0 for none."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        while line := self._process.stdout.readline():
            if line.strip().isdigit():
                return int(line)
        raise AssertionError(self._log.read_text())

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def server() -> Iterator[CountingServer]:
    made = CountingServer()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared_plant(app: Flask, admin_url: str, server: CountingServer) -> Plant:
    options = ModbusServer.device_options("127.0.0.1", server.port)

    def address(number: int) -> dict[str, Any]:
        return {"table": "holding", "address": 2 * (number - 1)}

    return Plant(app, admin_url, "modbus", options, address)


@pytest.fixture
def lives(settings: sdk.Settings, tmp_path: Path) -> Iterator[Lives]:
    made = Lives(settings, tmp_path / "lives.log")
    yield made
    made.close()


def check(plant: Plant, server: CountingServer, commands: dict[float, str]) -> None:
    """What must hold of every command, whatever happened. commands: ids by value"""
    written = Counter(value for _, value in server.writes)
    assert not [value for value, times in written.items() if times > 1]
    for value, command in commands.items():
        seen = plant.see(command)
        states = [State(state) for state in plant.states(command)]
        assert all(b in NEXT[a] for a, b in pairwise(states)), states
        assert plant.audited(command) == [state.value for state in states]
        assert seen["state"] == "acknowledged" or states[-1] not in OPEN
        if written[value]:
            assert State.DISPATCHED in states
        if seen["state"] == "verified":
            assert written[value] == 1
        if seen["state"] in ("failed", "expired", "cancelled", "rejected"):
            assert written[value] == 0
    [late] = plant.sql("SELECT array_agg(value), array_agg(extract(epoch FROM expires_at))"
                       " FROM scada_command")  # fmt: skip
    expiry = dict(zip(*late, strict=True))
    assert all(at <= expiry[value] for at, value in server.writes)


def test_s14_killed_at_each_point_nothing_is_written_twice(
    plant: Plant, server: CountingServer, lives: Lives
) -> None:
    assert list(_AFTER) == list(POINTS)
    commands: dict[float, str] = {}
    for number, point in enumerate(POINTS):
        value = 100.0 + number
        commands[value] = plant.order(plant.valve(verify_s=10.0), value)
        assert lives.live(point=point) == signal.SIGKILL, point
        if point == "written":  # nobody tells what became of it, until a gateway looks
            assert plant.see(commands[value])["state"] == "dispatched"
        assert lives.live() == 0
        written = [one for _, one in server.writes if one == value]
        seen = plant.see(commands[value])
        assert (seen["state"], len(written)) == _AFTER[point], (point, seen["why"])
    check(plant, server, commands)


@pytest.mark.parametrize(
    ("point", "state"), [("stopped dispatched", "failed"), ("stopped waiting", "unknown")]
)
def test_s14_a_gateway_that_wakes_up_too_late_writes_nothing(
    plant: Plant, server: CountingServer, lives: Lives, point: str, state: str
) -> None:
    value = 300.0 + len(point)
    command = plant.order(plant.valve(verify_s=10.0), value)
    assert lives.live(point=point, send_within_s=2.0, asleep_s=2.1) == 0
    assert plant.see(command)["state"] == state
    assert value not in [written for _, written in server.writes]


@pytest.mark.soak
def test_s14_killed_at_any_moment_nothing_is_written_twice(
    plant: Plant, server: CountingServer, lives: Lives
) -> None:
    """300 commands, three at a time, under a gateway that is killed every few milliseconds."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    tags = [plant.valve(verify_s=10.0) for _ in range(3)]
    commands: dict[float, str] = {}
    for number in range(100):
        for place, tag in enumerate(tags):
            value = 1000.0 + 3 * number + place
            commands[value] = plant.order(tag, value, expires_in_s=chance.choice([1, 60]))
        lives.live(within_s=0.3)
        lives.live()
    check(plant, server, commands)
