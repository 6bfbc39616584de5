"""Lives of a gateway that writes over Modbus, each ended by kill -9 where a line on stdin says; or
stopped there, and woken up later.

Each life is a fork of this process, which has everything imported: what is tried is the end of a
process, not its start. A life without a point ends when no command is open any more.
"""

import asyncio
import json
import os
import random
import signal
import sys
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wellhead import sdk
from wellhead.settings.model import DatabaseSettings
from wellhead_scada.commands import executor, ledger
from wellhead_scada.commands.executor import Commands
from wellhead_scada.commands.ledger import Ledger, Order
from wellhead_scada.commands.steps import Step
from wellhead_scada.dialer import AllowListDialer
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.around import Surroundings
from wellhead_scada.engine.clock import SystemClock, Timekeeper
from wellhead_scada.engine.engine import Engine
from wellhead_scada.gateway.database import Database
from wellhead_scada.networks import network
from wellhead_scada_modbus.driver import ModbusDriver

POINTS = (
    "claiming", "dispatched", "writing", "written", "before acknowledged", "after acknowledged",
    "before verified", "after verified",
)  # fmt: skip
LONGEST_S = 20.0
_OPEN = "SELECT count(*) FROM scada_command WHERE ended_at IS NULL"


def reached(point: str, wanted: str | None, how: signal.Signals = signal.SIGKILL) -> None:
    """kill -9 or `how`, if this is the point."""
    if point == wanted:
        os.kill(os.getpid(), how)


class MortalLedger(Ledger):
    point: str | None = None

    def _order(self, row: Mapping[str, Any], dispatch: uuid.UUID, begun: float) -> Order:
        reached("claiming", self.point)  # not committed yet
        return super()._order(row, dispatch, begun)

    async def claim(self, dispatch: uuid.UUID, passed: Sequence[uuid.UUID]) -> Any:
        found = await super().claim(dispatch, passed)
        if isinstance(found, Order):
            reached("dispatched", self.point)
            reached("stopped dispatched", self.point, signal.SIGSTOP)
        return found

    async def write(self, step: Step) -> bool:
        reached(f"before {step.after}", self.point)
        written = await super().write(step)
        reached(f"after {step.after}", self.point)
        return written


class MortalDriver(ModbusDriver):
    point: str | None = None

    async def write(self, point: sdk.Point, value: float | str) -> None:
        reached("writing", self.point)
        if self.point == "stopped waiting":  # for its turn on a line, say
            reached(self.point, self.point, signal.SIGSTOP)
            await asyncio.sleep(0.01)
        await super().write(point, value)
        reached("written", self.point)


async def live(settings: sdk.Settings, point: str | None) -> None:
    MortalDriver.point = MortalLedger.point = point
    executor.LOOK_EVERY_S = 0.02
    drivers = Drivers({})
    drivers.add("modbus", MortalDriver)
    clock = SystemClock()
    engine = Engine(
        Surroundings(
            drivers=drivers,
            dialer=AllowListDialer([network("127.0.0.0/8")]),
            sink=lambda batch: None,
            changed=lambda device: None,
            clock=clock,
            timekeeper=Timekeeper(clock),
        )
    )
    database = Database(settings, "default", "main")
    await engine.start()
    await engine.apply(database.load())

    async def prepare() -> None:
        """The configuration does not change here."""

    commands = Commands(
        MortalLedger(database, "default", "main"), engine, prepare=prepare, ended=lambda state: None
    )
    task = asyncio.create_task(commands.run())
    give_up = time.monotonic() + LONGEST_S
    async with database.connection() as connection:
        await connection.set_autocommit(True)
        while time.monotonic() < give_up:
            [(count,)] = await (await connection.execute(_OPEN)).fetchall()
            if not count:
                break
            await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.wait([task])
    await commands.stop()
    await engine.stop()


def fork(settings: sdk.Settings, asked: Mapping[str, Any]) -> int:
    """One life. The signal that ended it, 0 for none. One that is stopped goes on after
    `asleep_s`."""
    child = os.fork()
    if child == 0:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a line cut short would spoil the answer
        if asked.get("within_s"):
            wait = random.uniform(0, asked["within_s"])
            threading.Timer(wait, os.kill, (os.getpid(), signal.SIGKILL)).start()
        ledger.SEND_WITHIN_S = asked.get("send_within_s", ledger.SEND_WITHIN_S)
        try:
            asyncio.run(live(settings, asked.get("point")))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        time.sleep(asked["asleep_s"])
        os.kill(child, signal.SIGCONT)
        _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def main() -> None:
    given = json.loads(sys.argv[1])
    settings = sdk.Settings(
        data_dir=Path(given["data_dir"]), database=DatabaseSettings(**given["database"])
    )
    for line in sys.stdin:
        print(fork(settings, json.loads(line)), flush=True)


if __name__ == "__main__":
    main()
