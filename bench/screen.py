"""How long a register's change takes to a screen, against the scan's period.

A Modbus server, a gateway, PostgreSQL, a web process and a WebSocket client, each as it is in the
field. A register changes at a random moment; the time until a frame with the new value has come is
the rest of the scan's period, then the way to disk, to the web process and out. The limit is the
period: who reads at this pace knows after the half of it on average, and at worst after all of it.

    python bench/screen.py [--changes 60] [--period 200]
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import websocket
from _server import databases, log_in, post, served

from wellhead import sdk
from wellhead_scada_modbus.server import ModbusServer

SCADA = "/api/v1/scada"


class Register:
    """A Modbus server with one value, in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        [self.point] = ModbusServer.layout([(1, "W01.CHOKE", "float32")])
        self._server = ModbusServer()
        self.port = self._do(self._server.start("127.0.0.1", 0, [self.point]))

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def put(self, value: float) -> None:
        async def publish() -> None:
            self._server.publish({1: value})

        self._do(publish())


def describe(url: str, token: str, register: Register, period: int) -> int:
    """The tag that reads the register; its id."""

    def make(path: str, body: Any) -> Any:
        return post(f"{url}{SCADA}/{path}", body, token)["id"]

    options = ModbusServer.device_options("127.0.0.1", register.port)
    device = make("devices", {"name": "plc", "driver": "modbus", "options": options})
    group = make("scan-groups", {"device_id": device, "name": "fast", "period_ms": period})
    body = {"device_id": device, "scan_group_id": group, "name": "W01.CHOKE"}
    address = dict(register.point.address)
    return int(make("tags", {**body, "datatype": "float32", "address": address}))


def connected(url: str, token: str, tag: int) -> websocket.WebSocket:
    ticket = post(f"{url}/api/v1/live/ticket", {}, token)["ticket"]
    socket = websocket.create_connection(
        f"ws://127.0.0.1:{urlsplit(url).port}/api/v1/live", origin=url, timeout=30
    )
    for message in ({"type": "auth", "ticket": ticket}, {"type": "subscribe", "tags": [tag]}):
        socket.send(json.dumps(message))
    return socket


def shown(socket: websocket.WebSocket, value: float) -> None:
    """Returns when a message with the value has come."""
    while json.loads(socket.recv()).get("v") != [value]:
        pass


def start_gateway(settings: sdk.Settings) -> "subprocess.Popen[bytes]":
    file = next(settings.data_dir.glob("wellhead-*.toml"))
    command = [sys.executable, "-m", "wellhead", "--config", str(file), "gateway"]
    return subprocess.Popen(
        command, env={**os.environ, "WELLHEAD_DATA_DIR": str(settings.data_dir)}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--changes", type=int, default=60)
    parser.add_argument("--period", type=int, default=200, help="of the scan, in milliseconds")
    options = parser.parse_args()
    register = Register()
    late = []
    with databases("screen") as [settings], served(settings) as (url, _):
        token = log_in(url)
        tag = describe(url, token, register, options.period)
        gateway = start_gateway(settings)
        try:
            socket = connected(url, token, tag)
            register.put(-1.0)
            shown(socket, -1.0)
            for number in range(options.changes):
                time.sleep(random.uniform(0, options.period / 1000))  # at any moment of a scan
                begun = time.perf_counter()
                register.put(float(number))
                shown(socket, float(number))
                late.append((time.perf_counter() - begun) * 1000)
            socket.close()
        finally:
            gateway.terminate()
            gateway.wait(20)
    p50, p99 = np.quantile(late, [0.5, 0.99])
    print(f"{options.changes} changes, scanned every {options.period} ms")
    print(f"register to screen  p50 {p50:.0f} ms, p99 {p99:.0f} ms")
    print(f"ratio to the period {p99 / options.period:.2f}")
    print(f"p99 over the period {p99 - options.period:.0f} ms  (goal at most 150)")


if __name__ == "__main__":
    main()
