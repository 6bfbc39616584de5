"""The request timer: fires once, for what is overdue, and never for what ended."""

import asyncio

from wellhead_scada_modbus.watch import Watch

SECONDS = 0.1


def test_only_what_is_overdue_expires() -> None:
    async def main() -> None:
        expired = asyncio.Event()
        watch = Watch(SECONDS, expired.set)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while loop.time() < begun + 3 * SECONDS:  # many things, each ended at once
            watch.begin()
            await asyncio.sleep(0)
            watch.end()
            await asyncio.sleep(0)
        assert not expired.is_set()
        watch.begin()
        begun = loop.time()
        await asyncio.wait_for(expired.wait(), 10)
        assert loop.time() - begun >= SECONDS * 0.99

    asyncio.run(main())


def test_a_closed_watch_expires_nothing_and_can_begin_again() -> None:
    async def main() -> None:
        expired = asyncio.Event()
        watch = Watch(SECONDS, expired.set)
        watch.begin()
        watch.close()
        other = asyncio.Event()
        later = Watch(2 * SECONDS, other.set)
        later.begin()
        await asyncio.wait_for(other.wait(), 10)
        assert not expired.is_set()
        watch.begin()
        await asyncio.wait_for(expired.wait(), 10)

    asyncio.run(main())
