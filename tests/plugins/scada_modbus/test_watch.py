"""The request timer: fires once, for what is overdue, and never for what ended."""

import asyncio

from wellhead_scada_modbus.watch import Watch

SECONDS = 0.1


def test_only_what_is_overdue_expires() -> None:
    async def main() -> None:
        expired = asyncio.Event()
        watch = Watch(expired.set)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while loop.time() < begun + 3 * SECONDS:  # many things, each ended at once
            watch.begin(SECONDS)
            await asyncio.sleep(0)
            watch.end()
            await asyncio.sleep(0)
        assert not expired.is_set()
        watch.begin(SECONDS)
        begun = loop.time()
        await asyncio.wait_for(expired.wait(), 10)
        assert loop.time() - begun >= SECONDS * 0.99

    asyncio.run(main())


def test_a_closed_watch_expires_nothing_and_can_begin_again() -> None:
    async def main() -> None:
        expired = asyncio.Event()
        watch = Watch(expired.set)
        watch.begin(SECONDS)
        watch.close()
        other = asyncio.Event()
        later = Watch(other.set)
        later.begin(2 * SECONDS)
        await asyncio.wait_for(other.wait(), 10)
        assert not expired.is_set()
        watch.begin(SECONDS)
        await asyncio.wait_for(expired.wait(), 10)

    asyncio.run(main())


def test_a_shorter_time_after_a_longer_one_expires_in_its_own() -> None:
    async def main() -> None:
        expired = asyncio.Event()
        watch = Watch(expired.set)
        watch.begin(60.0)
        watch.end()
        watch.begin(SECONDS)
        await asyncio.wait_for(expired.wait(), 10)

    asyncio.run(main())
