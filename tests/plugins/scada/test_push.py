"""A device that sends by itself: what it sends is kept, what is lost is said, once."""

import asyncio
from concurrent.futures import Future
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from wellhead import sdk
from wellhead_scada.engine.config import FieldConfig
from wellhead_scada.engine.state import Backoff, Status
from wellhead_scada.testing import Bench, Mode, SendingField, device, group, play

GOOD = sdk.quality.GOOD


async def connected(bench: Bench) -> SendingField:
    assert isinstance(bench.field, SendingField)
    await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)
    return bench.field


def test_what_is_sent_is_scaled_and_keeps_its_own_time() -> None:
    one = group(1)
    scaled = replace(one, tags=(replace(one.tags[0], scale=0.1, offset=-40), one.tags[1]))

    async def story(bench: Bench) -> None:
        field = await connected(bench)
        await field.send("pump", "group-1", {0: 650.0}, time=1_699_999_999_000_000)
        await field.send("pump", "group-1", {1: float("inf"), 0: 400.0})
        first, second = bench.rows[1]
        assert first.tags.tolist() == [100]
        assert first.values.tolist() == pytest.approx([25.0])
        assert first.times.tolist() == [1_699_999_999_000_000]
        assert second.tags.tolist() == [101, 100]
        assert second.qualities.tolist() == [sdk.quality.BAD_SENSOR_FAILURE, GOOD]
        assert (abs(second.times - bench.clock.wall() * 1e6) < 5e6).all()
        assert bench.counters("pump").scans == 2

    play(story, device("pump", scaled), field=SendingField())


def test_text_travels_beside_the_numbers_and_is_no_sensor_failure() -> None:
    one = group(1)
    texts = replace(one, tags=(one.tags[0], replace(one.tags[1], datatype="string")))

    async def story(bench: Bench) -> None:
        field = await connected(bench)
        await field.send("pump", "group-1", {0: 1.0, 1: "Running"})
        (row,) = bench.rows[1]
        assert row.texts == {1: "Running"}
        assert row.qualities.tolist() == [GOOD, GOOD]
        assert np.isnan(row.values[1])
        # what would be shown as something it is not is no value
        await field.send("pump", "group-1", {0: "Running", 1: 1.0})
        await field.send("pump", "group-1", {1: "Running"}, code=sdk.quality.BAD_COMM_FAILURE)
        mixed, bad = bench.rows[1][1:]
        assert mixed.qualities.tolist() == [sdk.quality.BAD_SENSOR_FAILURE] * 2
        assert (mixed.texts, bad.texts) == ({}, {})
        assert np.isnan(mixed.values).all()

    play(story, device("pump", texts), field=SendingField())


def test_a_lost_device_leaves_one_bad_row_a_group_and_comes_back() -> None:
    async def story(bench: Bench) -> None:
        field = await connected(bench)
        await field.send("pump", "group-1", {0: 1.0})
        field.lines["pump"].mode = Mode.REFUSES
        field.sending["pump"].lost.set_exception(sdk.DeviceUnreachable("reset"))
        await bench.until(lambda: bench.state("pump").failures >= 3)
        assert bench.qualities(1) == [GOOD, sdk.quality.BAD_NOT_CONNECTED]
        assert bench.qualities(2) == [sdk.quality.BAD_NOT_CONNECTED]
        assert bench.rows[1][-1].tags.tolist() == [100, 101]
        field.lines["pump"].mode = Mode.GOOD
        await bench.until(lambda: "pump" in field.sending)
        await field.send("pump", "group-1", {0: 2.0})
        assert bench.qualities(1)[-1] == GOOD
        assert field.lines["pump"].most_open == 1

    play(story, device("pump", group(1), group(2)), field=SendingField())


def test_a_driver_that_ends_or_breaks_while_listening_is_named() -> None:
    async def story(bench: Bench) -> None:
        field = await connected(bench)
        field.sending["pump"].lost.set_result(None)
        await bench.until(lambda: bench.state("pump").failures == 1)
        assert bench.state("pump").reason == "the driver stopped listening by itself"
        await connected(bench)
        await bench.until(lambda: "pump" in field.sending)
        field.sending["pump"].lost.set_exception(KeyError("topic"))
        await bench.until(lambda: bench.state("pump").failures == 1)
        assert "driver error while listening: KeyError" in str(bench.state("pump").reason)

    play(story, device("pump", group(1)), field=SendingField())


def test_a_device_that_accepts_and_never_subscribes_is_not_connected() -> None:
    field = SendingField()
    field.lines["pump"].mode = Mode.HANGS

    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.state("pump").failures >= 2)
        assert bench.state("pump").reason == "not subscribed within 0.3 s"

    play(story, device("pump", group(1), timeout=0.3), field=field, wedged_s=0.1)


def test_columns_that_cannot_be_are_the_drivers_fault() -> None:
    async def story(bench: Bench) -> None:
        field = await connected(bench)
        with pytest.raises(sdk.WellheadError, match="places of 2 points"):
            field.send("pump", "group-1", {7: 1.0})
        with pytest.raises(sdk.DeviceError, match="group it was not given"):
            field.send("pump", "another", {0: 1.0})

    play(story, device("pump", group(1)), field=SendingField())


