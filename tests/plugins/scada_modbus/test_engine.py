"""The scan engine with this driver: units that share a line."""

import pytest

from wellhead import sdk
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.config import DeviceConfig, GroupConfig, TagConfig
from wellhead_scada.testing.bench import Bench, play
from wellhead_scada_modbus.driver import ModbusDriver

from .helpers import LoopbackDialer
from .rtu import Bus, holding, on_a_serial_port

ROWS = 5


def drivers() -> Drivers:
    registry = Drivers({})
    registry.add("modbus", ModbusDriver)
    return registry


def unit(number: int, path: str) -> DeviceConfig:
    """A unit with one tag, source and tag of that number; register 7, in tenths."""
    tag = TagConfig(number, f"t{number}", "uint16", {"table": "holding", "address": 7}, scale=0.1)
    group = GroupConfig(f"group-{number}", "g", 100, number, (tag,))
    options = {"framing": "rtu", "serial_port": path, "unit": number}
    return DeviceConfig(f"unit-{number}", f"unit-{number}", "modbus", options, 0.15, True, (group,))


@pytest.mark.alone
def test_one_silent_unit_of_five_leaves_the_others_good() -> None:
    bus = Bus({number: holding(1000 * number) for number in (1, 2, 4, 5)})

    async def story(bench: Bench) -> None:
        with on_a_serial_port(bus) as path:
            await bench.apply(*(unit(number, path) for number in range(1, 6)))
            for number in (1, 2, 4, 5):
                await bench.until_rows(number, ROWS, timeout=20)
            await bench.until(lambda: sdk.quality.BAD_COMM_FAILURE in bench.qualities(3))
            await bench.apply()
        for number in (1, 2, 4, 5):
            rows = bench.rows[number][:-1]  # the last one says that it is scanned no more
            assert {int(row.qualities[0]) for row in rows} == {sdk.quality.GOOD}
            assert {float(row.values[0]) for row in rows} == {(1000 * number + 7) * 0.1}
        assert sdk.quality.GOOD not in bench.qualities(3)
        assert bus.broken == 0

    play(story, drivers=drivers(), dialer=LoopbackDialer())
