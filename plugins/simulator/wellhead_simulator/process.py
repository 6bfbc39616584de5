"""The process of the simulated field: device servers, a clock, and the ear for faults."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import structlog

from wellhead import sdk
from wellhead_simulator.control import fault_of
from wellhead_simulator.field import COMMS_LOSS, Fault, Field
from wellhead_simulator.protocols import Protocol, protocols
from wellhead_simulator.replay import Replay, load_replay

MAX_BEHIND = 5.0
"""Seconds a suspended process may lie behind before the field's time skips what it missed"""
log = structlog.get_logger(__name__)


class Simulation:
    """A field behind one server a well; `advance` is one step of its time.

    config: the section [plugins.simulator]
    protocols: of the wells, by turns
    ports: of the wells' servers, by well, once started
    """

    def __init__(self, config: dict[str, Any], protocols: Sequence[Protocol]) -> None:
        self.config = config
        self.field = Field(config["seed"], config["wells"])
        self.ports: dict[str, int] = {}
        self._protocols = dict(zip(self.field.wells, cycle(protocols), strict=False))
        self._servers = {name: one.server() for name, one in self._protocols.items()}
        self._replay: Replay | None = None
        if config["replay"] is not None:
            self._replay = load_replay(
                Path(config["replay"]), config["wells"], loop=config["replay_loop"]
            )
        self._steps = 0

    async def start(self) -> None:
        """Listen. Raises ConfigError naming a port that is taken."""
        self._obey_replay()
        for place, (name, server) in enumerate(self._servers.items()):
            port = self.config["base_port"] + place
            points = self._protocols[name].layout(name)
            try:
                self.ports[name] = await server.start(self.config["host"], port, points)
            except OSError as error:
                raise sdk.ConfigError(
                    f"the device of {name} cannot listen there: {error.strerror}",
                    field="[plugins.simulator] base_port",
                    value=port,
                    remedy="Stop what uses the port, or choose another base_port",
                ) from error
            server.publish(self.field.wells[name].raw())  # before the next, which takes a while

    @property
    def devices(self) -> dict[str, str]:
        """Driver and port of each well's device, for people to read."""
        return {name: f"{self._protocols[name].driver} {self.ports[name]}" for name in self.ports}

    async def stop(self) -> None:
        for server in self._servers.values():
            await server.stop()

    def advance(self) -> None:
        """Obey what clients wrote, go on by one step and show it."""
        for name, server in self._servers.items():
            for number, raw in server.commanded().items():
                self.field.wells[name].command(number, raw)
        self.field.step(self.config["step_s"])
        self._steps += 1
        self._show()

    async def switch(self, fault: Fault) -> None:
        """Raises WellheadError for a fault that this field cannot have."""
        self.field.switch(fault)
        if fault.fault == COMMS_LOSS:
            await self._servers[fault.well].set_fault("silence" if fault.active else None)
        log.info(
            "fault switched",
            well=fault.well,
            fault=fault.fault,
            signal=fault.signal,
            active=fault.active,
        )

    def _obey_replay(self) -> None:
        if self._replay is not None:
            for well, values in self._replay.at(self._steps * self.config["step_s"]).items():
                self.field.wells[well].replay(values)

    def _show(self) -> None:
        self._obey_replay()
        for name, server in self._servers.items():
            server.publish(self.field.wells[name].raw())


async def keep_time(simulation: Simulation, stop: asyncio.Event) -> None:
    """Advance at the pace of the monotonic clock, without drift, until `stop` is set."""
    clock = asyncio.get_running_loop().time
    step = simulation.config["step_s"]
    due = clock()
    while True:
        due += step
        late = clock() - due
        if late > MAX_BEHIND:
            log.warning("the field's time skips what it missed", seconds=round(late, 1))
            due += late
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), max(due - clock(), 0.0))
        if stop.is_set():
            return
        simulation.advance()


async def hear_faults(simulation: Simulation, events: AsyncIterator[sdk.Event]) -> None:
    """Switch what the events say, for ever; one that cannot be is logged."""
    async for event in events:
        try:
            fault = fault_of(event)
            if fault is not None:
                await simulation.switch(fault)
        except sdk.WellheadError as error:
            log.error("fault refused", error=str(error))


async def simulate(runtime: sdk.Runtime) -> None:
    """Run the field until SIGTERM or SIGINT. Raises ConfigError."""
    config = runtime.plugins.records["simulator"].config
    simulation = Simulation(config, protocols(runtime.plugins, config["drivers"], _left_out))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    ear: asyncio.Task[None] | None = None
    try:
        await simulation.start()
        ear = asyncio.create_task(hear_faults(simulation, sdk.listen(runtime.settings)))
        log.info("field runs", wells=simulation.devices)
        await keep_time(simulation, stop)
    finally:
        if ear is not None:
            ear.cancel()
            await asyncio.gather(ear, return_exceptions=True)
        await simulation.stop()
        log.info("field stopped")


def _left_out(driver: str, reason: str) -> None:
    log.warning("a protocol of the field is left out", driver=driver, reason=reason)
