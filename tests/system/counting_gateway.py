"""The gateway with a driver that counts, which tells a pipe what the spool has acknowledged.

Run by the tests that kill it: `counting_gateway.py CONFIG PIPE FIRST`. Every read brings the next
number, from FIRST on; after the spool's commit that number is written to the file descriptor PIPE.

Without FIRST each line of stdin is one, of a gateway in a fork of this process, which has
everything imported: what is tried is the end of a gateway, not its start. Its pid is a line of
stdout.
"""

import itertools
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from marshmallow import Schema, fields

from wellhead import sdk
from wellhead.logs import configure_logs
from wellhead.settings import load_settings
from wellhead_historian.spool.spool import Receipt, Spool
from wellhead_scada.command import gateway
from wellhead_scada.drivers import Drivers


class OptionsSchema(Schema):
    pass


class AddressSchema(Schema):
    place = fields.Integer(required=True)


class CountingDriver(sdk.Driver[int]):
    device_schema = OptionsSchema
    address_schema = AddressSchema
    datatypes = frozenset({"float64"})
    numbers = itertools.count()

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    @classmethod
    def check_point(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        pass

    def plan(self, points: Any) -> int:
        return len(points)

    async def read(self, plan: int) -> sdk.RawValues:
        number = float(next(self.numbers))
        return sdk.RawValues(np.full(plan, number), np.full(plan, sdk.quality.GOOD, np.int16))


def main(config: str, pipe: str, first: str | None = None) -> None:
    settings = load_settings(Path(config), os.environ)
    configure_logs(settings.log, "gateway")
    count_into(int(pipe))
    if first is not None:
        run(settings, int(first))
        return
    sdk.Runtime.make(settings)  # imports the plugins
    import_module("wellhead_scada.gateway.process")  # here, and not in each fork
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.setsid()
            run(settings, int(line))
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)


def run(settings: sdk.Settings, first: int) -> None:
    CountingDriver.numbers = itertools.count(first)
    gateway.main([], obj=sdk.Runtime.make(settings), standalone_mode=False)


def count_into(pipe: int) -> None:
    """Have gateways know the driver, and the pipe what was acknowledged."""
    append = Spool.append

    def telling(spool: Spool, batch: sdk.Batch) -> Receipt:
        future = append(spool, batch)
        if sdk.quality.is_good(batch.qualities).all():
            line = b"%d\n" % batch.values[0]
            future.add_done_callback(
                lambda done: None if done.exception() else os.write(pipe, line) and None
            )
        return future

    Spool.append = telling  # type: ignore[method-assign,assignment]
    of = Drivers.of

    def with_counting(plugins: Any, files: Path | None = None) -> Drivers:
        drivers = of(plugins, files)
        drivers.add("counting", CountingDriver)
        return drivers

    Drivers.of = with_counting  # type: ignore[method-assign]


if __name__ == "__main__":
    main(*sys.argv[1:])
