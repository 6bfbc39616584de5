"""The driver in the real engine: trusted while it runs, cut off, and nothing missing after."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from asyncua import ua

from wellhead import sdk
from wellhead.testing import Fault, FaultProxy
from wellhead_scada.dialer import AllowListDialer
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.around import Surroundings
from wellhead_scada.engine.clock import SystemClock, Timekeeper
from wellhead_scada.engine.config import DeviceConfig, FieldConfig, GroupConfig, TagConfig
from wellhead_scada.engine.engine import Engine
from wellhead_scada.engine.state import Backoff, Status
from wellhead_scada.networks import network
from wellhead_scada_opcua import plugin

from . import pki
from .helpers import URI, field, until

TAGS = (
    TagConfig(1, "p", "float64", {"node": f"nsu={URI};s=p"}),
    TagConfig(2, "gone", "float64", {"node": f"nsu={URI};s=gone"}),
)


def config(port: int) -> FieldConfig:
    options = {"host": "127.0.0.1", "port": port, "queue_size": 10_000}
    group = GroupConfig("g", "g", 50, 7, tags=TAGS)
    return FieldConfig((
        DeviceConfig(
            id="d", name="SCM-1", driver="opcua", options=options, timeout=10.0, enabled=True,
            groups=(group,),
        ),
    ))  # fmt: skip


def test_a_device_is_trusted_cut_off_and_filled_in(tmp_path: Path) -> None:
    rows: list[sdk.Batch] = []
    shown = pki.certificate()
    clock = SystemClock()

    def good(tag: int = 1) -> list[float]:
        return [
            float(value)
            for batch in rows
            for value in batch.values[(batch.tags == tag) & sdk.quality.is_good(batch.qualities)]
        ]

    async def work() -> None:
        async with field(pki.secured(shown)) as server:
            node = await server.add("p", 0.0)
            await server.server.historize_node_data_change(node, period=None, count=0)

            async def put(first: int, end: int) -> None:
                for number in range(first, end):
                    await server.put(
                        "p", float(number), ua.VariantType.Double, SourceTimestamp=datetime.now(UTC)
                    )

            proxy = FaultProxy(server.port)
            await proxy.start()
            engine = Engine(
                Surroundings(
                    drivers=Drivers({"opcua": plugin.drivers()[0]}, tmp_path),
                    dialer=AllowListDialer([network("127.0.0.0/8")]),
                    sink=rows.append,
                    changed=lambda device: None,
                    clock=clock,
                    timekeeper=Timekeeper(clock),
                    backoff=Backoff(0.05, 0.1),
                )
            )
            await engine.start()
            try:
                await engine.apply(config(proxy.port))
                aside = tmp_path / "opcua" / "rejected"
                await until(lambda: aside.is_dir() and list(aside.iterdir()), "it is put aside")
                await until(lambda: rows, "bad rows")
                assert {int(code) for row in rows for code in row.qualities} == {
                    sdk.quality.BAD_CONFIGURATION
                }
                (one,) = aside.iterdir()
                one.rename(tmp_path / "opcua" / "trusted" / one.name)
                await until(lambda: good() == [0.0], "it is trusted")
                await put(1, 20)
                await until(lambda: good()[-1:] == [19.0], "live values")
                await proxy.set(Fault.REFUSE)
                await until(
                    lambda: engine.health["d"].state.status is Status.BACKING_OFF, "it is lost"
                )
                await put(20, 120)
                await proxy.set(Fault.PASS)
                await until(lambda: 119.0 in good(), "the history")
                await put(120, 130)
                await until(lambda: good()[-1:] == [129.0], "live again")
                kept = {  # as it is stored: the last that arrived of a time
                    int(batch.times[row]): float(batch.values[row])
                    for batch in rows
                    for row in np.flatnonzero(
                        (batch.tags == 1) & sdk.quality.is_good(batch.qualities)
                    )
                }
                assert [kept[time] for time in sorted(kept)] == [*map(float, range(130))]
                refused = np.concatenate([batch.qualities[batch.tags == 2] for batch in rows])
                assert (refused < sdk.quality.UNCERTAIN).all()
            finally:
                await engine.stop()
                await proxy.stop()

    asyncio.run(work())
