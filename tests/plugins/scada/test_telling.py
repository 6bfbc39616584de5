"""What the log says of a device that is down, and when: what starts late is no fault yet, and no
fault is kept from who reads the log."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from wellhead_scada.engine import telling
from wellhead_scada.engine.state import Status
from wellhead_scada.testing import Bench, MemoryField, Mode, device, group, play

YET, DOWN, UP = "device does not answer yet", "device is down", "device is connected"


def field_of(mode: Mode) -> MemoryField:
    made = MemoryField()
    made.lines["pump"].mode = mode
    return made


def said(logs: list[Any]) -> list[tuple[str, str]]:
    """(level, event) of what was said of the device's state."""
    known = (YET, DOWN, UP)
    return [(entry["log_level"], entry["event"]) for entry in logs if entry["event"] in known]


def test_a_device_that_starts_a_moment_later_is_not_warned_about() -> None:
    with capture_logs() as logs:

        async def story(bench: Bench) -> None:
            await bench.until(lambda: bench.state("pump").failures > 1)
            assert bench.state("pump").status is Status.BACKING_OFF, "its state says it at once"
            assert bench.state("pump").reason == "connection refused"
            assert "pump" in bench.changed
            bench.field.lines["pump"].mode = Mode.GOOD
            await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)

        play(story, device("pump", group(1)), field=field_of(Mode.REFUSES))
    assert said(logs) == [("info", YET), ("info", UP)]


@pytest.mark.parametrize("mode", [Mode.REFUSES, Mode.HANGS_AT_OPEN])
def test_one_that_stays_down_is_warned_about_once_and_soon(
    monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    assert telling.PATIENCE_S <= 10
    monkeypatch.setattr(telling, "PATIENCE_S", 1.5)
    with capture_logs() as logs:

        async def story(bench: Bench) -> None:
            await bench.until(lambda: ("warning", DOWN) in said(logs))
            assert bench.state("pump").reason in [entry.get("reason") for entry in logs]
            failures = bench.state("pump").failures
            await bench.until(lambda: bench.state("pump").failures > failures + 3)

        play(story, device("pump", group(1)), field=field_of(mode))
    assert said(logs) == [("info", YET), ("warning", DOWN)]


def test_one_that_was_connected_is_warned_about_at_once() -> None:
    with capture_logs() as logs:

        async def story(bench: Bench) -> None:
            await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)
            bench.field.lines["pump"].mode = Mode.REFUSES
            await bench.until(lambda: bench.state("pump").status is Status.BACKING_OFF)
            assert said(logs) == [("info", UP), ("warning", DOWN)]

        play(story, device("pump", group(1)))


@pytest.mark.parametrize("mode", [Mode.BREAKS, Mode.WRONG_SHAPE])
def test_what_no_waiting_mends_is_warned_about_at_once(mode: Mode) -> None:
    with capture_logs() as logs:

        async def story(bench: Bench) -> None:
            await bench.until(lambda: bench.state("pump").status is Status.BACKING_OFF)
            assert said(logs)[-1] == ("warning", DOWN)

        play(story, device("pump", group(1)), field=field_of(mode))
    assert ("info", YET) not in said(logs)


def test_a_device_that_is_taken_away_meanwhile_is_not_spoken_of_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telling, "PATIENCE_S", 1.0)
    with capture_logs() as logs:

        async def story(bench: Bench) -> None:
            await bench.until(lambda: ("info", YET) in said(logs))
            began = bench.clock.monotonic()
            await bench.apply(device("other", group(2)))
            await bench.until(lambda: bench.clock.monotonic() > began + 1.5)

        play(story, device("pump", group(1)), field=field_of(Mode.REFUSES))
    of_it = [entry["log_level"] for entry in logs if entry.get("device") == "pump"]
    assert of_it == ["info"]
