"""Subscriptions: what changes arrives, dated by its source, until the server falls silent."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asyncua import ua

from wellhead import sdk
from wellhead.testing import Fault, FaultProxy
from wellhead_scada_opcua.messages import Publication
from wellhead_scada_opcua.subscription import Subscription

from .helpers import Box, driver, field, listening, opened, point, until

T = ua.VariantType
TIMEOUT = 0.3
SLACK = 1.5
"""Seconds that a busy machine may add."""


def group(*points: sdk.Point, period: float = 0.05, since: int | None = None) -> sdk.PushGroup:
    return sdk.PushGroup("g", period, points, since)


def us(moment: datetime) -> int:
    return round(moment.timestamp() * 1e6)


def test_changes_arrive_with_the_times_of_their_source() -> None:
    at = datetime(2026, 3, 1, 12, 0, 0, 250_000, UTC)

    async def work() -> None:
        async with field() as server:
            await server.add("p", 0.0)
            await server.put("p", 1.0, T.Double, SourceTimestamp=at)
            async with (
                opened(server.port) as made,
                listening(made, group(point("p"), point("gone"), point("x", "string"))) as box,
            ):
                await until(lambda: box.rows(0), "the present value")
                later = at + timedelta(seconds=1)
                await server.put("p", 2.0, T.Double, SourceTimestamp=later)
                await until(lambda: len(box.rows(0)) == 2, "the change")
                good = sdk.quality.GOOD
                assert box.rows(0) == [(us(at), 1.0, good), (us(later), 2.0, good)]
                assert [quality for _, _, quality in box.rows(1)] == [4]
                status = ua.StatusCode(ua.StatusCodes.UncertainEngineeringUnitsExceeded)
                await server.put("p", 3.0, T.Double, StatusCode=status, SourceTimestamp=later)
                await until(lambda: len(box.rows(0)) == 3, "the status")
                assert box.rows(0)[2][1:] == (3.0, sdk.quality.UNCERTAIN_RANGE_EXCEEDED)

    asyncio.run(work())


def test_many_items_of_two_groups_find_their_places() -> None:
    async def work() -> None:
        async with field() as server:
            await server.add_many(1200)
            points = [point(f"N{number}") for number in range(1200)]
            groups = (
                sdk.PushGroup("a", 0.05, tuple(points[:800])),
                sdk.PushGroup("b", 0.1, tuple(points[800:])),
            )
            async with opened(server.port) as made, listening(made, *groups) as box:
                await until(
                    lambda: sum(len(one.places) for one in box.pushed) >= 1200, "all of them"
                )
                for name, first in (("a", 0), ("b", 800)):
                    for one in (one for one in box.pushed if one.group == name):
                        assert (one.values == one.places + first).all()

    asyncio.run(work())


def test_a_deadband_keeps_small_changes_at_the_server() -> None:
    async def work() -> None:
        async with field() as server:
            await server.add("p", 10.0)
            async with (
                opened(server.port) as made,
                listening(made, group(point("p", deadband=1.0), point("p"))) as box,
            ):
                for value in (10.2, 10.4, 20.0):
                    await server.put("p", value, T.Double)
                    await until(lambda value=value: value in box.values(1), "each change")  # type: ignore[misc]
                await until(lambda: 20.0 in box.values(0), "the large change")
                assert box.values(0) == [10.0, 20.0]

    asyncio.run(work())


def test_texts_arrive_as_texts() -> None:
    async def work() -> None:
        async with field() as server:
            await server.add("state", "closed", T.String)
            async with (
                opened(server.port) as made,
                listening(made, group(point("state", "string"))) as box,
            ):
                await until(lambda: box.texts(0) == ["closed"], "the present text")
                await server.put("state", "open", T.String)
                await until(lambda: box.texts(0) == ["closed", "open"], "the new one")

    asyncio.run(work())


def test_a_message_is_acknowledged_once_it_is_kept() -> None:
    async def work() -> None:
        async with field() as server:
            await server.add("p", 0.0)
            box = Box()
            box.full = True
            async with (
                opened(server.port) as made,
                listening(made, group(point("p")), box=box),
            ):
                service = server.server.iserver.subscription_service
                (subscription,) = service.subscriptions.values()
                waiting = subscription._not_acknowledged_results
                await until(lambda: box.refused == 1, "the first message")
                await server.put("p", 1.0, T.Double)
                await until(lambda: box.refused == 2, "the second")
                box.full = False
                await server.put("p", 2.0, T.Double)
                await until(lambda: 2.0 in box.values(0), "the third")
                await server.put("p", 3.0, T.Double)  # acknowledgements go with the next request
                await until(lambda: 3.0 in box.values(0), "the fourth")
                await server.put("p", 4.0, T.Double)
                await until(lambda: 3 not in waiting, "the third is acknowledged")
                assert sorted(waiting)[:2] == [1, 2]

    asyncio.run(work())


def test_listening_again_with_other_groups_misses_nothing() -> None:
    async def work() -> None:
        async with field() as server:
            await server.add("p", 1.0)
            await server.add("q", 5.0)
            async with opened(server.port) as made:
                async with listening(made, group(point("p"))) as box:
                    await until(lambda: box.values(0) == [1.0], "the first group")
                for _ in range(3):
                    async with listening(made, group(point("q"), point("p"))) as box:
                        await until(lambda: box.values(0) == [5.0], "the second group")
                        assert box.values(1) == [1.0]
                service = server.server.iserver.subscription_service
                await until(lambda: not service.subscriptions, "none is left behind")

    asyncio.run(work())


def test_reading_and_writing_go_on_meanwhile() -> None:
    async def work() -> None:
        async with field() as server:
            await server.add("p", 1.0)
            async with opened(server.port) as made, listening(made, group(point("p"))) as box:
                await made.write(point("p"), 7.0)
                assert (await made.read(made.plan([point("p")]))).values.tolist() == [7.0]
                await until(lambda: box.values(0)[-1:] == [7.0], "the echo")

    asyncio.run(work())


def test_the_server_may_date_the_readings_instead() -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC)

    async def work() -> None:
        async with field() as server:
            await server.add("p", 1.0)
            now = datetime.now(UTC)
            await server.put("p", 2.0, T.Double, SourceTimestamp=at, ServerTimestamp=now)
            async with (
                opened(server.port, timestamps="server") as made,
                listening(made, group(point("p"))) as box,
            ):
                await until(lambda: box.rows(0), "the present value")
                assert box.rows(0)[0][0] == us(now)

    asyncio.run(work())


def test_a_present_value_older_than_what_was_kept_is_a_reading_of_now() -> None:
    """Else the tag would stay bad after an outage until its value changes."""
    at = datetime(2026, 1, 1, tzinfo=UTC)

    async def work() -> None:
        async with field() as server:
            await server.add("p", 1.0)
            await server.put("p", 2.0, T.Double, SourceTimestamp=at)
            since = us(at + timedelta(hours=1))
            async with (
                opened(server.port) as made,
                listening(made, group(point("p"), since=since)) as box,
            ):
                await until(lambda: box.rows(0), "the present value")
                assert box.rows(0) == [(0, 2.0, sdk.quality.GOOD)]

    asyncio.run(work())


# --- losing the server --------------------------------------------------------------------------


@pytest.mark.alone
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.SILENCE, sdk.DeviceTimeout),
        (Fault.DRIP, sdk.DeviceTimeout),
        (Fault.GARBAGE, sdk.DeviceProtocolError),
        (Fault.WRONG, sdk.DeviceProtocolError),
        (Fault.REPLAY, sdk.DeviceProtocolError),
        (Fault.HUGE, sdk.DeviceProtocolError),
        (Fault.RESET, sdk.DeviceUnreachable),
        (Fault.REFUSE, sdk.DeviceUnreachable),
    ],
)
def test_a_server_that_is_lost_is_noticed_within_two_time_outs(
    fault: Fault, error: type[sdk.DeviceError]
) -> None:
    async def work() -> None:
        async with field() as server:
            await server.add("p", 1.0)
            proxy = FaultProxy(server.port, drip_s=0.05)
            await proxy.start()
            made = driver(proxy.port, timeout=TIMEOUT)
            box = Box()
            try:
                await made.open()
                task = asyncio.create_task(made.listen([group(point("p"), period=30.0)], box))
                await until(lambda: box.heard, "subscribed")
                await proxy.set(fault)
                begun = time.monotonic()
                await asyncio.wait({task}, timeout=10)
                assert task.done()
                assert time.monotonic() - begun < 2 * TIMEOUT + SLACK
                assert isinstance(task.exception(), error), task.exception()
            finally:
                await made.close()
                await proxy.stop()

    asyncio.run(work())


def test_a_server_that_forgets_the_subscription_is_noticed() -> None:
    async def work() -> None:
        async with field() as server:
            await server.add("p", 1.0)
            made = driver(server.port)
            box = Box()
            try:
                await made.open()
                task = asyncio.create_task(made.listen([group(point("p"))], box))
                await until(lambda: box.rows(0), "the present value")
                service = server.server.iserver.subscription_service
                for one in list(service.subscriptions.values()):
                    await one.enqueue_statuschange(ua.StatusCode(ua.StatusCodes.BadTimeout))
                await server.put("p", 2.0, T.Double)
                await asyncio.wait({task}, timeout=10)
                with pytest.raises(sdk.DeviceUnreachable, match="BadTimeout"):
                    task.result()
            finally:
                await made.close()

    asyncio.run(work())


@pytest.mark.alone
def test_a_subscription_that_is_never_heard_of_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server answers everything else."""
    monkeypatch.setattr("wellhead_scada_opcua.subscription._KEEP_ALIVE_S", 0.1)

    async def work() -> None:
        async with field() as server:
            await server.add("p", 1.0)
            made = driver(server.port, timeout=TIMEOUT)
            box = Box()
            try:
                await made.open()
                task = asyncio.create_task(made.listen([group(point("p"))], box))
                await until(lambda: box.rows(0), "the present value")
                (one,) = server.server.iserver.subscription_service.subscriptions.values()
                one._task.cancel()
                await asyncio.wait({task}, timeout=10)
                with pytest.raises(sdk.DeviceTimeout, match="keep-alive"):
                    task.result()
            finally:
                await made.close()

    asyncio.run(work())


