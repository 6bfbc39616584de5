"""How many of the notifications that an OPC UA server offers arrive, and what each costs.

asyncua's server, in a process of its own, changes 1,000 values at a given rate. The driver takes
them to a sink; the limit beside it, in the same run and at the same server, is a bare asyncua
client whose handler does nothing. What counts is the share that arrived and the client's CPU time a
notification; asyncua's server itself ends at about 14,000 a second, less on a busy machine.

    python bench/opcua_notifications.py [--rates 2000 5000 10000] [--seconds 4]
"""

import argparse
import asyncio
import ipaddress
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from asyncua import Client, ua

from wellhead import sdk
from wellhead_scada_opcua.driver import OpcUaDriver
from wellhead_scada_opcua.server import OpcUaServer

NODES = 1000
PERIOD_S = 0.1
QUIET_S = 1.5
GOAL = 0.95
SERVER = f"""
import asyncio, sys, time
from wellhead_scada_opcua.server import OpcUaServer

async def main():
    server = OpcUaServer()
    points = server.layout([(n, str(n), "float64") for n in range({NODES})])
    print(await server.start("127.0.0.1", 0, points), flush=True)
    loop, number = asyncio.get_running_loop(), 0
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        rate, seconds = map(float, line.split())
        begun, offered = time.monotonic(), 0
        while (passed := time.monotonic() - begun) < seconds:
            due = min(int(passed * rate) - offered, {NODES})
            for _ in range(due):
                number += 1
                server.publish({{number % {NODES}: float(number)}})
            offered += due
            await asyncio.sleep(0.01)
            if server._writing is not None:
                await asyncio.wait({{server._writing}})
        print(offered, flush=True)
    await server.stop()

asyncio.run(main())
"""


class Loopback:
    """A dialer for literal addresses."""

    async def resolve(self, host: str, port: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        return ipaddress.ip_address(host)


class Sink:
    """Counts what comes, and says at once that it is kept."""

    def __init__(self) -> None:
        self.count = 0
        self.ready = asyncio.Event()

    def listening(self) -> None:
        self.ready.set()

    def deliver(self, pushed: Sequence[sdk.Pushed]) -> "asyncio.Future[None]":
        self.count += sum(len(one.places) for one in pushed)
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        kept.set_result(None)
        return kept


class Handler:
    """What asyncua calls for each change."""

    def __init__(self) -> None:
        self.count = 0

    def datachange_notification(self, node: Any, value: Any, data: Any) -> None:
        self.count += 1


@asynccontextmanager
async def by_driver(port: int) -> AsyncIterator[Callable[[], int]]:
    options = OpcUaDriver.device_schema().load(
        {"host": "127.0.0.1", "port": port, "security_policy": "None", "queue_size": 10_000}
    )
    driver = OpcUaDriver(sdk.DeviceSpec("1", "bench", options, 10.0), Loopback())
    points = OpcUaServer.layout([(n, str(n), "float64") for n in range(NODES)])
    sink = Sink()
    await driver.open()
    task = asyncio.create_task(driver.listen([sdk.PushGroup("g", PERIOD_S, tuple(points))], sink))
    try:
        await sink.ready.wait()
        yield lambda: sink.count
    finally:
        task.cancel()
        await asyncio.wait({task})
        await driver.close()


@asynccontextmanager
async def by_asyncua(port: int) -> AsyncIterator[Callable[[], int]]:
    handler = Handler()
    async with Client(f"opc.tcp://127.0.0.1:{port}/", timeout=10) as client:
        index = await client.get_namespace_index("urn:wellhead:simulated")
        subscription = await client.create_subscription(PERIOD_S * 1000, handler)
        nodes = [client.get_node(ua.NodeId(f"{n}.{n}", index)) for n in range(NODES)]
        await subscription.subscribe_data_change(nodes, queuesize=10_000)
        yield lambda: handler.count


async def measure(
    process: "subprocess.Popen[str]", count: Callable[[], int], rate: int, seconds: float
) -> tuple[float, float, float]:
    """(offered a second, share that arrived, CPU microseconds of this process a notification)."""
    assert process.stdin is not None
    assert process.stdout is not None
    await settled(count)
    before, cpu = count(), time.process_time()
    process.stdin.write(f"{rate} {seconds}\n")
    process.stdin.flush()
    offered = int(await asyncio.to_thread(process.stdout.readline))
    await settled(count)
    came = count() - before
    return offered / seconds, came / offered, (time.process_time() - cpu) / max(came, 1) * 1e6


async def settled(count: Callable[[], int]) -> None:
    """Until nothing came for QUIET_S."""
    last, since = count(), time.monotonic()
    while time.monotonic() - since < QUIET_S:
        await asyncio.sleep(0.1)
        if count() != last:
            last, since = count(), time.monotonic()


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=[2_000, 5_000, 10_000])
    parser.add_argument("--seconds", type=float, default=4.0)
    arguments = parser.parse_args()
    worst = 1.0
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = int(process.stdout.readline())
        print("offered/s   driver: arrived  CPU µs   asyncua: arrived  CPU µs   CPU asyncua/driver")
        for rate in arguments.rates:
            async with by_driver(port) as count:
                real, share, cpu = await measure(process, count, rate, arguments.seconds)
            async with by_asyncua(port) as count:
                _, bare, bare_cpu = await measure(process, count, rate, arguments.seconds)
            worst = min(worst, share)
            print(
                f"{real:9,.0f}   {share:15.3f} {cpu:7.2f}   {bare:16.3f} {bare_cpu:7.2f}"
                f"   {bare_cpu / cpu:18.1f}"
            )
        process.stdin.close()
        process.wait(timeout=10)
    print(f"goal: {GOAL} of what is offered arrives; worst {worst:.3f}")
    return 0 if worst >= GOAL else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
