"""Answers to several requests that are as they should be, read as one buffer."""

import asyncio
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_scada_modbus.frames import TcpFramer
from wellhead_scada_modbus.plan import Plan
from wellhead_scada_modbus.whole import Whole

from .helpers import device, opened, options, point

KINDS = ("uint16", "int16", "uint32", "float32", "uint64", "int64", "string", "bool")
HEAD = 9


def points() -> list[sdk.Point]:
    """Of every kind, in both register tables, each in a request of its own; some are fields of
    bits."""
    found = []
    for place in range(40):
        kind = KINDS[place % len(KINDS)]
        more = {"length": 6} if kind == "string" else {}
        more |= {"bit": place % 16} if kind == "bool" else {}
        table = ("holding", "input")[place % 2]
        order = ("big", "little")[place // len(KINDS) % 2]
        found.append(point(kind, table, 10 * place, **more, word_order=order))
    return found


def answers(frames: bytes) -> bytes:
    """Of a device whose bytes count up from the address asked for."""
    sent = b""
    for at in range(0, len(frames), 12):
        request = frames[at : at + 12]
        address, count = request[9], 2 * request[11]
        sent += request[:4] + (count + 3).to_bytes(2, "big") + request[6:8]
        sent += bytes([count, *((address + place) % 128 for place in range(count))])
    return sent


async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(4096):
        writer.write(answers(data))


def test_many_at_once_read_what_one_by_one_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = points()
    seen = []
    is_answered = Whole.is_answered

    def watched(whole: Whole, data: bytes) -> bool:
        seen.append(is_answered(whole, data))
        return seen[-1]

    monkeypatch.setattr(Whole, "is_answered", watched)

    async def read(at_once: int) -> list[sdk.RawValues]:
        async with device(peer) as port, opened(port, in_flight=at_once) as client:
            plan = client.plan(asked)
            return [await client.read(plan), await client.read(plan)]

    together, (_, alone) = asyncio.run(read(16)), asyncio.run(read(1))
    monkeypatch.setattr(Plan, "joined", lambda plan, blocks: None)
    together += [alone, *asyncio.run(read(1))]
    assert seen == [True] * 6, "three windows, twice"
    for raw in together:
        np.testing.assert_array_equal(raw.values, alone.values)
        np.testing.assert_array_equal(raw.qualities, alone.qualities)
        assert raw.texts == alone.texts
    assert len(alone.texts) == 5


@cache
def whole() -> Whole:
    plan = Plan(points(), options(port=1, in_flight=16))
    found = plan.whole(0, 16)
    assert found is not None
    assert len(found) == 16
    return found


@given(st.data())
def test_r9_an_answer_that_is_not_as_it_should_be_is_looked_at_frame_by_frame(
    data: st.DataObject,
) -> None:
    framer = TcpFramer()
    expected = whole()
    sent = bytearray(answers(framer.request(17, expected)))
    head = data.draw(st.sampled_from(expected._places.ravel().tolist()))
    sent[head] ^= data.draw(st.integers(1, 255))
    assert not framer.is_whole(bytes(sent))
    assert not framer.is_whole(bytes(sent)), "only what comes first can be all"


def test_answers_of_the_requests_before_are_not_taken_for_these() -> None:
    framer = TcpFramer()
    expected = whole()
    late = answers(framer.request(17, expected))
    now = answers(framer.request(17, expected))
    assert not framer.is_whole(late)
    assert framer.feed(late) is None, "another transaction"
    first = framer.feed(now)
    assert first is not None
    assert first[1] + HEAD == len(first) + 7


def test_numbers_do_not_run_over() -> None:
    framer = TcpFramer()
    expected = whole()
    for _ in range(65_536 // 16 + 1):
        frames = framer.request(1, expected)
        assert framer.is_whole(answers(frames))
