"""After an outage: what the server kept meanwhile comes first, once, and nothing is missing."""

import asyncio
from datetime import UTC, datetime

from asyncua import ua

from wellhead import sdk
from wellhead.testing import Fault, FaultProxy

from .helpers import Box, driver, field, listening, opened, point, until

T = ua.VariantType


def test_nothing_is_missing_after_the_line_was_cut() -> None:
    async def work() -> None:
        async with field() as server:
            node = await server.add("p", -1.0)
            await server.server.historize_node_data_change(node, period=None, count=0)
            await server.add("q", 0.0)
            proxy = FaultProxy(server.port)
            await proxy.start()
            first = Box()
            made = driver(proxy.port, queue_size=10_000)
            points = (point("p"), point("q"))
            try:
                await made.open()
                task = asyncio.create_task(made.listen([sdk.PushGroup("g", 0.05, points)], first))
                await until(lambda: first.values(0), "subscribed")
                for number in range(50):
                    await server.put("p", float(number), T.Double, SourceTimestamp=_now())
                await until(lambda: first.values(0)[-1:] == [49.0], "before the cut")
                await proxy.set(Fault.RESET)
                for number in range(50, 350):
                    await server.put("p", float(number), T.Double, SourceTimestamp=_now())
                await asyncio.wait({task}, timeout=10)
                assert isinstance(task.exception(), sdk.DeviceError)
            finally:
                await made.close()
            await proxy.set(Fault.PASS)
            since = max(time for time, _, _ in first.rows(0))
            again = sdk.PushGroup("g", 0.05, points, since)
            async with (
                opened(proxy.port, queue_size=10_000) as made,
                listening(made, again) as second,
            ):
                for number in range(350, 400):
                    await server.put("p", float(number), T.Double, SourceTimestamp=_now())
                await until(lambda: second.values(0)[-1:] == [399.0], "after the cut")
                kept = [row for row in first.rows(0) + second.rows(0) if row[1] >= 0]
                assert [value for _, value, _ in sorted(set(kept))] == [*map(float, range(400))]
                times = [time for time, _, _ in second.rows(0)]
                assert times == sorted(times)
                assert times[0] <= since, "what was on its way is asked for again"
                assert next(one.history for one in second.pushed if 0 in one.places)
                assert second.values(1) == [0.0]
            await proxy.stop()

    asyncio.run(work())


def test_history_comes_in_pieces() -> None:
    """asyncua's history answers with a continuation point when there is more than it likes."""

    async def work() -> None:
        async with field() as server:
            node = await server.add("p", -1.0)
            storage = server.server.iserver.history_manager.storage
            storage.max_history_data_response_size = 40
            await server.server.historize_node_data_change(node, period=None, count=0)
            begun = _now()
            for number in range(300):
                await server.put("p", float(number), T.Double, SourceTimestamp=_now())
            since = round(begun.timestamp() * 1e6) - 1
            async with (
                opened(server.port) as made,
                listening(made, sdk.PushGroup("g", 0.05, (point("p"),), since)) as box,
            ):
                await until(lambda: box.values(0)[-1:] == [299.0], "all of it")
                assert [value for value in box.values(0) if value >= 0] == [
                    float(number) for number in range(300)
                ]
                assert len(box.pushed) > 3

    asyncio.run(work())


def test_a_spool_that_is_full_stops_the_filling_in() -> None:
    async def work() -> None:
        async with field() as server:
            node = await server.add("p", -1.0)
            await server.server.historize_node_data_change(node, period=None, count=0)
            await server.put("p", 1.0, T.Double, SourceTimestamp=_now())
            box = Box()
            box.full = True
            made = driver(server.port)
            try:
                await made.open()
                task = asyncio.create_task(
                    made.listen([sdk.PushGroup("g", 0.05, (point("p"),), 1)], box)
                )
                await asyncio.wait({task}, timeout=10)
                assert isinstance(task.exception(), sdk.NotKept)
            finally:
                await made.close()

    asyncio.run(work())


def _now() -> datetime:
    return datetime.now(UTC)
