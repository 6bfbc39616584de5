"""A refused request is halved until the tag at fault is bad alone, once."""

import asyncio
import struct
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from wellhead import sdk
from wellhead_scada_modbus import plan as planning
from wellhead_scada_modbus.answers import ModbusRefusal
from wellhead_scada_modbus.block import Block
from wellhead_scada_modbus.plan import Plan
from wellhead_scada_modbus.read import PlanRead

from .helpers import device, opened, options, point

GOOD, BAD = sdk.quality.GOOD, sdk.quality.BAD_CONFIGURATION


class Registers:
    """A device in memory: register n holds n, unless it is missing.

    most: registers it gives at once
    """

    def __init__(self, missing: Iterable[int] = (), most: int = 125, code: int = 2) -> None:
        self.missing = set(missing)
        self.most = most
        self.code = code
        self.asked: list[tuple[int, int]] = []
        self.refused = 0

    async def ask(self, blocks: Sequence[Block]) -> list[bytes]:
        return [self.answer(block) for block in blocks]

    def answer(self, block: Block) -> bytes:
        self.asked.append((block.address, block.count))
        wanted = range(block.address, block.address + block.count)
        if block.count > self.most or self.missing.intersection(wanted):
            self.refused += 1
            return bytes((0x83, self.code))
        return bytes((3, 2 * len(wanted))) + struct.pack(f">{len(wanted)}H", *wanted)

    def read(self, plan: Plan, seconds: float = 60.0) -> sdk.RawValues:
        self.asked.clear()
        self.refused = 0

        def ignore(block: Block, refusal: ModbusRefusal) -> None:
            pass

        async def main() -> sdk.RawValues:
            return await PlanRead(plan, self.ask, ignore, seconds).run()

        return asyncio.run(main())


def registers(*addresses: int) -> list[sdk.Point]:
    return [point("uint16", "holding", address) for address in addresses]


@settings(max_examples=30)
@given(
    st.sets(st.integers(0, 150), min_size=1, max_size=60),
    st.sets(st.integers(0, 150), max_size=20),
    st.integers(0, 10),
    st.integers(1, 125),
)
def test_exactly_the_missing_ones_are_bad_and_soon_no_request_is_refused(
    wanted: set[int], missing: set[int], gap: int, most: int
) -> None:
    addresses = sorted(wanted)
    there = Registers(missing, most)
    plan = Plan(registers(*addresses), options(gap_limit=gap))
    for _ in range(8):
        found = there.read(plan)
        assert found.qualities.tolist() == [BAD if a in missing else GOOD for a in addresses]
        good = [value for value, a in zip(found.values, addresses, strict=True) if a not in missing]
        assert good == [a for a in addresses if a not in missing]
    if not wanted <= missing:
        assert len(there.asked) == len(plan.blocks)
        assert there.refused == 0


def test_one_missing_register_among_125_costs_two_requests_from_then_on() -> None:
    there = Registers([40])
    plan = Plan(registers(*range(125)), options())
    there.read(plan)
    assert len(there.asked) < 16
    there.read(plan)
    assert there.asked == [(0, 40), (41, 84)]


def test_a_gap_that_cannot_be_read_over_is_no_tag_s_fault() -> None:
    there = Registers([5])
    plan = Plan(registers(4, 6, 8), options(gap_limit=2))
    assert there.read(plan).qualities.tolist() == [GOOD, GOOD, GOOD]
    there.read(plan)
    assert there.asked == [(4, 1), (6, 3)]


def test_a_device_that_gives_less_at_once_is_asked_for_less() -> None:
    there = Registers(most=32, code=3)
    plan = Plan(registers(*range(100)), options())
    for _ in range(3):
        assert set(there.read(plan).qualities.tolist()) == {GOOD}
    assert [count for _, count in there.asked] == [25, 25, 25, 25]


def test_without_time_one_read_narrows_down_little_and_the_next_go_on() -> None:
    there = Registers([17])
    plan = Plan(registers(*range(64)), options())
    for _ in range(8):
        found = there.read(plan, seconds=-1.0)
        assert len(there.asked) <= 8
    assert found.qualities.tolist() == [GOOD] * 17 + [BAD] + [GOOD] * 46


def test_a_device_that_has_the_address_now_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    there = Registers([3, 7])
    plan = Plan(registers(*range(10)), options())
    there.read(plan)
    there.missing.clear()
    there.read(plan)
    there.read(plan)
    assert (3, 1) not in there.asked
    assert (7, 1) not in there.asked
    monkeypatch.setattr(planning, "AGAIN_S", 0.0)
    plan = Plan(registers(*range(10)), options())
    there.missing = {3, 7}
    there.read(plan)
    there.read(plan)
    assert there.asked == [(3, 1), (0, 3), (4, 3), (8, 2)]
    there.read(plan)
    assert there.asked[0] == (7, 1)
    there.missing.clear()
    assert set(there.read(plan).qualities.tolist()) == {GOOD}
    there.read(plan)
    assert there.asked == [(0, 10)]


def test_a_device_that_refuses_everything_is_still_asked_something() -> None:
    there = Registers(range(10))
    plan = Plan(registers(*range(3)), options())
    for _ in range(3):
        assert there.read(plan).qualities.tolist() == [BAD] * 3
    assert len(there.asked) == 1


@pytest.mark.parametrize("code", [1, 4])
def test_refusals_that_are_not_about_one_address_are_not_halved(code: int) -> None:
    there = Registers([1], code=code)
    plan = Plan(registers(0, 1, 2), options())
    for _ in range(2):
        found = there.read(plan)
        assert there.asked == [(0, 3)]
    assert sdk.quality.GOOD not in found.qualities


def test_each_is_logged_once() -> None:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.readexactly(12):
            first, count = struct.unpack(">HH", request[8:])
            data = bytes((3, 2 * count)) + bytes(2 * count)
            pdu = b"\x83\x02" if first <= 102 < first + count else data
            writer.write(request[:4] + (len(pdu) + 1).to_bytes(2, "big") + request[6:7] + pdu)

    async def main() -> None:
        async with device(peer) as port, opened(port, address_base=1) as client:
            plan = client.plan(registers(*range(101, 110)))
            with capture_logs() as lines:
                for _ in range(3):
                    await client.read(plan)
        assert [(line["address"], line["answer"]) for line in lines] == [
            (103, "illegal data address")
        ]

    asyncio.run(main())
