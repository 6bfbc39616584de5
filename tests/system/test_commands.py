"""Commands through a whole gateway to a real server of each protocol, and back."""

import asyncio
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import pytest

from wellhead import sdk
from wellhead.testing import ApiClient, wait_until
from wellhead_scada.testing.process import GatewayChild, running

pytestmark = [pytest.mark.system]

SERVERS = {
    "modbus": "wellhead_scada_modbus.server:ModbusServer",
    "mqtt": "wellhead_scada_mqtt.server:MqttServer",
    "sparkplug": "wellhead_scada_mqtt.sparkplug.server:SparkplugServer",
    "opcua": "wellhead_scada_opcua.server:OpcUaServer",
}
SCADA = "/api/v1/scada"


class Valves:
    """A device of each protocol that does as it is commanded; commanded: (driver, value), in
    order."""

    def __init__(self) -> None:
        self.devices: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        self.servers: dict[str, sdk.DeviceServer] = {}
        self.commanded: list[tuple[str, float]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.call(self._start())
        self._obeying = asyncio.run_coroutine_threadsafe(self._obey(), self._loop)

    def call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def end(self) -> None:
        self._obeying.cancel()
        for server in self.servers.values():
            self.call(server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _start(self) -> None:
        for driver, target in SERVERS.items():
            module, _, name = target.partition(":")
            made: type[sdk.DeviceServer] = getattr(import_module(module), name)
            server = self.servers[driver] = made()
            [point] = made.layout([(1, "W01.CHOKE", "float32")])
            port = await server.start("127.0.0.1", 0, [point])
            server.publish({1: 10.0})
            self.devices[driver] = (made.device_options("127.0.0.1", port), dict(point.address))

    async def _obey(self) -> None:
        while True:
            for driver, server in self.servers.items():
                for number, value in server.commanded().items():
                    self.commanded.append((driver, float(value)))
                    server.publish({number: value})
            await asyncio.sleep(0.02)


@pytest.fixture
def valves() -> Iterator[Valves]:
    made = Valves()
    yield made
    made.end()


@pytest.fixture
def tags(api: ApiClient, valves: Valves, database_admin_url: str) -> dict[str, int]:
    """A tag that may be commanded at each, by driver; both switches are off."""
    made = {}
    for driver, (options, address) in valves.devices.items():
        body: dict[str, Any] = {"name": driver, "driver": driver, "options": options}
        device = api.post(f"{SCADA}/devices", {**body, "timeout_s": 10.0}).data["id"]
        body = {"device_id": device, "name": "fast", "period_ms": 200}
        group = api.post(f"{SCADA}/scan-groups", body).data["id"]
        body = {"device_id": device, "scan_group_id": group, "name": f"{driver}.CHOKE"}
        body |= {"datatype": "float32", "address": address}
        made[driver] = api.post(f"{SCADA}/tags", body).data["id"]
        control = {"tag_id": made[driver], "writable": True, "minimum": 0, "maximum": 100}
        answer = api.post(f"{SCADA}/controls", {**control, "verify_s": 10})
        assert answer.status == 201, answer.body
    api.patch(f"{SCADA}/write-switch", {"disabled": False, "reason": "commissioning"})
    with psycopg.connect(database_admin_url) as connection:  # as an administrator of the platform
        connection.execute("UPDATE tenant_default.scada_write_switch SET disabled = false")
    return made


def command(api: ApiClient, tag: int, value: float, timeout: float = 20) -> Any:
    """The command once it has ended."""
    body = {"tag_id": tag, "value": value, "key": f"{tag} {value}"}
    answer = api.post(f"{SCADA}/commands", body)
    assert answer.status == 201, answer.body
    path = f"{SCADA}/commands/{answer.data['id']}"

    def ended() -> Any:
        seen = api.get(path).data
        return seen if seen["ended_at"] else None

    return wait_until(ended, timeout, what=f"the end of {path}, it is {api.get(path).data}")


def can_be_commanded(api: ApiClient, tags: dict[str, int]) -> bool:
    """Each device is connected, and has said what its valve is at: either may be known first."""
    devices = api.get(f"{SCADA}/devices").data
    latest = [api.get(f"/api/v1/tags/{tag}/latest").data for tag in tags.values()]
    return all(device["state"]["status"] == "connected" for device in devices) and all(
        reading["value"] == 10 for reading in latest
    )


def test_each_protocol_does_as_it_is_commanded_once(
    api: ApiClient, config_file: Path, valves: Valves, tags: dict[str, int]
) -> None:
    with running(GatewayChild.of(config_file)) as child:
        wait_until(lambda: can_be_commanded(api, tags), timeout=30, what="devices and readings")
        for place, (driver, tag) in enumerate(tags.items()):
            seen = command(api, tag, 40.5 + place)
            assert seen["state"] == "verified", (driver, seen)
            assert [step["state"] for step in seen["steps"]] == [
                "requested", "armed", "dispatched", "acknowledged", "verified",
            ]  # fmt: skip
        expected = [(driver, 40.5 + place) for place, driver in enumerate(tags)]
        assert valves.commanded == expected
        api.patch(f"{SCADA}/write-switch", {"disabled": True, "reason": "storm"})
        refused = api.post(f"{SCADA}/commands", {"tag_id": tags["opcua"], "value": 1, "key": "x"})
        assert (refused.status, refused.error["code"]) == (409, "write_disabled")
        assert valves.commanded == expected
        child.terminate()
        assert "command ended" in child.log
