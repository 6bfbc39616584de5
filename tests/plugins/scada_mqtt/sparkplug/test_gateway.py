"""From an edge node to the API: a gateway process, its spool, PostgreSQL, and a real Mosquitto."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from wellhead.testing import ApiClient, Fault, FaultProxy, wait_until
from wellhead_scada.testing.process import GatewayChild, running
from wellhead_scada_mqtt.testing import Mosquitto, needs_mosquitto

from .field import edge

pytestmark = [pytest.mark.system, needs_mosquitto]


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Runs in a thread, for an edge node beside what blocks."""
    running_loop = asyncio.new_event_loop()
    thread = threading.Thread(target=running_loop.run_forever)
    thread.start()
    yield running_loop
    running_loop.call_soon_threadsafe(running_loop.stop)
    thread.join(10)
    running_loop.close()


def test_births_and_data_are_stored_and_a_node_that_dies_is_bad_in_time(
    api: ApiClient, config_file: Path, tmp_path: Path, loop: asyncio.AbstractEventLoop
) -> None:
    def run(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(10)

    def latest() -> Any:
        return api.get(f"/api/v1/tags/{tag}/latest").data

    with Mosquitto(tmp_path) as mosquitto:
        tag = _make_tag(api, mosquitto.port)
        proxy = FaultProxy(mosquitto.port)
        run(proxy.start())
        with running(GatewayChild.of(config_file)):
            context = edge(proxy.port)
            node = run(context.__aenter__())
            wait_until(lambda: latest() and latest()["value"] == 50.0, timeout=20, what="the birth")
            loop.call_soon_threadsafe(node.update, {("pump", "speed"): 61.5})
            wait_until(lambda: latest()["value"] == 61.5, timeout=20, what="the data")
            assert latest()["quality"] == 192

            run(proxy.set(Fault.RESET))
            loop.call_soon_threadsafe(node.update, {("pump", "speed"): 62.0})
            wait_until(lambda: latest()["quality"] < 64, timeout=20, what="the death")
            assert latest()["status"] == "bad: not connected"
        run(context.__aexit__(None, None, None))
        run(proxy.stop())


def _make_tag(api: ApiClient, port: int) -> int:
    device = api.post(
        "/api/v1/scada/devices",
        {
            "name": "hub",
            "driver": "sparkplug",
            "options": {"host": "127.0.0.1", "port": port, "host_id": "w", "groups": ["pad"]},
            "timeout_s": 1.0,
        },
    ).data["id"]
    group = api.post(
        "/api/v1/scada/scan-groups", {"device_id": device, "name": "all", "period_ms": 1000}
    ).data["id"]
    tag: int = api.post(
        "/api/v1/scada/tags",
        {
            "device_id": device,
            "scan_group_id": group,
            "name": "P1.SPEED",
            "datatype": "float32",
            "address": {"group": "pad", "node": "rtu", "device": "pump", "metric": "speed"},
        },
    ).data["id"]
    return tag
