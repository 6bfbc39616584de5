"""Serial lines: RTU over a pseudo-terminal and through a converter, shared by several units."""

import asyncio
import ctypes
import os
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from wellhead import sdk
from wellhead_scada_modbus import line as lines_module
from wellhead_scada_modbus import lines
from wellhead_scada_modbus.driver import ModbusDriver
from wellhead_scada_modbus.patience import Patience

from .helpers import LoopbackDialer, device, options, point
from .rtu import Bus, behind_a_converter, behind_a_gateway, checksum, holding, on_a_serial_port

POINTS = [point("uint16", "holding", 0), point("uint16", "holding", 7)]
TIMEOUT = 0.2


def five(silent: int | None = None) -> Bus:
    """Units 1 to 5, one of them silent; register n of unit u holds 1000 u + n."""
    return Bus({unit: holding(1000 * unit) for unit in range(1, 6) if unit != silent})


@asynccontextmanager
async def way(kind: str, bus: Bus) -> AsyncIterator[dict[str, Any]]:
    """The options that lead to the bus."""
    if kind == "rtu":
        with on_a_serial_port(bus) as path:
            # a pseudo-terminal keeps no parity, and refuses one when it is opened again
            yield {
                "framing": "rtu",
                "serial_port": path,
                "baudrate": 115200,
                "parity": "none",
            }
    elif kind == "rtu_over_tcp":
        async with device(behind_a_converter(bus)) as port:
            yield {"framing": "rtu_over_tcp", "port": port}
    else:
        connections: list[Any] = []
        async with device(behind_a_gateway(bus, connections)) as port:
            yield {"framing": "tcp", "shared": True, "port": port}
            assert len(connections) == 1


def unit(number: int, given: dict[str, Any], timeout: float = TIMEOUT) -> ModbusDriver:
    spec = sdk.DeviceSpec(f"d{number}", f"unit {number}", options(unit=number, **given), timeout)
    return ModbusDriver(spec, LoopbackDialer())


@asynccontextmanager
async def opened(*drivers: ModbusDriver) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for driver in drivers:
            stack.push_async_callback(driver.close)
            await driver.open()
        yield


def held() -> list[str]:
    """The lines that are open or being opened."""
    return [name for (_, name), shared in lines._shared.items() if shared.users or shared.line]


KINDS = pytest.mark.parametrize("kind", ["rtu", "rtu_over_tcp", "tcp"])


@KINDS
def test_units_of_one_line_are_read_at_once_and_never_run_into_each_other(kind: str) -> None:
    async def main() -> None:
        bus = five()
        async with way(kind, bus) as given:
            drivers = [unit(number, given, 10.0) for number in range(1, 6)]
            async with opened(*drivers):
                for _ in range(3):
                    found = await asyncio.gather(*(d.read(d.plan(POINTS)) for d in drivers))
                    for number, one in enumerate(found, 1):
                        assert one.values.tolist() == [1000 * number, 1000 * number + 7]
        assert bus.broken == 0
        assert len(bus.asked) == 30
        assert not held()

    asyncio.run(main())


@KINDS
def test_a_silent_unit_of_five_stops_none_of_the_others(kind: str) -> None:
    async def scan(driver: ModbusDriver, times: int) -> list[str]:
        """As the engine does: a new instance after every failure."""
        ends = []
        for _ in range(times):
            try:
                found = await driver.read(driver.plan(POINTS))
                ends.append(f"{found.values[1]:g}")
            except sdk.DeviceTimeout as error:
                ends.append(error.message.split(" within")[0])
                await driver.close()
                driver = ModbusDriver(driver.device, driver.dialer)
                await driver.open()
        await driver.close()
        return ends

    async def main() -> None:
        bus = five(silent=3)
        async with way(kind, bus) as given:
            drivers = [unit(n, given, TIMEOUT if n == 3 else 10.0) for n in range(1, 6)]
            for driver in drivers:
                await driver.open()
            ends = await asyncio.gather(
                *(scan(d, 2 if d.device.name == "unit 3" else 10) for d in drivers)
            )
        assert ends[2] == ["no answer"] * 2
        for number in (1, 2, 4, 5):
            assert ends[number - 1] == [str(1000 * number + 7)] * 10
        assert bus.asked.count(3) == 2
        assert bus.broken == 0

    asyncio.run(main())


