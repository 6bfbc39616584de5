"""What one device does to its own rows and to nobody else's."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from wellhead import sdk
from wellhead_scada.engine import around, connection, engine
from wellhead_scada.engine.errand import Hand
from wellhead_scada.engine.state import Backoff, Status
from wellhead_scada.testing import Bench, MemoryField, Mode, device, group, play

GOOD = sdk.quality.GOOD


def test_values_are_scaled_and_every_scan_leaves_one_row() -> None:
    pump = group(1)
    scaled = replace(pump, tags=(replace(pump.tags[0], scale=0.1, offset=-40), pump.tags[1]))

    async def story(bench: Bench) -> None:
        bench.field.lines["pump"].values.update({0: 650.0, 1: 3.0})
        await bench.until_rows(1, 3)
        row = bench.rows[1][-1]
        assert row.tags.tolist() == [100, 101]
        assert row.values.tolist() == pytest.approx([25.0, 3.0])
        assert row.qualities.tolist() == [GOOD, GOOD]
        assert len(set(row.times.tolist())) == 1
        assert bench.state("pump").status is Status.CONNECTED
        assert bench.counters("pump").scans == len(bench.rows[1])

    play(story, device("pump", scaled))


def test_what_is_no_number_is_a_sensor_failure_and_a_bad_value_is_none() -> None:
    async def story(bench: Bench) -> None:
        line = bench.field.lines["pump"]
        line.values.update({0: float("inf"), 1: 3.0})
        line.qualities[1] = sdk.quality.BAD_OUT_OF_SERVICE
        await bench.until_rows(1, 2)
        row = bench.rows[1][-1]
        assert np.isnan(row.values).all()
        assert row.qualities.tolist() == [
            sdk.quality.BAD_SENSOR_FAILURE,
            sdk.quality.BAD_OUT_OF_SERVICE,
        ]

    play(story, device("pump", group(1)))


def test_a_device_that_is_down_leaves_bad_rows_with_the_code_of_the_failure() -> None:
    async def story(bench: Bench) -> None:
        await bench.until_rows(1, 2)
        bench.field.lines["pump"].mode = Mode.REFUSES
        await bench.until(lambda: bench.state("pump").status is Status.BACKING_OFF)
        state = bench.state("pump")
        assert state.reason == "connection refused"
        await bench.until_rows(1, 3)
        row = bench.rows[1][-1]
        assert np.isnan(row.values).all()
        assert set(row.qualities.tolist()) == {sdk.quality.BAD_NOT_CONNECTED}
        assert bench.state("pump").since == state.since
        bench.field.lines["pump"].mode = Mode.GOOD
        await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)
        await bench.until(lambda: bench.qualities(1)[-1] == GOOD)
        assert bench.counters("pump").missed == 0
        assert bench.field.lines["pump"].most_open == 1
        assert "pump" in bench.changed

    play(story, device("pump", group(1)))


def test_one_failure_is_retried_on_a_new_connection_and_no_row_turns_bad() -> None:
    async def story(bench: Bench) -> None:
        await bench.until_rows(1, 1)
        line = bench.field.lines["pump"]
        line.mode = Mode.HANGS
        await bench.until(lambda: line.open == 1 and line.reads >= 2)
        line.mode = Mode.GOOD
        await bench.until_rows(1, 3)
        assert set(bench.qualities(1)) == {GOOD}
        assert line.opens == 2
        assert line.most_open == 1
        assert bench.counters("pump").failures == 1

    play(story, device("pump", group(1)))


def test_a_scan_whose_predecessor_still_runs_is_counted_not_stacked() -> None:
    async def story(bench: Bench) -> None:
        line = bench.field.lines["pump"]
        line.delay = 0.35
        await bench.until_rows(1, 3)
        assert bench.counters("pump").missed >= 6
        assert line.reads <= 4

    play(story, device("pump", group(1)))


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (Mode.BREAKS, "driver error while reading group 1: KeyError: 'register map'"),
        (Mode.WRONG_SHAPE, "the driver returned (1,) values and (2,) qualities for 2 points"),
        (Mode.CANCELS_ITSELF, "the driver cancelled itself while reading group 1"),
    ],
)
def test_what_a_driver_may_not_do_is_isolated_and_named(mode: Mode, reason: str) -> None:
    field = MemoryField()
    field.lines["bad"].mode = mode

    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.state("bad").status is Status.BACKING_OFF)
        assert reason in str(bench.state("bad").reason)
        await bench.until_rows(1, 2)
        assert bench.qualities(1)[-1] == sdk.quality.BAD_DEVICE_FAILURE
        assert set(bench.qualities(2)) == {GOOD}

    play(story, device("bad", group(1)), device("healthy", group(2)), field=field)


@pytest.mark.alone
def test_a_hanging_device_is_marked_in_time_and_delays_nobody() -> None:
    """R6 in small: timeout × (retries + 1) + 1 s, one connection."""
    field = MemoryField()
    field.lines["hangs"].mode = Mode.HANGS

    async def story(bench: Bench) -> None:
        await bench.until_rows(2, 1)
        start = bench.clock.monotonic()
        await bench.until(lambda: bench.state("hangs").status is Status.BACKING_OFF)
        assert bench.clock.monotonic() - start <= 0.2 * 2 + 1
        assert bench.state("hangs").reason == "no answer within 0.2 s"
        await bench.until_rows(2, 10)
        assert np.diff(bench.at[2]).max() < 0.2
        assert bench.qualities(1)[-1] == sdk.quality.BAD_COMM_FAILURE
        assert field.lines["hangs"].most_open == 1

    play(story, device("hangs", group(1)), device("healthy", group(2)), field=field)


@pytest.mark.parametrize("mode", [Mode.IGNORES_CANCEL, Mode.HANGS])
def test_r7_a_wedged_device_task_is_replaced_and_its_scans_turn_bad(mode: Mode) -> None:
    """R7; the limits are shortened here, their sum is asserted below."""
    field = MemoryField()

    async def story(bench: Bench) -> None:
        await bench.until_rows(1, 1)
        field.lines["pump"].mode = mode
        await bench.until(lambda: bench.state("pump").status is Status.BACKING_OFF)
        assert bench.state("pump").quality != GOOD
        field.lines["pump"].mode = Mode.GOOD
        await bench.until(lambda: bench.qualities(1)[-1] == GOOD)
        assert bench.counters("pump").restarts == (mode is Mode.IGNORES_CANCEL)

    play(story, device("pump", group(1), timeout=0.1), field=field, wedged_s=0.2)


def test_the_limits_on_a_wedged_task_add_up_to_ten_seconds() -> None:
    assert around.WEDGED_S + connection.GRACE_S + engine.WATCH_S <= 10


def test_r7_a_device_task_that_dies_is_replaced() -> None:
    """R7: the death is injected below the isolation, in what takes the rows."""
    deaths = iter([True])

    async def story(bench: Bench) -> None:
        real = bench.engine._around.sink

        def dies_once(batch: sdk.Batch) -> None:
            if batch.qualities[0] == GOOD and next(deaths, False):
                raise MemoryError("injected")
            real(batch)

        object.__setattr__(bench.engine._around, "sink", dies_once)
        await bench.until(lambda: bench.counters("pump").restarts == 1)
        assert "its task died: MemoryError: injected" in str(bench.state("pump").reason)
        await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)
        await bench.until(lambda: bench.qualities(1)[-1] == GOOD)
        assert sdk.quality.BAD_DEVICE_FAILURE in bench.qualities(1)
        assert bench.field.lines["pump"].most_open == 1

    play(story, device("pump", group(1)))


@pytest.mark.alone
def test_stopping_is_bounded_whatever_a_driver_does() -> None:
    field = MemoryField()
    field.lines["a"].mode = Mode.IGNORES_CANCEL

    async def story(bench: Bench) -> None:
        await bench.until(lambda: field.lines["a"].reads == 1)
        start = asyncio.get_running_loop().time()
        await bench.engine.stop()
        assert asyncio.get_running_loop().time() - start < 4
        field.lines["a"].mode = Mode.GOOD
        await bench.engine.start()

    play(story, device("a", group(1)), field=field)


def test_a_test_read_uses_the_one_connection_and_brings_every_group() -> None:
    async def story(bench: Bench) -> None:
        await bench.until_rows(1, 1)
        bench.field.lines["pump"].values.update({0: 5.0, 1: 6.0})
        answer = await bench.engine.errand("pump", Hand.read_all)
        assert [group.config.id for group, _ in answer] == ["group-1", "group-2"]
        assert answer[0][1].values.tolist() == [5.0, 6.0]
        assert bench.field.lines["pump"].most_open == 1

    play(story, device("pump", group(1), group(2, period=60_000)))


def test_a_test_read_of_a_device_that_backs_off_tries_at_once() -> None:
    field = MemoryField()
    field.lines["pump"].mode = Mode.REFUSES

    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.state("pump").status is Status.BACKING_OFF)
        with pytest.raises(sdk.DeviceUnreachable, match="connection refused"):
            await bench.engine.errand("pump", Hand.read_all)
        field.lines["pump"].mode = Mode.GOOD
        answer = await bench.engine.errand("pump", Hand.read_all)
        assert len(answer) == 1
        await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)

    play(story, device("pump", group(1)), field=field, backoff=Backoff(60, 60))


def test_a_disabled_device_is_read_on_request_and_then_let_go() -> None:
    async def story(bench: Bench) -> None:
        assert len(await bench.engine.errand("pump", Hand.read_all)) == 1
        assert bench.field.lines["pump"].open == 0
        assert bench.rows == {}
        assert bench.state("pump").status is Status.DISABLED
        with pytest.raises(sdk.WellheadError, match="no such device"):
            await bench.engine.errand("another", Hand.read_all)

    play(story, device("pump", group(1), enabled=False))
