"""All devices of one gateway: started, changed, watched and stopped apart from each other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

import numpy as np
import structlog

from wellhead.sdk import WellheadError
from wellhead_scada.engine import state as states
from wellhead_scada.engine.around import DeviceHealth, Surroundings
from wellhead_scada.engine.config import DeviceConfig, FieldConfig, changes, retired
from wellhead_scada.engine.connection import Connection
from wellhead_scada.engine.device import DeviceRunner
from wellhead_scada.engine.errand import Hand, NoTask
from wellhead_scada.engine.group import ScanGroup, bad_row, build_groups
from wellhead_scada.engine.schedule import ScanScheduler

log = structlog.get_logger(__name__)

T = TypeVar("T")

WATCH_S = 1.0
"""Seconds between looks at the device tasks; a wedged one is replaced within
wedged_s + GRACE_S + WATCH_S = 10 s."""


class Engine:
    """Scans what `apply` was last given, from `start` to `stop`.

    health: state and counters by device id
    """

    def __init__(self, around: Surroundings) -> None:
        self.health: dict[str, DeviceHealth] = {}
        self._around = around
        self._config = FieldConfig()
        self._runners: dict[str, DeviceRunner] = {}
        self._scheduler = ScanScheduler(around.clock)
        self._changing = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start with no device."""
        self._scheduler.start()
        self._watch = asyncio.create_task(self._watch_devices(), name="device watch")

    async def stop(self) -> None:
        """Disconnect all devices at once; bounded by what one may take."""
        if self._watch is not None:
            self._watch.cancel()
        async with self._changing:
            self._scheduler.shutdown()
            await asyncio.gather(*(runner.stop() for runner in self._runners.values()))
            self._runners.clear()
            await asyncio.sleep(0)  # lets the scheduler take its timer off the loop

    async def apply(self, config: FieldConfig) -> None:
        """Scan `config` from now on; devices and groups that did not change are not touched."""
        async with self._changing:
            old = {device.id: device for device in self._config.devices}
            todo = changes(self._config, config)
            self._config = config
            await asyncio.gather(
                *(self._remove(device) for device in todo.removed),
                *(self._restart(old.get(device.id), device) for device in todo.started),
            )
            for device in todo.regrouped:
                await self._regroup(old[device.id], device)
        if todo.removed or todo.started or todo.regrouped:
            named = {
                "started": _names(todo.started),
                "regrouped": _names(todo.regrouped),
                "removed": _names(todo.removed),
            }
            changed = {what: names for what, names in named.items() if names}
            log.info("configuration applied", devices=len(config.devices), **changed)

    async def surround(self, around: Surroundings) -> None:
        """Work with other drivers, dialer, back-off and retries from now on. Only devices whose
        driver is another one, or gone, or whose address is no longer allowed, connect anew."""
        async with self._changing:
            before, self._around = self._around, around
            anew = []
            for device in self._config.devices:
                runner = self._runners.get(device.id)
                if runner is None:
                    continue
                same = before.drivers.same(device.driver, around.drivers)
                if same and await runner.may_stay(around):
                    runner.surround(around)
                else:
                    anew.append(device)
            await asyncio.gather(*(self._restart(device, device) for device in anew))
        log.info("drivers and networks taken over", reconnected=_names(anew))

    async def errand(self, device_id: str, work: Callable[[Hand], Awaitable[T]]) -> T:
        """Do `work` at the device between its scans; at one that is switched off, on a connection
        made for it.

        Raises DeviceError with the reason, what `work` raises, or WellheadError for a device that
        is not here.
        """
        runner = self._runners.get(device_id)
        if runner is not None:
            return await runner.errand(work)
        device, around = self.device(device_id), self._around
        groups = await build_groups(device, around.drivers, {})
        connection = Connection(
            device, around.drivers, around.dialer, around.clock, around.wedged_s
        )
        try:
            await connection.open()
            return await work(Hand(NoTask(groups, connection)))
        finally:
            await connection.close()

    def device(self, device_id: str) -> DeviceConfig:
        """The device as it is configured. Raises WellheadError when it is not here."""
        for device in self._config.devices:
            if device.id == device_id:
                return device
        raise WellheadError(
            "this gateway has no such device",
            field="device_id",
            value=device_id,
            remedy="Wait until the gateway has its new configuration, then ask again",
        )

    # --- changing -------------------------------------------------------------------------------

    async def _remove(self, device: DeviceConfig) -> None:
        await self._stop_device(device)
        self._retire(device, None)
        self.health.pop(device.id, None)

    async def _restart(self, old: DeviceConfig | None, device: DeviceConfig) -> None:
        groups = await build_groups(device, self._around.drivers, {})
        if old is not None:
            await self._stop_device(old)
            self._retire(old, device)
        now = self._around.timekeeper.now()
        state = states.started(now) if device.enabled else states.disabled(now)
        health = self.health.setdefault(device.id, DeviceHealth(state))
        health.state = state
        if device.enabled:
            self._run(device, groups, health, self._around.drivers.pushes(device.driver))
            for group_id, period in self._scans(device).items():
                self._schedule(device.id, group_id, period)
        self._around.changed(device.id)

    async def _regroup(self, old: DeviceConfig, device: DeviceConfig) -> None:
        if not device.enabled:
            return
        known = self._runners[device.id].groups
        groups = await build_groups(device, self._around.drivers, known)
        before, after = self._scans(old), self._scans(device)
        self._runners[device.id].regroup(device, groups)
        for group_id, period in before.items():
            if after.get(group_id) != period:
                self._scheduler.remove_scan(group_id)
        for group_id, period in after.items():
            if before.get(group_id) != period:
                self._schedule(device.id, group_id, period)
        self._retire(old, device)

    def _run(
        self,
        device: DeviceConfig,
        groups: dict[str, ScanGroup],
        health: DeviceHealth,
        pushes: bool,
    ) -> None:
        runner = DeviceRunner(device, groups, health, self._around, pushes=pushes)
        self._runners[device.id] = runner
        runner.start()

    async def _stop_device(self, device: DeviceConfig) -> None:
        if not device.enabled:
            return
        for group_id in self._scans(device):
            self._scheduler.remove_scan(group_id)
        await self._runners.pop(device.id).stop()

    def _scans(self, device: DeviceConfig) -> dict[str, int]:
        """The device's groups that are scanned, with their periods in ms: of one that sends by
        itself none."""
        if self._runners[device.id].pushes:
            return {}
        return {group.id: group.period_ms for group in device.groups if group.tags}

    def _retire(self, old: DeviceConfig, new: DeviceConfig | None) -> None:
        """One last row for tags that are no longer scanned, so that none looks good for ever."""
        now = self._around.timekeeper.now()
        out = states.disabled(now).quality
        for source, tags in retired(old, new).items():
            self._around.sink(bad_row(source, now, np.array(tags, np.int32), out))

    def _schedule(self, device_id: str, group_id: str, period_ms: int) -> None:
        missed: Callable[[int], None] = partial(self._missed, device_id)
        due = partial(self._due, device_id, group_id)
        self._scheduler.add_scan(group_id, period_ms / 1000, due, missed)

    def _due(self, device_id: str, group_id: str) -> None:
        self._runners[device_id].due(group_id)

    def _missed(self, device_id: str, scans: int) -> None:
        self.health[device_id].counters.missed += scans

    # --- watching -------------------------------------------------------------------------------

    async def _watch_devices(self) -> None:
        while True:
            await asyncio.sleep(WATCH_S)
            for device_id, runner in list(self._runners.items()):
                trouble = runner.trouble()
                if trouble is not None and not self._changing.locked():
                    try:
                        self._replace(device_id, runner, trouble)
                    except Exception:  # isolates: the others must be watched all the same
                        log.exception("device task is not replaced", device=runner.config.name)

    def _replace(self, device_id: str, runner: DeviceRunner, trouble: str) -> None:
        log.error("device task is replaced", device=runner.config.name, reason=trouble)
        health = self.health[device_id]
        runner.abandon(trouble)
        health.counters.restarts += 1
        self._run(runner.config, runner.groups, health, runner.pushes)
        self._around.changed(device_id)


def _names(devices: Sequence[DeviceConfig]) -> str:
    """For the log: the first few by name."""
    shown = ", ".join(device.name for device in devices[:5])
    return f"{shown}, … ({len(devices)})" if len(devices) > 5 else shown