def swallow(connection: Any) -> None:
    """From now on nothing that comes to this socket arrives, or is acknowledged."""
    drop = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # BPF: return 0 bytes
    attach_filter = 26
    program = struct.pack("HP", 1, ctypes.addressof(drop))
    connection.setsockopt(socket.SOL_SOCKET, attach_filter, program)


def test_a_connection_that_leads_nowhere_is_made_anew_while_devices_hold_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "_DEAD_MS", 300)
    gateway = behind_a_gateway(five(), [])
    ends: list[Any] = []

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends.append(writer.get_extra_info("socket"))
        await gateway(reader, writer)

    async def main() -> None:
        async with device(peer) as port:
            given = {"framing": "tcp", "shared": True, "port": port}
            one, two = unit(1, given, 10.0), unit(2, given, 10.0)
            async with opened(one, two):
                await one.read(one.plan(POINTS))
                swallow(ends[0])
                with pytest.raises(sdk.DeviceUnreachable):
                    await one.read(one.plan(POINTS))
                await one.close()
                await one.open()  # the other one still holds the dead connection
                found = await one.read(one.plan(POINTS))
                assert found.values.tolist() == [1000, 1007]
                assert len(ends) == 2

    asyncio.run(main())


@KINDS
def test_a_refused_address_and_an_unknown_function_are_told(kind: str) -> None:
    async def main() -> None:
        async with way(kind, five()) as given:
            driver = unit(1, given, 10.0)
            async with opened(driver):
                wanted = [point("uint16", "holding", 99), point("uint16", "holding", 100)]
                found = await driver.read(driver.plan(wanted))
                assert found.values[0] == 1099
                assert found.qualities.tolist() == [192, sdk.quality.BAD_CONFIGURATION]
                found = await driver.read(driver.plan([point("bool", "coil", 1)]))
                assert found.qualities.tolist() == [sdk.quality.BAD_CONFIGURATION]

    asyncio.run(main())


def test_a_late_answer_is_not_taken_for_the_next_one() -> None:
    """The answers of a unit are all alike: a line without numbers tells them by nothing."""

    async def main() -> None:
        late = asyncio.Event()
        values = iter((b"\x00\x01", b"\x00\x02"))

        async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while request := await reader.readexactly(8):
                if request[0] == 1:
                    await asyncio.sleep(0 if late.is_set() else 1.5 * TIMEOUT)
                    late.set()
                    answer = b"\x01\x03\x02" + next(values)
                else:
                    answer = b"\x02\x03\x02\x00\x63"
                writer.write(answer + checksum(answer))

        async with device(peer) as port:
            given = {"framing": "rtu_over_tcp", "port": port}
            slow, other = unit(1, given), unit(2, given, 10.0)
            async with opened(slow, other):
                with pytest.raises(sdk.DeviceTimeout):
                    await slow.read(slow.plan(POINTS[:1]))
                slow.device = replace(slow.device, timeout=10.0)
                found, its = await asyncio.gather(
                    slow.read(slow.plan(POINTS[:1])), other.read(other.plan(POINTS[:1]))
                )
        assert found.values.tolist() == [2]
        assert its.values.tolist() == [0x63]

    asyncio.run(main())


def test_a_line_without_time_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "BUSY_S", 0.05)

    async def main() -> None:
        async with way("rtu", five(silent=1)) as given:
            slow, other = unit(1, given, 0.5), unit(2, given, 0.5)
            async with opened(slow, other):
                reading = asyncio.create_task(slow.read(slow.plan(POINTS)))
                await asyncio.sleep(0)
                with pytest.raises(sdk.DeviceTimeout, match="the line had no time"):
                    await other.read(other.plan(POINTS))
                with pytest.raises(sdk.WriteRefused, match="the line had no time"):
                    await other.write(POINTS[0], 1)
                with pytest.raises(sdk.DeviceTimeout, match="no answer within"):
                    await reading

    asyncio.run(main())


async def read_until_it_fails(driver: ModbusDriver) -> None:
    while True:
        await driver.read(driver.plan(POINTS))


def test_a_line_that_breaks_is_opened_again_by_whoever_comes_next() -> None:
    async def main() -> None:
        bus = five()
        connections = []

        async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connections.append(writer)
            await behind_a_converter(bus)(reader, writer)

        async with device(peer) as port:
            given = {"framing": "rtu_over_tcp", "port": port}
            first, second = unit(1, given, 10.0), unit(2, given, 10.0)
            async with opened(first, second):
                await first.read(first.plan(POINTS))
                assert len(connections) == 1
                connections[0].transport.abort()
                for driver in (first, second):
                    with pytest.raises(sdk.DeviceUnreachable):
                        await read_until_it_fails(driver)
                    await driver.close()
                    await driver.open()
                    await driver.read(driver.plan(POINTS))
                assert len(connections) == 2
        assert not held()

    asyncio.run(main())


