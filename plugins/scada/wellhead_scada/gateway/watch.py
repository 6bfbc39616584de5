"""Keeping the engine's configuration that of the database, and its last good one in the spool."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from wellhead import sdk
from wellhead_historian.spool.spool import Spool, SpoolError
from wellhead_scada.engine.config import FieldConfig
from wellhead_scada.engine.engine import Engine
from wellhead_scada.gateway.database import AWAY, Database

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 30.0
"""Seconds between looks without an event, for those that were missed."""

_SETTLE_S = 0.05
_DOCUMENT = "scada.configuration"


class ConfigWatch:
    """Applies what the database says: at an event, at a reconnection, and now and then.

    applying: told of each configuration right before the engine
    """

    def __init__(
        self,
        database: Database,
        engine: Engine,
        spool: Spool,
        applying: Callable[[FieldConfig], None],
    ) -> None:
        self._applying = applying
        self._database = database
        self._engine = engine
        self._spool = spool
        self._config: FieldConfig | None = None
        self._kept: FieldConfig | None = None
        self._changed = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._away = False
        # One thread for good: each that has once read thousands of tags keeps megabytes, and of the
        # loop's own another one would now and then.
        self._loader = ThreadPoolExecutor(1, "configuration")

    async def boot(self) -> None:
        """Scan what the spool kept, so that acquisition needs no database."""
        kept = await asyncio.to_thread(self._spool.load, _DOCUMENT)
        if kept is None:
            log.info("no configuration is kept from an earlier run, the database has to give it")
            return
        try:
            config = FieldConfig.from_document(kept)
        except sdk.WellheadError as error:
            log.error("kept configuration is not used", reason=str(error))
            return
        await self._apply(config)
        self._kept = config
        log.info("scanning the configuration kept from the last run", devices=len(config.devices))

    def look(self) -> None:
        """Look at the database soon."""
        self._changed.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                await self.refresh()
                self._away = False
            except AWAY as error:
                if not self._away:
                    log.warning(
                        "no database, devices stay as configured", reason=str(error).strip()
                    )
                self._away = True
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._changed.wait()
                await asyncio.sleep(_SETTLE_S)  # several changes in a row are one
            except TimeoutError:
                pass
            self._changed.clear()

    async def refresh(self) -> None:
        """Read the configuration now and apply it. Raises one of AWAY."""
        async with self._one_at_a_time:
            loop = asyncio.get_running_loop()
            config = await loop.run_in_executor(self._loader, self._database.load)
            if config != self._config:
                await self._apply(config)
            if config != self._kept:  # also what a full disk did not keep before
                await asyncio.to_thread(self._keep, config)

    async def _apply(self, config: FieldConfig) -> None:
        self._config = config
        self._spool.classify(config.tag_classes())
        self._applying(config)
        await self._engine.apply(config)

    def _keep(self, config: FieldConfig) -> None:
        try:
            self._spool.save(_DOCUMENT, config.to_document()).result()
        except SpoolError as error:
            log.error("a start without database would scan what was kept before", reason=str(error))
        else:
            self._kept = config
