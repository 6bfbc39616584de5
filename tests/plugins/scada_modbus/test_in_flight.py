"""Several requests on their way at once: as many as allowed, whatever order the answers come in."""

import asyncio
import random

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from marshmallow import ValidationError

from wellhead import sdk
from wellhead_scada_modbus.frames import TcpFramer

from .helpers import device, opened, options, point

POINTS = [point("uint16", "holding", 2 * place) for place in range(20)]
TIMEOUT = 0.7


class Shuffling:
    """Takes every request that is there before it answers, the last first. It refuses address 6.

    together: how many it has seen at once; silent: it does not answer for that address
    """

    def __init__(self, silent: int | None = None) -> None:
        self.together: list[int] = []
        self._silent = silent

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4096):
            assert len(data) % 12 == 0
            requests = [data[at : at + 12] for at in range(0, len(data), 12)]
            self.together.append(len(requests))
            for request in reversed(requests):
                address = int.from_bytes(request[8:10], "big")
                if address == self._silent:
                    continue
                pdu = (
                    b"\x83\x02" if address == 6 else b"\x03\x02" + (address + 7).to_bytes(2, "big")
                )
                length = (len(pdu) + 1).to_bytes(2, "big")
                writer.write(request[:4] + length + request[6:7] + pdu)


def test_as_many_requests_as_allowed_are_on_their_way_and_each_answer_is_its_own() -> None:
    peer = Shuffling()

    async def run() -> sdk.RawValues:
        async with device(peer) as port, opened(port, in_flight=8) as client:
            return await client.read(client.plan(POINTS))

    raw = asyncio.run(run())

    assert peer.together == [8, 8, 4]
    refused = 3
    for place, (value, quality) in enumerate(zip(raw.values, raw.qualities, strict=True)):
        if place == refused:
            assert quality == sdk.quality.BAD_CONFIGURATION
        else:
            assert (value, quality) == (2 * place + 7, sdk.quality.GOOD)


def test_one_request_that_stays_unanswered_ends_the_read_after_one_time_out() -> None:
    async def run() -> float:
        loop = asyncio.get_running_loop()
        async with (
            device(Shuffling(silent=10)) as port,
            opened(port, in_flight=16, timeout=TIMEOUT) as client,
        ):
            begun = loop.time()
            with pytest.raises(sdk.DeviceTimeout, match="no answer within"):
                await client.read(client.plan(POINTS))
            return loop.time() - begun

    assert TIMEOUT * 0.9 <= asyncio.run(run()) < 16 * TIMEOUT


@drawn(st.integers(1, 16), st.randoms(use_true_random=False), st.lists(st.integers(1, 40)))
def test_answers_come_out_in_the_order_of_the_requests(
    count: int, chance: random.Random, cuts: list[int]
) -> None:
    framer = TcpFramer()
    frames = framer.request(17, [b"\x03\0\0\0\1"] * count)
    assert len(frames) == 12 * count
    answers = [b"\x03\x02" + number.to_bytes(2, "big") for number in range(count)]
    sent = [
        frames[12 * number : 12 * number + 4] + b"\0\x05\x11" + answer
        for number, answer in enumerate(answers)
    ]
    chance.shuffle(sent)
    data, found = b"".join(sent), []
    for cut in [*cuts, len(data)]:
        piece, data = data[:cut], data[cut:]
        answer = framer.feed(piece)
        while answer is not None:
            found.append(answer)
            answer = framer.feed(b"")

    assert found == answers


@pytest.mark.parametrize("given", [{"framing": "rtu_over_tcp"}, {"pause_ms": 5}])
def test_it_is_one_where_it_cannot_be_more(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="Must be 1 with"):
        options(in_flight=2, **given)
