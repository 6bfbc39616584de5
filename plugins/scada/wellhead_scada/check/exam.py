"""The exam of one driver: the real engine over sockets, every fault at once, on a device each.

It takes about five seconds, nearly all of it waiting, and reads like a day in the field: healthy,
then trouble, then healthy again, then a stop in the middle of everything. A driver whose devices
send by themselves sits the same exam, with devices that send.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import psutil

from wellhead.sdk import Browses, DeviceServer, Writes
from wellhead_scada.check import browses, faults, leaks, readings, writes
from wellhead_scada.check.findings import Findings
from wellhead_scada.check.holdup import HoldupWatch
from wellhead_scada.check.journal import Journal
from wellhead_scada.check.station import RETRIES, Pace, Station, make_stations
from wellhead_scada.check.waiting import until
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
"""Seconds for the first readings of healthy devices, and for the first after a fault."""
STOP_S = 1.5
MEMORY_BYTES = 32 * 2**20
"""What all devices together may take while one of them answers without end."""

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
        self._pushes = self._stations[0].pushes
        self._version = 0
        self._engine = self._made_engine()

    async def run(self) -> None:
        """Put what is wrong into the findings."""
        before = leaks.Running()
        pool = ThreadPoolExecutor()
        asyncio.get_running_loop().set_default_executor(pool)
        await asyncio.gather(*(station.start() for station in self._stations))
        try:
            self._publish()
            await self._engine.start()
            async with HoldupWatch(self._driver, self._findings):
                devices = tuple(station.device(self._name) for station in self._stations)
                await self._engine.apply(FieldConfig(devices))
                if await self._healthy():
                    await self._capable()
                    lost = await self._trouble()
                    await self._recovery()
                    lost.judge()
                else:
                    self._findings.cut = "healthy devices are not read right, see driver-reads"
            await self._stop()
        finally:
            await asyncio.gather(*(station.stop() for station in self._stations))
        pool.shutdown(wait=False)  # its idle threads end; one that hangs is left, and shows
        await leaks.nothing_is_left(before, self._findings)

    def _made_engine(self) -> Engine:
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
        for again in (True, False):
            since = time.time()
            self._publish()
            # Nobody listens yet when a device sends for the first time, so that it sends again.
            wrong = await self._until_right(since, again=again)
            for station in wrong:
                self._findings.add("driver-reads", station.told())
            if wrong:
                return False
        if self._pushes:
            readings.sent_in_time(self._stations, since, self._findings)
            await readings.quiet(self._stations, self._findings)
            await readings.on_demand(self._stations[0], self._engine, self._findings)
        else:
            await until(self._paced, READ_S)
            readings.scans_in_time(self._stations, self._findings)
        readings.missing_point(self._stations[-1], self._findings)
        return True

    async def _capable(self) -> None:
        """What only some drivers can do."""
        if issubclass(self._driver, Browses):
            await browses.examine(self._driver, self._stations[-1], self._engine, self._findings)
        if issubclass(self._driver, Writes):
            await writes.arrive(self._driver, self._stations[0], self._engine, self._findings)
            self._stations[0].send()

    async def _trouble(self) -> writes.LostWrite:
        process = psutil.Process()
        memory = most = process.memory_info().rss
        opened = {station.name: self._journal.opens[station.name] for station in self._stations}
        connected = {station.name: station.proxy.connections for station in self._stations}
        since = again = time.time()
        for station in self._stations:
            if station.fault is not None:
                await station.proxy.set(station.fault)
        lost = writes.LostWrite(self._driver, self._stations, self._journal, self._findings)
        lost.begin(self._engine)
        while time.time() < since + self._pace.trouble:
            if self._pushes and time.time() > again:
                again = time.time() + self._pace.again
                self._publish()
            await asyncio.sleep(0.02)
            lost.look()
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
        healthy = [station for station in self._stations if station.fault is None]
        await until(lambda: all(s.right(s.rows[-1]) for s in healthy), self._pace.late)
        for station in healthy:
            if not station.right(station.rows[-1]):
                self._findings.add("driver-reads", f"while others had trouble: {station.told()}")
        await lost.ended()
        return lost

    async def _recovery(self) -> None:
        since = time.time()
        for station in self._stations:
            await station.proxy.set(Fault.PASS)
        self._publish()
        for station in await self._until_right(since, again=True):
            self._findings.add(
                "driver-recovers",
                f"the line is good again ({station.name} before), and {READ_S:g} s later: "
                f"{station.told()}",
            )
        for station in self._stations:
            if station.proxy.most > 1:
                self._findings.add(
                    "driver-storm",
                    f"{station.proxy.most} connections at once to one device ({station.name}); "
                    "`close` must close the one before",
                )

    async def _stop(self) -> None:
        for number, station in enumerate(self._stations):
            await station.proxy.set(Fault.SILENCE if number % 2 else Fault.DRIP)
        await asyncio.sleep(1.5 * self._pace.period)  # each that is scanned is being read now
        self._journal.stopping = True
        begun = time.monotonic()
        await self._engine.stop()
        took = time.monotonic() - begun
        if took > STOP_S:
            self._findings.add(
                "driver-stops",
                f"a stop in mid-read took {took:.1f} s; let the cancellation through, at once",
            )
        await leaks.no_socket_is_left(self._stations, self._findings)

    # --- sending and waiting --------------------------------------------------------------------

    def _publish(self) -> None:
        """New values in every device."""
        self._version += 1
        for station in self._stations:
            station.publish(self._version)

    async def _until_right(self, since: float, *, again: bool) -> list[Station]:
        """Wait until each station has the values that were published at `since`; those that have
        not. A scan is right when it was due after that.

        again: what sends by itself sends again and again
        """
        begun_after = 0.0 if self._pushes else since + self._pace.period
        sent = time.monotonic()

        def wrong() -> list[Station]:
            nonlocal sent
            if again and self._pushes and time.monotonic() > sent + self._pace.again:
                sent = time.monotonic()
                for station in self._stations:
                    station.send()
            return [
                station
                for station in self._stations
                if not any(
                    row.time > begun_after and station.right(row) for row in reversed(station.rows)
                )
            ]

        await until(lambda: not wrong(), READ_S)
        return wrong()

    def _paced(self) -> bool:
        return all(len(station.rows) >= readings.PACED_ROWS for station in self._stations)
