"""A change touches what changed and nothing else."""

import asyncio
import json
import time
from dataclasses import replace

import numpy as np
import pytest

from wellhead import sdk
from wellhead_scada.dialer import AllowListDialer
from wellhead_scada.engine.config import FieldConfig, changes, retired
from wellhead_scada.engine.state import Status
from wellhead_scada.networks import network
from wellhead_scada.testing import Bench, MemoryField, device, group, play

OUT = sdk.quality.BAD_OUT_OF_SERVICE


@pytest.mark.alone
def test_changed_devices_restart_and_the_others_keep_connection_and_pace() -> None:
    steady = device("steady", group(1))

    async def story(bench: Bench) -> None:
        await bench.until_rows(1, 3)
        await bench.apply(steady, replace(device("pump", group(2)), timeout=0.3), device("new"))
        await bench.until_rows(2, 2)
        await bench.apply(steady)
        await bench.until_rows(1, 5)
        assert bench.field.lines["steady"].opens == 1
        assert bench.field.lines["pump"].opens == 2
        assert bench.field.lines["pump"].open == 0
        assert bench.field.lines["new"].opens == 1
        assert np.diff(bench.at[1]).max() < 0.2
        assert bench.counters("steady").missed == 0
        assert set(bench.engine.health) == {"steady"}

    play(story, steady, device("pump", group(2)))


@pytest.mark.alone
def test_changed_tags_keep_the_connection_and_the_groups_pace() -> None:
    first, second = group(1), group(2)

    async def story(bench: Bench) -> None:
        await bench.until_rows(1, 3)
        more = replace(first, tags=(*first.tags, replace(first.tags[0], tag=150)))
        await bench.apply(device("pump", more, second))
        await bench.until_rows(1, 3)
        assert bench.rows[1][-1].tags.tolist() == [100, 101, 150]
        assert bench.field.lines["pump"].opens == 1
        assert np.diff(bench.at[1]).max() < 0.2
        assert np.diff(bench.at[2]).max() < 0.2
        assert bench.counters("pump").missed == 0

    play(story, device("pump", first, second))


@pytest.mark.alone
def test_a_changed_period_takes_hold() -> None:
    async def story(bench: Bench) -> None:
        await bench.until_rows(1, 2)
        await bench.apply(device("pump", group(1, period=1000)))
        await bench.until_rows(1, 2)
        assert bench.at[1][-1] - bench.at[1][-2] == pytest.approx(1, abs=0.2)
        assert bench.field.lines["pump"].opens == 1

    play(story, device("pump", group(1)))


def test_tags_that_are_no_longer_scanned_end_out_of_service() -> None:
    first, second = group(1), group(2)

    async def story(bench: Bench) -> None:
        await bench.until_rows(1, 1)
        await bench.until_rows(2, 1)
        await bench.apply(device("pump", replace(first, tags=first.tags[:1])))
        assert bench.rows[2][-1].qualities.tolist() == [OUT, OUT]
        assert bench.rows[1][-1].tags.tolist() == [101]
        assert bench.rows[1][-1].qualities.tolist() == [OUT]
        await bench.apply(device("pump", first, enabled=False))
        assert bench.rows[1][-1].qualities.tolist() == [OUT]
        assert bench.state("pump").status is Status.DISABLED
        assert bench.field.lines["pump"].open == 0
        written = len(bench.rows[1])
        await bench.apply(device("pump", first))
        await bench.until_rows(1, 2)
        assert bench.qualities(1)[written:] == [sdk.quality.GOOD] * (len(bench.rows[1]) - written)

    play(story, device("pump", first, second))


def test_a_device_whose_driver_is_missing_says_so_and_marks_its_tags() -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.state("pump").status is Status.BACKING_OFF)
        reason = str(bench.state("pump").reason)
        assert "driver: no driver of this name is installed (found 'memroy')" in reason
        assert 'Did you mean "memory"?' in reason
        await bench.until_rows(1, 1)
        assert bench.qualities(1)[-1] == sdk.quality.BAD_CONFIGURATION
        await bench.until_rows(2, 2)

    play(story, device("pump", group(1), driver="memroy"), device("healthy", group(2)))


@pytest.mark.alone
def test_other_surroundings_leave_devices_alone_whose_driver_stays() -> None:
    async def story(bench: Bench) -> None:
        around = bench.engine._around
        await bench.until_rows(1, 3)
        await bench.until_rows(2, 3)
        gone = replace(around, drivers=bench.field.drivers(), retries=3)
        await bench.engine.surround(gone)
        reason = "no driver of this name is installed (found 'spare')"
        await bench.until(lambda: reason in str(bench.state("pump").reason))
        await bench.until_rows(2, 2)
        assert bench.qualities(2)[-1] == sdk.quality.BAD_CONFIGURATION
        await bench.engine.surround(around)
        await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)
        await bench.until_rows(1, 3)
        assert bench.field.lines["steady"].opens == 1
        assert bench.counters("steady").missed == 0
        assert bench.counters("steady").bad == 0
        assert np.diff(bench.at[1]).max() < 0.2

    field = MemoryField()
    both = field.drivers()
    both.add("spare", field.driver)
    play(
        story,
        device("steady", group(1)),
        device("pump", group(2), driver="spare"),
        field=field,
        drivers=both,
    )


