"""Up to when each source that sends by itself is kept, remembered across restarts.

A device that keeps history is asked for what came after (a driver's `PushGroup.since`). The spool
remembers it, so that back-filling needs no database; a crash costs the last seconds of memory, and
what is then asked for again replaces itself.
"""

import asyncio

import structlog

from wellhead_historian.spool.spool import Spool, SpoolError
from wellhead_scada.engine.around import DeviceHealth

log = structlog.get_logger(__name__)

SAVE_EVERY_S = 10.0
_DOCUMENT = "scada.newest"


class Newest:
    """health: of the engine, by device id"""

    def __init__(self, spool: Spool) -> None:
        self.health: dict[str, DeviceHealth] = {}
        self._spool = spool
        self._saved: dict[int, int] = {}

    def kept(self, source: int) -> int | None:
        """The newest time that is known to be kept of a source, in microseconds UTC."""
        return self._saved.get(source)

    async def boot(self) -> None:
        """Remember what the run before saved."""
        saved = await asyncio.to_thread(self._spool.load, _DOCUMENT)
        self._saved = {int(source): int(time) for source, time in (saved or {}).items()}

    async def run(self) -> None:
        """Save now and then, for ever."""
        while True:
            await asyncio.sleep(SAVE_EVERY_S)
            await asyncio.to_thread(self.save)

    def save(self) -> None:
        """Save what changed. Blocks until it is asked for, not until it is written."""
        now = dict(self._saved)
        for health in list(self.health.values()):
            now.update(health.newest)
        if now == self._saved:
            return
        self._saved = now
        try:
            self._spool.save(_DOCUMENT, {str(source): time for source, time in now.items()})
        except SpoolError as error:
            log.warning("newest times are not saved", reason=str(error))
