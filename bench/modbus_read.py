"""How fast the Modbus driver reads 125 registers, against its limits, in one run.

The limits: an asyncio protocol that only sends and waits (no check, no value, no time-out), a bare
pymodbus client (which decodes register by register) and, where gcc and libmodbus are there,
libmodbus's own C client. All read the same registers of the same server: libmodbus's in a process
of its own, else Wellhead's device server. What counts are the ratios and the client's CPU time a
read; wall rates on a shared machine are noisy.

    python bench/modbus_read.py [--reads 1000] [--rounds 8]
"""

import argparse
import asyncio
import ipaddress
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pymodbus.client import AsyncModbusTcpClient

from wellhead import sdk
from wellhead_scada_modbus.driver import ModbusDriver

REGISTERS = 125
SERVER_SOURCE = Path(__file__).parent.parent / "tests/plugins/scada_modbus/libmodbus_server.c"
CLIENT_SOURCE = r"""
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int main(int argc, char **argv) {
    uint16_t values[125];
    modbus_t *context = modbus_new_tcp("127.0.0.1", atoi(argv[1]));
    long reads = argc > 2 ? atol(argv[2]) : 0;
    struct timespec begun, ended;
    clock_t cpu;
    if (context == NULL || modbus_connect(context) < 0) return 1;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    cpu = clock();
    for (long n = 0; n < reads; n++)
        if (modbus_read_registers(context, 0, 125, values) != 125) return 1;
    cpu = clock() - cpu;
    clock_gettime(CLOCK_MONOTONIC, &ended);
    printf("%.9f %.9f\n", (ended.tv_sec - begun.tv_sec) + (ended.tv_nsec - begun.tv_nsec) / 1e9,
           (double) cpu / CLOCKS_PER_SEC);
    modbus_close(context);
    return 0;
}
"""
WELLHEAD_SERVER = f"""
import asyncio, sys
from wellhead_scada_modbus.server import ModbusServer
async def main():
    server = ModbusServer()
    points = server.layout([(n, str(n), "uint16") for n in range({REGISTERS})])
    print(await server.start("127.0.0.1", 0, points), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop()
asyncio.run(main())
"""
Result = tuple[float, float]
"""Seconds of wall and of CPU time that the client took."""


class Loopback:
    """A dialer for literal addresses."""

    async def resolve(self, host: str, port: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        return ipaddress.ip_address(host)


def build(source: Path, binary: Path) -> bool:
    """Compile against libmodbus; False where gcc or libmodbus is missing."""
    if shutil.which("gcc") is None:
        return False
    command = ["gcc", "-O2", "-I/usr/include/modbus", "-o", str(binary), str(source), "-lmodbus"]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0


@contextmanager
def server(command: list[str]) -> Iterator[list[int]]:
    """Run a server that prints its ports and leaves when its input closes."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield [int(port) for port in process.stdout.readline().split()]
        finally:
            process.stdin.close()
            process.wait(timeout=10)


async def timed(reads: int, read: Callable[[], Awaitable[object]]) -> Result:
    for _ in range(50):
        await read()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(reads):
        await read()
    return time.perf_counter() - wall, time.process_time() - cpu


async def by_driver(port: int, reads: int) -> Result:
    options = ModbusDriver.device_schema().load({"host": "127.0.0.1", "port": port})
    driver = ModbusDriver(sdk.DeviceSpec("1", "bench", options, 5.0), Loopback())
    schema = ModbusDriver.address_schema()
    points = [
        sdk.Point(n, str(n), "uint16", schema.load({"table": "holding", "address": n}))
        for n in range(REGISTERS)
    ]
    plan = driver.plan(points)
    await driver.open()
    try:
        return await timed(reads, lambda: driver.read(plan))
    finally:
        await driver.close()


class Bare(asyncio.Protocol):
    """Sends requests for the same registers, one after the other, and counts bytes of answers."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.missing = 0
        self.answer: asyncio.Future[None] | None = None

    def data_received(self, data: bytes) -> None:
        self.missing -= len(data)
        if self.missing == 0 and self.answer is not None:
            self.answer.set_result(None)

    async def read(self) -> None:
        self.missing = 9 + 2 * REGISTERS
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(b"\0\1\0\0\0\6\1\3\0\0\0" + bytes((REGISTERS,)))
        await self.answer


async def by_asyncio(port: int, reads: int) -> Result:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_connection(Bare, "127.0.0.1", port)
    try:
        return await timed(reads, protocol.read)
    finally:
        transport.close()


async def by_pymodbus(port: int, reads: int) -> Result:
    client = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=5, reconnect_delay=0)
    await client.connect()
    try:
        return await timed(
            reads, lambda: client.read_holding_registers(0, count=REGISTERS, device_id=1)
        )
    finally:
        client.close()


def by_libmodbus(binary: Path, port: int, reads: int) -> Result:
    command = [str(binary), str(port), str(reads)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    wall, cpu = done.stdout.split()
    return float(wall), float(cpu)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--reads", type=int, default=1000, help="reads a round, at most 100000")
    parser.add_argument("--rounds", type=int, default=8, help="rounds, the best of which counts")
    given = parser.parse_args()
    reads = min(given.reads, 100_000)
    with tempfile.TemporaryDirectory() as folder:
        source, client = Path(folder, "client.c"), Path(folder, "client")
        source.write_text(CLIENT_SOURCE)
        native = build(source, client) and build(SERVER_SOURCE, Path(folder, "server"))
        command = (
            [str(Path(folder, "server"))] if native else [sys.executable, "-c", WELLHEAD_SERVER]
        )
        runs: dict[str, list[Result]] = {}
        with server(command) as (port,):
            for _ in range(given.rounds):
                runs.setdefault("driver", []).append(asyncio.run(by_driver(port, reads)))
                runs.setdefault("bare asyncio", []).append(asyncio.run(by_asyncio(port, reads)))
                runs.setdefault("bare pymodbus", []).append(asyncio.run(by_pymodbus(port, reads)))
                if native:
                    runs.setdefault("libmodbus C", []).append(by_libmodbus(client, port, reads))
    best = {name: (min(r[0] for r in rs), min(r[1] for r in rs)) for name, rs in runs.items()}
    print(f"reads of {REGISTERS} registers, server: {'libmodbus' if native else 'Wellhead'}")
    print(f"{'client':16}{'reads/s':>10}{'CPU µs/read':>13}{'rate ratio':>12}{'CPU ratio':>11}")
    own_wall, own_cpu = best["driver"]
    for name, (wall, cpu) in best.items():
        print(
            f"{name:16}{reads / wall:10.0f}{cpu / reads * 1e6:13.1f}"
            f"{wall / own_wall:12.2f}{cpu / own_cpu:11.2f}"
        )
    print("ratios: the driver's rate over the client's; the client's CPU over the driver's")
    if not native:
        print("no libmodbus C client: apt-get install gcc libmodbus-dev")


if __name__ == "__main__":
    main()