def test_a_network_that_is_no_longer_allowed_ends_the_connection_into_it() -> None:
    async def story(bench: Bench) -> None:
        await bench.until_rows(1, 2)
        await bench.until_rows(2, 2)
        narrow = AllowListDialer([network("192.0.2.1/32")])
        await bench.engine.surround(replace(bench.engine._around, dialer=narrow))
        reason = "192.0.2.2 lies outside the networks that may be connected to"
        await bench.until(lambda: reason in str(bench.state("second").reason))
        await bench.until_rows(1, 2)
        assert bench.field.lines["192.0.2.1"].opens == 1
        assert bench.counters("first").bad == 0

    field = MemoryField()

    class Dialing(field.driver):  # type: ignore[name-defined]
        async def open(self) -> None:
            await self.dialer.resolve(self.device.options["line"], 502)
            await super().open()

    field.driver = Dialing
    play(
        story,
        device("first", group(1), options={"line": "192.0.2.1"}),
        device("second", group(2), options={"line": "192.0.2.2"}),
        field=field,
        dialer=AllowListDialer([network("192.0.2.0/24")]),
    )


def test_a_tag_that_its_driver_refuses_is_bad_alone() -> None:
    first = group(1)
    bad = replace(first.tags[0], address={"registr": 0})

    async def story(bench: Bench) -> None:
        bench.field.lines["pump"].values[1] = 7.0
        await bench.until_rows(1, 2)
        row = bench.rows[1][-1]
        assert row.qualities.tolist() == [sdk.quality.BAD_CONFIGURATION, sdk.quality.GOOD]
        assert row.values[1] == 7.0

    play(story, device("pump", replace(first, tags=(bad, first.tags[1]))))


def test_options_that_the_driver_refuses_are_the_devices_reason() -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.state("pump").status is Status.BACKING_OFF)
        assert "options.lime: unknown key (found 'x'). Did you mean \"line\"?" in str(
            bench.state("pump").reason
        )

    play(story, device("pump", group(1), options={"lime": "x"}))


def test_a_configuration_survives_its_document() -> None:
    config = FieldConfig((device("pump", group(1), group(2, tags=0)), device("off", enabled=False)))
    assert FieldConfig.from_document(json.loads(json.dumps(config.to_document()))) == config


@pytest.mark.parametrize(
    "document", [None, [], {"version": 1}, {"version": 99}, {"version": 1, "devices": [{}]}]
)
def test_what_is_no_configuration_is_refused(document: object) -> None:
    with pytest.raises(sdk.WellheadError, match="kept configuration"):
        FieldConfig.from_document(document)


def test_the_least_is_changed() -> None:
    a, b, c = device("a", group(1)), device("b", group(2)), device("c", group(3))
    old = FieldConfig((a, b, c))
    new = FieldConfig((a, replace(b, groups=(group(2, period=500),)), device("d")))
    todo = changes(old, new)
    assert [[d.name for d in part] for part in (todo.removed, todo.started, todo.regrouped)] == [
        ["c"],
        ["d"],
        ["b"],
    ]
    assert changes(old, old) == changes(FieldConfig(), FieldConfig())


def test_a_tag_that_moves_to_another_group_of_its_device_is_not_retired() -> None:
    one, two = group(1), group(2)
    moved = device(
        "a", replace(one, tags=one.tags[:1]), replace(two, tags=(*two.tags, one.tags[1]))
    )
    assert retired(device("a", one, two), moved) == {}
    assert retired(device("a", one, two), None) == {1: [100, 101], 2: [200, 201]}
    assert retired(device("a", one, enabled=False), None) == {}


@pytest.mark.usefixtures("other_objects_at_rest")
def test_a_device_of_thousands_of_tags_does_not_hold_up_the_others_when_it_comes() -> None:
    steady = device("steady", group(1))
    many = tuple(
        replace(group(2).tags[0], tag=10_000 + number, address={"register": number % 1000})
        for number in range(5000)
    )

    longest = 0.0

    async def watch() -> None:
        """CPU seconds the loop was held in one go; other programs' share does not count."""
        nonlocal longest
        before = time.thread_time()
        while True:
            await asyncio.sleep(0.005)
            longest = max(longest, time.thread_time() - before)
            before = time.thread_time()

    async def story(bench: Bench) -> None:
        await bench.until_rows(1, 3)
        watcher = asyncio.create_task(watch())
        await bench.apply(steady, device("large", group(2, tags=0, period=1000), group(3)))
        await bench.apply(steady, device("large", replace(group(2, period=1000), tags=many)))
        await bench.until_rows(2, 1)
        await bench.until_rows(1, 2)
        watcher.cancel()
        assert len(bench.rows[2][-1]) == 5000
        assert 0 < longest < 0.1

    play(story, steady)
