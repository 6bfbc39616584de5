"""The exam of one driver: the real engine over sockets, every fault at once, on a device each.

It takes about five seconds, nearly all of it waiting, and reads like a day in the field: healthy,
then trouble, then healthy again, then a stop in the middle of a read.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil

from wellhead.sdk import DeviceServer
from wellhead_scada.check import faults
from wellhead_scada.check.findings import Findings
from wellhead_scada.check.holdup import HoldupWatch
from wellhead_scada.check.journal import Journal
from wellhead_scada.check.station import RETRIES, Pace, Station, make_stations
from wellhead_scada.dialer import AllowListDialer
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.around import Surroundings
from wellhead_scada.engine.clock import SystemClock, Timekeeper
from wellhead_scada.engine.config import FieldConfig
from wellhead_scada.engine.engine import Engine
from wellhead_scada.engine.state import Backoff
from wellhead_scada.networks import network
from wellhead_scada.points import AnyDriver
from wellhead_scada.testing import Fault

READ_S = 5.0
"""Seconds for the first scans of healthy devices, and for the first after a fault."""
STOP_S = 1.5
SETTLED_S = 1.0
MEMORY_BYTES = 32 * 2**20
"""What all devices together may take while one of them answers without end."""

_PACED_ROWS = 6
"""Scans of each device after which its pace is known."""
_BACKOFF = Backoff(first_s=0.1, most_s=0.4)


class Exam:
    """May be run once."""

    def __init__(
        self,
        name: str,
        driver: type[AnyDriver],
        server: type[DeviceServer],
        findings: Findings,
        pace: Pace,
    ) -> None:
        self._name = name
        self._driver = driver
        self._findings = findings
        self._pace = pace
        self._journal = Journal(findings)
        self._stations = make_stations(driver, server, pace)

    async def run(self) -> None:
        """Put what is wrong into the findings."""
        tasks, threads = set(asyncio.all_tasks()), set(threading.enumerate())
        pool = ThreadPoolExecutor()
        asyncio.get_running_loop().set_default_executor(pool)
        await asyncio.gather(*(station.start() for station in self._stations))
        engine = self._engine()
        try:
            for station in self._stations:
                station.publish(1)
            await engine.start()
            async with HoldupWatch(self._driver, self._findings):
                devices = tuple(station.device(self._name) for station in self._stations)
                await engine.apply(FieldConfig(devices))
                if await self._healthy():
                    await self._trouble()
                    await self._recovery()
                else:
                    self._findings.cut = "healthy devices are not read right, see driver-reads"
            await self._stop(engine)
        finally:
            await asyncio.gather(*(station.stop() for station in self._stations))
        pool.shutdown(wait=False)  # its idle threads end; one that hangs is left, and shows
        await self._nothing_is_left(tasks, threads)

    def _engine(self) -> Engine:
        drivers = Drivers({})
        drivers.add(self._name, self._journal.recorded(self._driver))
        by_source = {station.number: station for station in self._stations}
        clock = SystemClock()
        return Engine(
            Surroundings(
                drivers=drivers,
                dialer=AllowListDialer([network("127.0.0.0/8")]),
                sink=lambda batch: by_source[batch.source].write(batch),
                changed=lambda _: None,
                clock=clock,
                timekeeper=Timekeeper(clock),
                backoff=_BACKOFF,
                retries=RETRIES,
                wedged_s=0.0,
            )
        )

    # --- the phases -----------------------------------------------------------------------------

    async def _healthy(self) -> bool:
        """Two rounds of values on healthy lines; True when the rest of the exam makes sense."""
        for version in (1, 2):
            since = time.time()
            for station in self._stations:
                station.publish(version)
            wrong = await self._until_right(since + self._pace.period)
            for station in wrong:
                self._findings.add("driver-reads", _told(station))
            if wrong:
                return False
        await self._until(
            lambda: all(len(station.rows) >= _PACED_ROWS for station in self._stations), READ_S
        )
        for station in self._stations:
            every = float(np.median(np.diff([row.time for row in station.rows])))
            if every > 1.5 * self._pace.period:
                self._findings.add(
                    "driver-reads",
                    f"a scan is due every {self._pace.period:g} s and there is one every "
                    f"{every:.2f} s, with the device next door; read more at once",
                )
        lacking = self._stations[-1].rows[-1]
        if lacking.qualities[-1] >= 64:  # neither bad nor anything near it
            self._findings.add(
                "driver-refused-point", "a point that the device server was not given came as good"
            )
        return True

    async def _trouble(self) -> None:
        process = psutil.Process()
        memory = most = process.memory_info().rss
        opened = {station.name: self._journal.opens[station.name] for station in self._stations}
        connected = {station.name: station.proxy.connections for station in self._stations}
        since = time.time()
        for station in self._stations:
            if station.fault is not None:
                await station.proxy.set(station.fault)
        while time.time() < since + self._pace.trouble:
            await asyncio.sleep(0.02)
            most = max(most, process.memory_info().rss)
        if most - memory > MEMORY_BYTES:
            self._findings.add(
                "driver-huge-answer",
                f"memory grew by {(most - memory) / 2**20:.0f} MiB while a device answered without "
                "end; give up when an answer is longer than any may be",
            )
        for station in self._stations:
            faults.judge(station, since, self._findings)
            attempts = self._journal.opens[station.name] - opened[station.name]
            connections = station.proxy.connections - connected[station.name]
            if connections > attempts * max(1, connected[station.name] / opened[station.name]):
                self._findings.add(
                    "driver-storm",
                    f"the engine asked for a connection {attempts} times and the driver made "
                    f"{connections}; leave it to the engine to try again",
                )
            if station.fault is None and not station.right(station.rows[-1]):
                self._findings.add("driver-reads", f"while others had trouble: {_told(station)}")

    async def _recovery(self) -> None:
        for station in self._stations:
            await station.proxy.set(Fault.PASS)
            station.publish(3)
        for station in await self._until_right(time.time()):
            self._findings.add(
                "driver-recovers",
                f"the line is good again ({station.name} before), and {READ_S:g} s later: "
                f"{_told(station)}",
            )
        for station in self._stations:
            if station.proxy.most > 1:
                self._findings.add(
                    "driver-storm",
                    f"{station.proxy.most} connections at once to one device ({station.name}); "
                    "`close` must close the one before",
                )

    async def _stop(self, engine: Engine) -> None:
        for number, station in enumerate(self._stations):
            await station.proxy.set(Fault.SILENCE if number % 2 else Fault.DRIP)
        await asyncio.sleep(1.5 * self._pace.period)  # each is being read now
        self._journal.stopping = True
        begun = time.monotonic()
        await engine.stop()
        took = time.monotonic() - begun
        if took > STOP_S:
            self._findings.add(
                "driver-stops",
                f"a stop in mid-read took {took:.1f} s; let the cancellation through, at once",
            )
        open_still = await self._until(lambda: not any(s.proxy.live for s in self._stations))
        ports = {station.proxy.port for station in self._stations}
        sockets = [
            connection
            for connection in psutil.Process().net_connections(kind="tcp")
            if connection.raddr and connection.raddr.port in ports
        ]
        if not open_still or sockets:
            live = max(len(sockets), sum(station.proxy.live for station in self._stations))
            self._findings.add(
                "driver-leaks", f"{live} sockets are still open; `close` must close them, always"
            )

    async def _nothing_is_left(
        self, tasks: set["asyncio.Task[None]"], threads: set[threading.Thread]
    ) -> None:
        def left() -> list[str]:
            running = asyncio.all_tasks() - tasks
            alive = set(threading.enumerate()) - threads
            return sorted(
                [f"task {task.get_name()} ({task.get_coro()})" for task in running]
                + [f"thread {thread.name}" for thread in alive]
            )

        if not await self._until(lambda: not left()):
            self._findings.add("driver-leaks", f"left running: {'; '.join(left()[:3])}")

    # --- waiting --------------------------------------------------------------------------------

    async def _until_right(self, since: float) -> list[Station]:
        """Wait until each station has a right row begun after `since`; those that have none."""

        def wrong() -> list[Station]:
            return [
                station
                for station in self._stations
                if not any(row.time > since and station.right(row) for row in station.rows)
            ]

        await self._until(lambda: not wrong(), READ_S)
        return wrong()

    async def _until(self, condition: Callable[[], bool], seconds: float = SETTLED_S) -> bool:
        deadline = time.monotonic() + seconds
        while not condition() and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        return condition()


def _told(station: Station) -> str:
    """The newest row beside what it should be."""
    if not station.rows:
        return f"{station.name}: no scan was read"
    row = station.rows[-1]
    for point, value, code in zip(station.served, row.values, row.qualities, strict=False):
        expected = station.expected[point.tag]
        if value != expected:
            return (
                f"{station.name}: {point.datatype} at {dict(point.address)} is {value:g} with "
                f"quality {code} instead of {expected:g}"
            )
    return f"{station.name}: no right scan came in time"