def test_a_port_that_goes_away_is_unreachable() -> None:
    async def main() -> None:
        master, slave = os.openpty()
        path = os.ttyname(slave)
        driver = unit(1, {"framing": "rtu", "serial_port": path}, 10.0)
        async with opened(driver):
            os.close(slave)
            reading = asyncio.create_task(driver.read(driver.plan(POINTS)))
            await asyncio.sleep(0)
            os.close(master)
            with pytest.raises(sdk.DeviceUnreachable):
                await asyncio.wait_for(reading, 10)

    asyncio.run(main())


def test_a_port_that_is_none_is_unreachable_and_named() -> None:
    async def main() -> None:
        for path, words in (("/dev/ttyNONE7", "No such file"), ("/dev/null", "is no serial port")):
            driver = unit(1, {"framing": "rtu", "serial_port": path})
            with pytest.raises(sdk.DeviceUnreachable, match=words) as refused:
                await driver.open()
            assert refused.value.field == "options.serial_port"
            assert refused.value.value == path
            await driver.close()
        assert not held()

    asyncio.run(main())


def test_two_devices_that_want_different_settings_of_a_port_are_told() -> None:
    async def main() -> None:
        async with way("rtu", five()) as given:
            first = unit(1, given, 10.0)
            async with opened(first):
                link = "/dev/../" + given["serial_port"].removeprefix("/")  # the same port
                other = unit(2, {**given, "serial_port": link, "baudrate": 9600})
                with pytest.raises(sdk.DeviceError, match="115200 none 1") as refused:
                    await other.open()
                assert refused.value.quality == sdk.quality.BAD_CONFIGURATION
                await other.close()
                found = await first.read(first.plan(POINTS))
                assert found.values.tolist() == [1000, 1007]

    asyncio.run(main())


def test_a_silence_that_a_unit_wants_is_kept() -> None:
    async def main() -> None:
        begun = []

        def noted(pdu: bytes) -> bytes | None:
            begun.append(asyncio.get_running_loop().time())
            return holding(0)(pdu)

        async with way("rtu", Bus({1: noted})) as given:
            driver = unit(1, {**given, "pause_ms": 60}, 10.0)
            async with opened(driver):
                await driver.read(driver.plan(POINTS))
        assert begun[1] - begun[0] >= 0.06

    asyncio.run(main())


@pytest.mark.alone
def test_a_silent_unit_with_a_long_time_out_holds_the_line_for_it_once() -> None:
    async def main() -> list[float]:
        async with way("tcp", five(silent=3)) as given:
            silent, other = unit(3, given, 0.8), unit(4, given, 10.0)
            loop = asyncio.get_running_loop()
            held: list[float] = []
            async with opened(silent, other):
                await other.read(other.plan(POINTS))
                for _ in range(2):
                    begun = loop.time()
                    reads = silent.read(silent.plan(POINTS)), other.read(other.plan(POINTS))
                    lost, kept = await asyncio.gather(*reads, return_exceptions=True)
                    held.append(loop.time() - begun)
                    assert isinstance(lost, sdk.DeviceTimeout)
                    assert "within 0.8 s" in str(lost), "one reason, whatever it is given now"
                    assert isinstance(kept, sdk.RawValues)
            return held

    first, second = asyncio.run(main())
    assert first > 0.7
    assert second < 0.7


def test_a_silent_unit_has_its_whole_time_once_a_minute_and_alone_always() -> None:
    patience = Patience()
    patience.stayed_silent(3, 100.0)
    assert patience.seconds(3, 2.0, 101.0) == 2.0, "nobody else answers"
    patience.answered(4, 0.01)
    assert patience.seconds(3, 2.0, 101.0) == 0.25
    patience.answered(5, 0.2)
    given = []
    for now in (102.0, 104.0, 159.0, 160.0, 161.0, 219.0, 220.0):
        given.append(patience.seconds(3, 2.0, now))
        patience.stayed_silent(3, now)
    assert given == [0.8, 0.8, 0.8, 2.0, 0.8, 0.8, 2.0]
    patience.answered(3, 1.0)
    assert patience.seconds(3, 2.0, 221.0) == 2.0
    assert patience.seconds(4, 2.0, 221.0) == 2.0
