"""What is asked of a device between its scans: done once, on its connection, and told truly."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from wellhead import sdk
from wellhead_scada.engine.errand import Hand
from wellhead_scada.engine.state import Status
from wellhead_scada.gateway.answers import read_device
from wellhead_scada.testing import Bench, MemoryField, Mode, SendingField, device, group, play
from wellhead_scada.testing.field import MemoryDriver


def test_a_write_is_unscaled_and_a_whole_number_rounded() -> None:
    one = group(1, tags=1)
    scaled = replace(one, tags=(replace(one.tags[0], scale=0.01, offset=-5),))

    async def story(bench: Bench) -> None:
        await bench.engine.errand("pump", lambda hand: hand.write_tag(100, 12.344))
        assert bench.field.lines["pump"].values[0] == 1734
        read = await bench.engine.errand("pump", lambda hand: hand.read_tag(100))
        assert read.value == pytest.approx(12.34)
        assert read.raw == 1734

    play(story, device("pump", scaled), field=SendingField())


@pytest.mark.parametrize("datatype", ["int16", "float32"])
def test_a_value_too_large_to_be_unscaled_is_refused(datatype: str) -> None:
    one = group(1, tags=1)
    scaled = replace(one, tags=(replace(one.tags[0], datatype=datatype, scale=0.01),))

    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)
        with pytest.raises(sdk.WriteRefused, match="too large"):
            async with asyncio.timeout(10):
                await bench.engine.errand("pump", lambda hand: hand.write_tag(100, 1.7e308))
        assert bench.state("pump").status is Status.CONNECTED

    play(story, device("pump", scaled), field=SendingField())


def test_s14_a_driver_that_has_not_sent_when_the_time_has_passed_sends_no_more() -> None:
    """Drivers wait before they send: for the line, for the register that they change a bit of."""
    field = SendingField()
    reached = asyncio.Event()
    go_on = asyncio.Event()
    sent: list[float | str] = []

    async def write(self: object, point: sdk.Point, value: float | str) -> None:
        reached.set()
        await go_on.wait()
        sent.append(value)

    field.driver.write = write  # type: ignore[attr-defined]

    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)
        with pytest.raises(sdk.DeviceError, match="its time had passed") as caught:
            async with asyncio.timeout(10):
                await bench.engine.errand("pump", lambda hand: hand.write_tag(100, 1, 0.05))
        assert not isinstance(caught.value, sdk.WriteRefused)
        assert reached.is_set()
        go_on.set()
        await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)
        assert sent == []

    play(story, device("pump", group(1)), field=field)


def test_a_refused_write_leaves_the_device_connected() -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)
        bench.field.lines["pump"].mode = Mode.REFUSES
        with pytest.raises(sdk.WriteRefused, match="the device says no"):
            await bench.engine.errand("pump", lambda hand: hand.write_tag(100, 1))
        assert bench.state("pump").status is Status.CONNECTED

    play(story, device("pump", group(1)), field=SendingField())


def test_a_write_without_an_answer_is_no_refusal_and_is_not_repeated() -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)
        bench.field.lines["pump"].mode = Mode.HANGS
        with pytest.raises(sdk.DeviceTimeout) as caught:
            await bench.engine.errand("pump", lambda hand: hand.write_tag(100, 1))
        assert not isinstance(caught.value, sdk.WriteRefused)
        await bench.until(lambda: bench.state("pump").failures >= 1)
        assert bench.field.lines["pump"].values[0] == 0

    play(story, device("pump", group(1)), field=SendingField())


def test_a_driver_that_cannot_write_or_browse_says_so() -> None:
    async def story(bench: Bench) -> None:
        with pytest.raises(sdk.WriteRefused, match="this driver cannot write"):
            await bench.engine.errand("pump", lambda hand: hand.write_tag(100, 1))
        with pytest.raises(sdk.WellheadError, match="cannot tell what a device has"):
            await bench.engine.errand("pump", lambda hand: hand.browse({}))
        with pytest.raises(sdk.WriteRefused, match="reads no such tag"):
            await bench.engine.errand("pump", lambda hand: hand.write_tag(999, 1))
        await bench.until_rows(1, 1)
        assert bench.state("pump").status is Status.CONNECTED

    play(story, device("pump", group(1)))


def test_what_to_browse_is_checked_with_the_drivers_schema() -> None:
    async def story(bench: Bench) -> None:
        with pytest.raises(sdk.WellheadError) as caught:
            await bench.engine.errand("pump", lambda hand: hand.browse({"cuont": 3}))
        assert caught.value.field == "arguments.cuont"
        assert "count" in str(caught.value.remedy)

    play(story, device("pump", group(1)), field=SendingField())


def test_scans_go_on_between_the_steps_of_an_errand() -> None:
    field = MemoryField()

    async def story(bench: Bench) -> None:
        async def slow(hand: Hand) -> None:
            for _ in range(4):
                await asyncio.sleep(0.12)
                await hand.scan_what_waits()

        await bench.until_rows(1, 1)
        before = len(bench.rows[1])
        await bench.engine.errand("pump", slow)
        assert len(bench.rows[1]) >= before + 3

    play(story, device("pump", group(1)), field=field)


def test_an_errand_that_breaks_tells_its_asker_and_leaves_the_device_alone() -> None:
    async def story(bench: Bench) -> None:
        async def broken(hand: Hand) -> None:
            await hand.read_tag(100)
            raise LookupError("no such well")

        await bench.until_rows(1, 1)
        with pytest.raises(LookupError, match="no such well"):
            await asyncio.wait_for(bench.engine.errand("pump", broken), 10)
        await bench.until_rows(1, len(bench.rows[1]) + 1)
        assert bench.field.lines["pump"].opens == 1
        assert bench.counters("pump").restarts == 0

    play(story, device("pump", group(1)))


def test_r7_an_errand_at_a_wedged_driver_is_answered() -> None:
    """R7: the driver ignores that it was cancelled, so its task never tells."""

    async def story(bench: Bench) -> None:
        await bench.until_rows(1, 1)

        async def read(hand: Hand) -> None:
            bench.field.lines["pump"].mode = Mode.IGNORES_CANCEL
            await hand.read_tag(100)

        try:
            with pytest.raises(sdk.DeviceError, match="ignores that it was cancelled"):
                await asyncio.wait_for(bench.engine.errand("pump", read), 10)
        finally:
            bench.field.lines["pump"].mode = Mode.GOOD
        await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)
        await bench.until(lambda: bench.field.lines["pump"].open == 1)

    play(story, device("pump", group(1), timeout=0.1), wedged_s=0.2)


def test_a_device_that_is_switched_off_is_written_to_on_a_connection_of_its_own() -> None:
    field = SendingField()

    async def story(bench: Bench) -> None:
        await bench.engine.errand("pump", lambda hand: hand.write_tag(100, 3))
        assert field.lines["pump"].values[0] == 3
        assert field.lines["pump"].open == 0

    play(story, device("pump", group(1), enabled=False), field=field)


class Talking(MemoryDriver):
    """Its second register says something."""

    datatypes = frozenset({"int16", "string"})

    async def read(self, plan: tuple[int, ...]) -> sdk.RawValues:
        raw = await super().read(plan)
        raw.values[1] = np.nan
        return replace(raw, texts={1: "Running"})


def test_a_test_read_shows_what_a_text_says() -> None:
    field = MemoryField()
    field.driver = type("TalkingField", (Talking,), {"lines": field.lines})
    one = group(1)
    texts = replace(one, tags=(one.tags[0], replace(one.tags[1], datatype="string")))

    async def story(bench: Bench) -> None:
        number, text = (await read_device(bench.engine, "pump"))["values"]
        assert (number["raw"], number["value"]) == (0.0, 0.0)
        assert (text["raw"], text["value"], text["quality"]) == (None, "Running", 192)

    play(story, device("pump", texts), field=field)
