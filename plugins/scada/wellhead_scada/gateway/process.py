"""One gateway, put together and taken apart."""

import asyncio
import gc
import signal
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import structlog

from wellhead import sdk
from wellhead_historian.forwarding.delivery import make_forwarder, open_spool
from wellhead_historian.hooks import outboxes_of
from wellhead_historian.spool.spool import Receipt, SpoolError
from wellhead_scada.commands.executor import Commands
from wellhead_scada.commands.ledger import Ledger
from wellhead_scada.commands.metrics import count
from wellhead_scada.commands.steps import EVENT as COMMANDED
from wellhead_scada.dialer import AllowListDialer
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.around import DeviceHealth, Surroundings
from wellhead_scada.engine.clock import SystemClock, Timekeeper
from wellhead_scada.engine.engine import Engine
from wellhead_scada.engine.state import Backoff
from wellhead_scada.gateway.answers import Answers
from wellhead_scada.gateway.database import Database
from wellhead_scada.gateway.keeping import Keeping
from wellhead_scada.gateway.metrics import Metrics
from wellhead_scada.gateway.newest import Newest
from wellhead_scada.gateway.publisher import Publisher
from wellhead_scada.gateway.reporter import Reporter
from wellhead_scada.gateway.watch import ConfigWatch
from wellhead_scada.networks import network
from wellhead_scada.requests import REQUESTED
from wellhead_scada.service import CHANGED

log = structlog.get_logger(__name__)

_FORWARDER_S = 1.0
_PUBLISHER_S = 0.3
_TASKS_S = 0.3


@dataclass(slots=True)
class _Ending:
    """Why the process ends: by a signal, or because something it cannot do without is gone."""

    asked: asyncio.Event
    error: Exception | None = None