def test_it_is_acknowledged_when_all_of_it_is_kept_and_not_when_it_is_refused() -> None:
    disk: list[Future[int]] = []

    def sink(batch: sdk.Batch) -> "Future[int]":
        disk.append(Future())
        return disk[-1]

    async def story(bench: Bench) -> None:
        field = await connected(bench)
        kept = field.send("pump", "group-1", {0: 1.0})
        refused = field.send("pump", "group-1", {0: 2.0})
        disk[0].set_result(1)
        await asyncio.wait_for(kept, 10)
        assert not refused.done()
        disk[1].set_exception(sdk.WellheadError("the spool is full"))
        with pytest.raises(sdk.NotKept, match="the spool is full"):
            await asyncio.wait_for(refused, 10)
        assert bench.state("pump").status is Status.CONNECTED

    play(story, device("pump", group(1)), field=SendingField(), sink=sink)


def test_a_device_is_left_alone_longer_each_time_that_nothing_it_sends_can_be_kept() -> None:
    """At a full disk each connection ends with what comes first, and is two lines in the log."""
    full = True
    failures: list[int] = []

    class Noted(Backoff):
        def delay(self, failed: int, chance: float) -> float:
            failures.append(failed)
            return 0.01

    def sink(batch: sdk.Batch) -> "Future[int]":
        kept: Future[int] = Future()
        if full:
            kept.set_exception(sdk.WellheadError("the disk is full"))
        else:
            kept.set_result(1)
        return kept

    async def lose(bench: Bench, error: sdk.DeviceError | None = None) -> None:
        before = len(failures)
        field = await connected(bench)
        try:
            await field.send("pump", "group-1", {0: 1.0})
        except sdk.NotKept as refused:
            error = refused
        assert error is not None
        field.sending["pump"].lost.set_exception(error)
        await bench.until(lambda: len(failures) > before)

    async def story(bench: Bench) -> None:
        nonlocal full
        for _ in range(3):
            await lose(bench)
        assert failures == [1, 2, 3]
        full = False
        await lose(bench, sdk.NotKept("the disk is full"))
        await lose(bench, sdk.DeviceUnreachable("reset"))
        assert failures == [1, 2, 3, 1, 1]

    play(story, device("pump", group(1)), field=SendingField(), sink=sink, backoff=Noted())


def test_other_groups_are_listened_to_on_the_same_connection() -> None:
    async def story(bench: Bench) -> None:
        field = await connected(bench)
        await field.send("pump", "group-1", {0: 1.0}, time=1_600_000_000_000_000)
        before = field.sending["pump"].mailbox
        await bench.engine.apply(FieldConfig((device("pump", group(1), group(2)),)))
        await bench.until(
            lambda: "pump" in field.sending and "group-2" in field.sending["pump"].groups
        )
        groups = field.sending["pump"].groups
        assert groups["group-1"].since == 1_600_000_000_000_000
        assert groups["group-2"].since == 1_500_000_000_000_000
        with pytest.raises(sdk.NotKept):
            await before.deliver([])
        assert field.lines["pump"].opens == 1

    kept = {2: 1_500_000_000_000_000}
    play(story, device("pump", group(1)), field=SendingField(), kept=kept.get)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"time": 1_700_000_000_000_000, "history": True}, id="part of the history"),
        pytest.param({"time": 4_000_000_000_000_000}, id="a clock that ran away"),
    ],
)
def test_what_was_missed_is_asked_for_whatever_else_is_kept(more: dict[str, Any]) -> None:
    async def story(bench: Bench) -> None:
        field = await connected(bench)
        await field.send("pump", "group-1", {0: 1.0}, time=1_600_000_000_000_000)
        await field.send("pump", "group-1", {0: 2.0}, **more)
        lost = field.sending["pump"]
        lost.lost.set_exception(sdk.DeviceUnreachable("gone"))
        await bench.until(lambda: field.sending.get("pump") not in (None, lost))
        assert field.sending["pump"].groups["group-1"].since == 1_600_000_000_000_000
        assert [float(batch.values[0]) for batch in bench.rows[1][:2]] == [1.0, 2.0]

    play(story, device("pump", group(1)), field=SendingField())


def test_errands_are_done_while_it_is_listened_to() -> None:
    async def story(bench: Bench) -> None:
        field = await connected(bench)
        field.lines["pump"].values[1] = 7.0
        read = await bench.engine.errand("pump", lambda hand: hand.read_tag(101))
        assert (read.value, read.quality) == (7.0, GOOD)
        await bench.engine.errand("pump", lambda hand: hand.write_tag(101, 9.2))
        assert field.lines["pump"].values[1] == 9.0
        found = await bench.engine.errand("pump", lambda hand: hand.browse({"count": 2}))
        assert [one.name for one in found] == ["r0", "r1"]
        await field.send("pump", "group-1", {0: 1.0})
        assert field.lines["pump"].opens == 1

    play(story, device("pump", group(1)), field=SendingField())


def test_a_write_that_nobody_confirms_does_not_end_the_connection() -> None:
    """A broker is there, and what is behind it does not answer."""
    field = SendingField()

    async def unconfirmed(_: object, point: sdk.Point, value: float | str) -> None:
        raise sdk.WriteUnconfirmed("sent, and not heard of again")

    async def story(bench: Bench) -> None:
        await connected(bench)
        with pytest.raises(sdk.WriteUnconfirmed):
            await bench.engine.errand("pump", lambda hand: hand.write_tag(101, 1))
        await field.send("pump", "group-1", {0: 1.0})
        assert field.lines["pump"].opens == 1
        assert bench.qualities(1) == [GOOD]

    with patch.object(field.driver, "write", unconfirmed):
        play(story, device("pump", group(1)), field=field)
