"""Report by exception beside a running engine: what its devices' rows become."""

import asyncio
from concurrent.futures import Future
from dataclasses import replace

import numpy as np

from wellhead import sdk
from wellhead_scada.engine.config import FieldConfig, GroupConfig
from wellhead_scada.engine.state import Status
from wellhead_scada.gateway.keeping import Keeping
from wellhead_scada.testing.bench import Bench, device, group, play
from wellhead_scada.testing.field import MemoryField, Mode
from wellhead_scada.testing.sender import SendingField


class Disk:
    """Where a gateway's spool would be."""

    def __init__(self) -> None:
        self.batches: list[sdk.Batch] = []
        self.keeping = Keeping(self.append)

    def append(self, batch: sdk.Batch) -> "Future[int]":
        self.batches.append(batch)
        done: Future[int] = Future()
        done.set_result(len(self.batches))
        return done

    def readings(self, tag: int) -> list[tuple[int, int]]:
        """(time, quality) of what is kept of a tag, in order."""
        found: list[tuple[int, int]] = []
        for batch in self.batches:
            mine = batch.take(batch.tags == tag)
            found += zip(mine.times.tolist(), mine.qualities.tolist(), strict=True)
        return found


def ruled(rule: dict[str, float]) -> GroupConfig:
    """Tag 100 with the rule, tag 101 with none."""
    made = group(1)
    return replace(made, tags=(replace(made.tags[0], exception=rule), made.tags[1]))


def test_what_is_held_is_stored_when_the_device_turns_bad_and_at_the_end() -> None:
    field, disk = MemoryField(), Disk()
    scanned = device("pump", ruled({"deadband": 5.0}))
    disk.keeping.configure(FieldConfig((scanned,)))

    async def story(bench: Bench) -> None:
        await bench.until(lambda: len(disk.readings(101)) >= 4)
        assert len(disk.readings(100)) == 1
        field.lines["pump"].mode = Mode.REFUSES
        await bench.until(lambda: bench.state("pump").status is Status.BACKING_OFF)
        await bench.until(lambda: len(disk.readings(100)) == 3)
        first, last, bad = disk.readings(100)
        every = disk.readings(101)
        assert first == every[0]
        goods = [reading for reading in every if reading[1] == sdk.quality.GOOD]
        assert last == goods[-1]
        assert bad == every[len(goods)]
        field.lines["pump"].mode = Mode.GOOD
        await bench.until(lambda: disk.readings(101)[-1][1] == sdk.quality.GOOD)
        back = len(disk.readings(101))
        await bench.until(lambda: len(disk.readings(101)) > back)

    play(
        story,
        scanned,
        field=field,
        sink=disk.keeping.scanned,
        delivered=disk.keeping.delivered,
    )
    disk.keeping.release()
    assert disk.readings(100)[-1] == disk.readings(101)[-1]


def test_r1_a_delivery_is_acknowledged_when_what_it_brought_is_kept_or_says_nothing_new() -> None:
    disk, field = Disk(), SendingField()
    sends = device("pump", ruled({"deadband": 5.0}))
    disk.keeping.configure(FieldConfig((sends,)))

    async def story(bench: Bench) -> None:
        await bench.until(lambda: "pump" in field.sending)
        await bench.until(lambda: bench.state("pump").status is Status.CONNECTED)
        for value in (1.0, 2.0, 3.0, 9.0):
            async with asyncio.timeout(10):
                await field.send("pump", "group-1", {0: value})
        kept = [batch.values.tolist() for batch in disk.batches]
        assert kept == [[1.0], [9.0]]  # no reading before the step: it was acknowledged
        disk.keeping.release()
        assert len(disk.batches) == 2

    play(
        story,
        sends,
        field=field,
        sink=disk.keeping.scanned,
        delivered=disk.keeping.delivered,
    )


def test_r4_what_a_full_spool_refused_is_nothing_to_compare_the_next_readings_with() -> None:
    """Else a value that changed meanwhile and is steady since would be missing for minutes."""
    full = False
    kept: list[tuple[int, float]] = []

    def append(batch: sdk.Batch) -> "Future[int]":
        done: Future[int] = Future()
        if full:
            done.set_exception(sdk.WellheadError("the spool is full"))
        else:
            mine = batch.tags == 100
            kept.extend(zip(batch.times[mine].tolist(), batch.values[mine].tolist(), strict=True))
            done.set_result(1)
        return done

    keeping = Keeping(append)
    keeping.configure(FieldConfig((device("pump", ruled({"deadband": 5.0})),)))

    def scan(second: int, value: float) -> None:
        tags, values = np.array([100, 101], np.int32), np.array([value, second])
        good = np.full(2, sdk.quality.GOOD, np.int16)
        keeping.scanned(sdk.Batch.scan(1, second * 1_000_000, tags, values, good))

    scan(1, 10.0)
    scan(2, 11.0)
    full = True
    scan(3, 50.0)
    scan(4, 51.0)
    full = False
    for second in (5, 6, 7):
        scan(second, 51.0)
    assert kept == [(1_000_000, 10.0), (5_000_000, 51.0)]
