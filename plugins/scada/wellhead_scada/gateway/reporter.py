"""Telling the database how the devices are: transitions at once, counters now and then.

What cannot be written is kept, newest state only, until the database is back.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog

from wellhead_scada.engine.around import Counters, DeviceHealth
from wellhead_scada.gateway.database import AWAY, Database

log = structlog.get_logger(__name__)

BEAT_S = 2.0
COUNTERS_S = 5.0
_APART_S = 0.02
"""Between two reports at least, so that what many devices do within a moment is one transaction.
Not longer: who sees the first readings of a device must not be told that it is down."""

_PAUSE_S = 1.0


class Reporter:
    """health: of the engine, by device id; detail: what the heartbeat tells people"""

    def __init__(self, database: Database, detail: Callable[[], dict[str, Any]]) -> None:
        self.health: dict[str, DeviceHealth] = {}
        self._database = database
        self._detail = detail
        self._dirty: set[str] = set()
        self._wake = asyncio.Event()
        self._started = time.monotonic()
        self._counted: dict[str, Counters] = {}
        self._counted_at = 0.0

    def changed(self, device_id: str) -> None:
        """The state of a device changed."""
        self._dirty.add(device_id)
        self._wake.set()

    async def run(self) -> None:
        """For ever."""
        away = False
        while True:
            try:
                async with self._database.connection() as connection:
                    while True:
                        await self._report(connection)
                        away = False
                        await self._rest()
            except AWAY as error:
                if not away:
                    log.warning(
                        "no database, states of devices wait for it", reason=str(error).strip()
                    )
                away = True
                await asyncio.sleep(_PAUSE_S)

    async def _report(self, connection: Any) -> None:
        dirty, self._dirty = self._dirty, set()
        due = time.monotonic() - self._counted_at >= COUNTERS_S
        chosen = {
            device_id: health
            for device_id, health in self.health.items()
            if device_id in dirty or (due and self._counted.get(device_id) != health.counters)
        }
        running = time.monotonic() - self._started
        try:
            await self._database.report(connection, running, self._detail(), chosen)
        except BaseException:
            self._dirty |= dirty
            raise
        for device_id, health in chosen.items():
            self._counted[device_id] = replace(health.counters)
        if due:
            self._counted_at = time.monotonic()
            self._counted = {key: self._counted[key] for key in self._counted if key in self.health}

    async def _rest(self) -> None:
        await asyncio.sleep(_APART_S)
        with suppress(TimeoutError):
            async with asyncio.timeout(BEAT_S):
                await self._wake.wait()
        self._wake.clear()
