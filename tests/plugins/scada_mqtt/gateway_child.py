"""What is killed by test_kill.py: the engine, the MQTT driver and a spool, without a database.

    python gateway_child.py PORT SPOOL SOURCE TAG

Each time readings are on disk, a line with their number and the greatest value goes to stdout.
"""

import asyncio
import sys
from functools import partial
from pathlib import Path

import numpy as np
import structlog

from wellhead import sdk
from wellhead_historian.spool.spool import Receipt, Spool
from wellhead_scada.dialer import AllowListDialer
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.around import Surroundings
from wellhead_scada.engine.clock import SystemClock, Timekeeper
from wellhead_scada.engine.config import DeviceConfig, FieldConfig, GroupConfig, TagConfig
from wellhead_scada.engine.engine import Engine
from wellhead_scada.networks import network
from wellhead_scada_mqtt.driver import MqttDriver


async def main(port: int, path: Path, source: int, number: int) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    spool = Spool(path)

    def told(batch: sdk.Batch, future: Receipt) -> None:
        if future.exception() is None:
            print(len(batch), int(np.nan_to_num(batch.values).max()), flush=True)

    def keep(batch: sdk.Batch) -> Receipt:
        future = spool.append(batch)
        future.add_done_callback(partial(told, batch))
        return future

    drivers = Drivers({})
    drivers.add("mqtt", MqttDriver)
    clock = SystemClock()
    dialer = AllowListDialer([network("127.0.0.0/8")])
    engine = Engine(Surroundings(drivers, dialer, keep, lambda _: None, clock, Timekeeper(clock)))
    tag = TagConfig(number, "count", "float64", {"topic": "count", "pointer": "/n", "time": "/at"})
    group = GroupConfig("g", "g", 1000, source, (tag,))
    options = {"host": "127.0.0.1", "port": port, "window": 200}
    await engine.start()
    await engine.apply(FieldConfig((DeviceConfig("d", "d", "mqtt", options, 5.0, True, (group,)),)))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