class GatewayProcess:
    """Scans the devices of gateway `name` of `tenant` until a signal. Raises SpoolError when
    another process has its spool."""

    def __init__(self, runtime: sdk.Runtime, name: str, tenant: str) -> None:
        self._runtime = runtime
        self._name = name
        self._tenant = tenant
        self._historian = runtime.plugins.records["historian"].config
        self._spool = open_spool(runtime.settings, self._historian, tenant, name)
        connect = partial(sdk.connect, runtime.settings, tenant)
        self._publisher = Publisher(connect, tenant)
        self._metrics = Metrics(tenant, name)
        self._newest = Newest(self._spool)
        self._keeping = Keeping(self._append)
        self._ending = _Ending(asyncio.Event())
        self._health: dict[str, DeviceHealth] = {}
        self._forwarder = make_forwarder(
            self._spool,
            runtime.settings,
            self._historian,
            tenant,
            on_commit=[self._publisher.offer, self._tell_plugins, self._metrics.stored],
            outboxes=outboxes_of(runtime, tenant),
        )

    async def run(self) -> None:
        """Until SIGTERM or SIGINT; ends within 5 s of it. Raises what made it end by itself."""
        ending = self._ending
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ending.asked.set)
        hung_up = asyncio.Event()
        loop.add_signal_handler(signal.SIGHUP, hung_up.set)
        database = Database(self._runtime.settings, self._tenant, self._name)
        reporter = Reporter(database, self._detail)
        engine = self._engine(reporter)
        watch = ConfigWatch(database, engine, self._spool, applying=self._keeping.configure)
        answers = Answers(database, engine, watch)
        commands = Commands(
            Ledger(database, self._tenant, self._name),
            engine,
            prepare=watch.refresh,
            ended=partial(count, tenant=self._tenant),
        )
        self._forwarder.start()
        self._publisher.start()
        await engine.start()
        await self._newest.boot()
        await watch.boot()
        gc.collect()
        gc.freeze()  # what is here stays: looking through it again and again stops every thread
        log.info(
            "gateway runs", gateway=self._name, tenant=self._tenant, spool=str(self._spool.path)
        )
        tasks = [
            asyncio.create_task(work, name=name)
            for name, work in {
                "configuration": watch.run(),
                "reporter": reporter.run(),
                "requests": answers.run(),
                "commands": commands.run(),
                "events": self._listen(
                    {CHANGED: watch.look, REQUESTED: answers.look, COMMANDED: commands.look}
                ),
                "reload": self._reload(hung_up, engine),
                "newest times": self._newest.run(),
            }.items()
        ]
        for task in tasks:
            task.add_done_callback(partial(_ended, ending))
        await ending.asked.wait()
        log.info("gateway stops", gateway=self._name)
        for task in tasks:
            task.cancel()
        await commands.stop()
        await engine.stop()
        self._keeping.release()
        await asyncio.wait(tasks, timeout=_TASKS_S)
        await asyncio.to_thread(self._put_away)
        if ending.error is not None:
            log.critical("gateway cannot go on", gateway=self._name, reason=str(ending.error))
            raise ending.error
        log.info("gateway stopped", gateway=self._name)

    def _append(self, batch: sdk.Batch) -> Receipt:
        try:
            return self._spool.append(batch)
        except SpoolError as error:  # its thread ended: nothing can be kept any more
            self._ending.error = error
            self._ending.asked.set()
            refused = Receipt()
            refused.tell(error)
            return refused

    def _engine(self, reporter: Reporter) -> Engine:
        clock = SystemClock()
        self._around = Surroundings(
            **self._changeable(),
            sink=self._keeping.scanned,
            delivered=self._keeping.delivered,
            changed=reporter.changed,
            clock=clock,
            timekeeper=Timekeeper(clock),
            kept=self._newest.kept,
        )
        engine = Engine(self._around)
        self._health = reporter.health = self._newest.health = engine.health
        return engine

    def _changeable(self) -> dict[str, Any]:
        """Of the engine's surroundings, what the configuration says."""
        config = self._runtime.plugins.records["scada"].config
        return {
            "drivers": Drivers.of(
                self._runtime.plugins, self._runtime.settings.data_dir / "drivers" / self._tenant
            ),
            "dialer": AllowListDialer([network(text) for text in config["allow_networks"]]),
            "backoff": Backoff(most_s=config["backoff_max_s"]),
            "retries": config["retries"],
        }

    async def _reload(self, hung_up: asyncio.Event, engine: Engine) -> None:
        """At each SIGHUP: [plugins.scada], the outboxes and the plugins as they are now; for ever.
        The spool and the database stay as they were at the start."""
        while True:
            await hung_up.wait()
            hung_up.clear()
            try:
                self._runtime = await asyncio.to_thread(self._again)
            except sdk.WellheadError as error:
                log.error("gateway goes on as it is", gateway=self._name, reason=str(error))
                continue
            self._around = replace(self._around, **self._changeable())
            self._forwarder.outboxes = outboxes_of(self._runtime, self._tenant)
            await engine.surround(self._around)
            log.info("gateway reloaded", gateway=self._name)

    def _again(self) -> sdk.Runtime:
        """Raises WellheadError when a gateway cannot be with that configuration."""
        runtime = self._runtime.again()
        record = runtime.plugins.records["scada"]
        if record not in runtime.plugins.enabled():
            raise sdk.WellheadError(f"the plugin scada is off: {record.reason or record.status}")
        return runtime

    async def _listen(self, lookers: Mapping[str, Callable[[], None]]) -> None:
        """Have each look when an event of its kind comes, and all after a reconnection."""
        async for event in sdk.listen(self._runtime.settings):
            if event.kind == sdk.RECONNECTED:
                for look in lookers.values():
                    look()
            elif event.tenant == self._tenant and event.data.get("gateway") == self._name:
                lookers.get(event.kind, _nothing)()

    def _tell_plugins(self, batch: sdk.Batch) -> None:
        self._runtime.plugins.notify("readings", batch=batch)

    def _detail(self) -> dict[str, Any]:
        """For the heartbeat: how much waits, and what was lost."""
        counters, forwarded = self._spool.counters, self._forwarder.state
        batches, size = self._spool.backlog
        detail = {
            "spool_batches": batches,
            "spool_bytes": size,
            "refused_readings": counters.refused_readings,
            "dropped_readings": counters.dropped_readings,
            "spool_shortage": self._spool.shortage,
            "spool_classes": {
                name: asdict(found) for name, found in self._spool.class_counters.items()
            },
            "not_stored": forwarded.error,
            "textless_readings": forwarded.textless,
            "exception_offered": self._keeping.filter.offered,
            "exception_stored": self._keeping.filter.stored,
            "plugins_off": self._runtime.failures(),
        }
        self._metrics.report(self._health, detail)
        return detail

    def _put_away(self) -> None:
        self._newest.save()
        self._forwarder.stop(_FORWARDER_S)
        self._publisher.stop(_PUBLISHER_S)
        self._spool.close()


def _nothing() -> None:
    """At events that do not concern a gateway."""


def _ended(ending: _Ending, task: "asyncio.Task[None]") -> None:
    """A part of the gateway ended by itself: end the process, its supervisor starts a new one."""
    if task.cancelled() or ending.asked.is_set():
        return
    error = task.exception()
    log.critical("part of the gateway failed", part=task.get_name(), exc_info=error)
    ending.error = error if isinstance(error, Exception) else RuntimeError(task.get_name())
    ending.asked.set()