def publication(number: int, *, data: bool = True) -> Publication:
    return Publication(1, number, data, False, (), (), None)


class _Channel:
    namespaces = ("",)
    device = sdk.DeviceSpec("1", "d", {}, 1.0)


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [
        ([(1, True), (2, True), (3, True)], []),
        ([(1, True), (2, False), (2, False), (2, True)], []),
        ([(1, True), (4, True)], [2, 3]),
        ([(1, True), (3, False)], [2]),
        ([(2**32 - 1, True), (1, True)], []),
    ],
)
def test_gaps_in_the_numbers_of_the_messages_are_seen(
    numbers: list[tuple[int, bool]], missing: list[int]
) -> None:
    one: Any = Subscription(_Channel(), group(), lambda _: None, 1)  # type: ignore[arg-type,return-value]
    seen = [
        number
        for sequence, data in numbers
        for number in one.missing(publication(sequence, data=data))
    ]
    assert seen == missing


def test_a_message_that_got_lost_is_asked_for_again() -> None:
    async def work() -> None:
        async with field() as server:
            await server.add("p", 0.0)
            made = driver(server.port)
            box = Box()
            try:
                await made.open()
                task = asyncio.create_task(made.listen([group(point("p"))], box))
                await until(lambda: box.values(0) == [0.0], "the present value")
                following = made._stream.next
                dropped: list[bytes] = []

                async def loses_one(seconds: float, other: Any) -> bytes | None:
                    answer = await following(seconds, other)
                    if answer is not None and not dropped:
                        dropped.append(answer)
                        return None
                    return answer

                made._stream.next = loses_one  # type: ignore[method-assign]
                await server.put("p", 0.5, T.Double)  # comes by the call that is under way
                await until(lambda: box.values(0)[-1:] == [0.5], "the last one before")
                await server.put("p", 1.0, T.Double)
                await until(lambda: dropped, "one is lost")
                await server.put("p", 2.0, T.Double)
                await until(lambda: box.values(0)[-1:] == [2.0], "the next one")
                assert set(box.values(0)) == {0.0, 0.5, 1.0, 2.0}
                assert box.values(0) == sorted(box.values(0))
                task.cancel()
                await asyncio.wait({task})
            finally:
                await made.close()

    asyncio.run(work())
