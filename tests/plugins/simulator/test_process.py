"""The field behind its sockets: what a driver reads is what the model says."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from pymodbus.client import AsyncModbusTcpClient
from structlog.testing import capture_logs

from wellhead import sdk
from wellhead_scada_modbus.server import ModbusServer
from wellhead_simulator.field import Fault
from wellhead_simulator.process import Simulation, hear_faults, keep_time
from wellhead_simulator.protocols import Protocol, protocols
from wellhead_simulator.signals import NUMBERS, SIGNALS

from .helpers import MODBUS, config, connected, free_ports, running

SCALES = np.array([signal.scale for signal in SIGNALS])
OFFSETS = np.array([signal.offset for signal in SIGNALS])
INTEGERS = np.array([signal.datatype in ("int16", "uint16", "uint32") for signal in SIGNALS])


async def read(port: int, well: str, timeout: float = 10.0) -> sdk.RawValues:
    async with connected(port, timeout) as driver:
        return await driver.read(driver.plan(MODBUS.layout(well)))


def test_the_driver_reads_all_forty_values_of_every_well() -> None:
    async def main() -> None:
        async with running(wells=3, base_port=free_ports(3)) as simulation:
            for _ in range(5):
                simulation.advance()
            for name, port in simulation.ports.items():
                found = await read(port, name)
                assert set(found.qualities.tolist()) == {sdk.quality.GOOD}
                model = simulation.field.wells[name].values
                shown = found.values * SCALES + OFFSETS
                resolution = np.where(
                    INTEGERS, 0.5000001 * SCALES, np.abs(model) * np.finfo(np.float32).eps
                )
                assert (np.abs(shown - model) <= resolution).all()

    asyncio.run(main())


def test_a_device_shows_the_model_while_the_next_one_starts() -> None:
    """One whose registers are still empty would read as a well without pressure."""
    found: list[sdk.RawValues] = []

    class Slow(ModbusServer):
        async def start(self, host: str, port: int, points: Sequence[sdk.Point]) -> int:
            found.append(await read(simulation.ports["W01"], "W01"))
            return await super().start(host, port, points)

    slow = Protocol("modbus", "Modbus TCP", Slow)
    simulation = Simulation(config(wells=2, base_port=free_ports(2)), [MODBUS, slow])

    async def main() -> None:
        try:
            await simulation.start()
        finally:
            await simulation.stop()

    asyncio.run(main())
    [first] = found
    model = simulation.field.wells["W01"].values
    assert first.values * SCALES + OFFSETS == pytest.approx(model, rel=1e-6, abs=0.51)
    assert np.count_nonzero(first.values) > len(first.values) / 2


def test_the_model_obeys_what_a_client_writes() -> None:
    async def main() -> None:
        async with running(wells=1, base_port=free_ports(1)) as simulation:
            (port,) = simulation.ports.values()
            before = await read(port, "W01")
            client = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=10, reconnect_delay=0)
            assert await client.connect()
            place = MODBUS.layout("W01")[NUMBERS["CHOKE_SP"]].address["address"]
            await client.write_register(place, 2500)
            client.close()
            for _ in range(30):
                simulation.advance()
            after = await read(port, "W01")
        assert after.values[NUMBERS["CHOKE_SP"]] == 2500
        assert after.values[NUMBERS["CHOKE_POS"]] == 2500
        assert after.values[NUMBERS["LIQ_RATE"]] < before.values[NUMBERS["LIQ_RATE"]] - 1
        assert after.values[NUMBERS["WHP"]] > before.values[NUMBERS["WHP"]] + 1

    asyncio.run(main())


def test_faults_come_as_events_and_bad_ones_are_logged() -> None:
    def said(well: str, fault: str, active: bool = True) -> sdk.Event:
        data = {"well": well, "fault": fault, "active": active, "signal": None}
        return sdk.Event("simulator.fault", "default", data)

    async def events() -> AsyncIterator[sdk.Event]:
        yield sdk.Event(sdk.RECONNECTED)
        yield said("W01", "comms_loss")
        yield said("W02", "pump_trip")
        yield said("W99", "pump_trip")
        yield sdk.Event("simulator.fault", "default", {"well": 7})

    async def main() -> None:
        async with running(wells=2, base_port=free_ports(2)) as simulation:
            with capture_logs() as lines:
                await hear_faults(simulation, events())
            assert [line["log_level"] for line in lines] == ["info", "info", "error", "error"]
            ports = simulation.ports
            with pytest.raises(sdk.DeviceTimeout):
                await read(ports["W01"], "W01", timeout=0.3)
            for _ in range(30):
                simulation.advance()
            assert (await read(ports["W02"], "W02")).values[NUMBERS["TRIP"]] == 1
            await simulation.switch(Fault("W01", "comms_loss", False))
            assert (await read(ports["W01"], "W01")).values[NUMBERS["TRIP"]] == 0

    asyncio.run(main())


@pytest.mark.alone
def test_time_is_kept_without_drift_and_ends_at_once() -> None:
    async def main() -> None:
        async with running(wells=1, base_port=free_ports(1), step_s=0.1) as simulation:
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()
            steps: list[float] = []
            advance = simulation.advance

            def count() -> None:
                advance()
                steps.append(loop.time())
                if len(steps) == 10:
                    stop.set()

            simulation.advance = count  # type: ignore[method-assign]
            begun = loop.time()
            await asyncio.wait_for(keep_time(simulation, stop), 30)
            late = np.array(steps) - begun - 0.1 * np.arange(1, 11)
            assert (late > -0.001).all()
            assert late[-1] < late.min() + 0.1

    asyncio.run(main())


def test_a_recording_is_shown_through_the_registers(tmp_path: Path) -> None:
    path = tmp_path / "recorded.csv"
    path.write_text("time,W01.WHP,W01.WHT\n0,11.5,40\n2,12.5,-3.2\n", encoding="utf-8")

    async def main() -> None:
        async with running(
            wells=1, base_port=free_ports(1), replay=str(path), replay_loop=False
        ) as simulation:
            shown = []
            for _ in range(4):
                found = await read(simulation.ports["W01"], "W01")
                shown.append([found.values[NUMBERS["WHP"]], found.values[NUMBERS["WHT"]]])
                simulation.advance()
        assert shown == [[11.5, 400], [11.5, 400], [12.5, -32], [12.5, -32]]

    asyncio.run(main())


def test_a_port_that_is_taken_is_named() -> None:
    async def main() -> None:
        async with running(wells=1, base_port=free_ports(1)) as first:
            (port,) = first.ports.values()
            second = Simulation(config(wells=1, base_port=port), [MODBUS])
            with pytest.raises(sdk.ConfigError, match="base_port") as refused:
                await second.start()
            assert refused.value.value == port
            await second.stop()

    asyncio.run(main())


class Plugins:
    """One that speaks Modbus, and one whose server lacks what it imports."""

    def ask(self, hook: str) -> list[tuple[str, list[sdk.Lazy]]]:
        assert hook == "device_servers"
        modbus = sdk.Lazy("modbus", "Modbus TCP", "wellhead_scada_modbus.server:ModbusServer")
        return [("a", [modbus]), ("b", [sdk.Lazy("wireless", "Wireless", "no_radio:Server")])]


def test_a_protocol_that_cannot_be_spoken_is_left_out_and_said() -> None:
    said: dict[str, str] = {}
    found = protocols(Plugins(), ["wireless", "modbus", "pigeon"], said.__setitem__)

    assert found == [MODBUS]
    assert "No module named 'no_radio'" in said["wireless"]
    assert "wellhead plugins" in said["pigeon"]


def test_a_field_without_any_protocol_is_refused() -> None:
    with pytest.raises(sdk.ConfigError, match="modbuss") as refused:
        protocols(Plugins(), ["modbuss"], lambda driver, reason: None)
    assert 'Did you mean "modbus"?' in str(refused.value.remedy)


def test_wells_speak_the_protocols_by_turns() -> None:
    class Other(ModbusServer):
        pass

    other = Protocol("other", "Other", Other)
    simulation = Simulation(config(wells=3), [MODBUS, other])

    assert [type(server) for server in simulation._servers.values()] == [
        ModbusServer, Other, ModbusServer,
    ]  # fmt: skip
    assert other.device("W02") == "W02 RTU (Other)"
