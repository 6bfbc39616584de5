"""What a driver leaves behind: sockets, tasks and threads."""

import asyncio
import threading
from collections.abc import Sequence

import psutil

from wellhead_scada.check.findings import Findings
from wellhead_scada.check.station import Station
from wellhead_scada.check.waiting import until

SETTLED_S = 1.0


class Running:
    """The tasks and threads of this moment."""

    def __init__(self) -> None:
        self._tasks = set(asyncio.all_tasks())
        self._threads = set(threading.enumerate())

    def more(self) -> list[str]:
        """Those that have come since, in words."""
        tasks = asyncio.all_tasks() - self._tasks
        threads = set(threading.enumerate()) - self._threads
        return sorted(
            [f"task {task.get_name()} ({task.get_coro()})" for task in tasks]
            + [f"thread {thread.name}" for thread in threads]
        )


async def no_socket_is_left(stations: Sequence[Station], findings: Findings) -> None:
    """After the engine has stopped."""
    closed = await until(lambda: not any(s.proxy.live for s in stations), SETTLED_S)
    ports = {station.proxy.port for station in stations}
    sockets = [
        connection
        for connection in psutil.Process().net_connections(kind="tcp")
        if connection.raddr and connection.raddr.port in ports
    ]
    if not closed or sockets:
        live = max(len(sockets), sum(station.proxy.live for station in stations))
        findings.add(
            "driver-leaks", f"{live} sockets are still open; `close` must close them, always"
        )


async def nothing_is_left(before: Running, findings: Findings) -> None:
    """After everything has stopped, the devices too."""
    if not await until(lambda: not before.more(), SETTLED_S):
        findings.add("driver-leaks", f"left running: {'; '.join(before.more()[:3])}")
