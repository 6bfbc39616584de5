"""R9: whatever a device sends becomes values or one of the declared errors, soon, in little memory.

The pure parts are tried: frames on TCP and serial lines, answers to reads of every datatype and to
writes, with payloads that are noise, and with such that are right but for a few bytes.
"""

import random
import time
import tracemalloc
from contextlib import suppress

import pytest

from wellhead import sdk
from wellhead_scada_modbus.answers import answer_data, check_written
from wellhead_scada_modbus.block import Block
from wellhead_scada_modbus.frames import Framer, RtuFramer, TcpFramer, crc
from wellhead_scada_modbus.plan import Plan
from wellhead_scada_modbus.schemas import FUNCTIONS, SIZES

from .helpers import decoded, options, point

PAYLOADS = 10_000
LONGEST_S = 0.05
MEMORY_BYTES = 4 * 2**20
SEED = 20261128

POINTS = [
    *[point(datatype, "holding", 4 * number) for number, datatype in enumerate(SIZES)],
    *[point("bool", "holding", 32, bit=number) for number in range(16)],
    point("uint32", "holding", 33, bits=[3, 20]),
    *[
        point("string", "holding", 35 + number * 8, length=8, encoding=encoding)
        for number, encoding in enumerate(("ascii", "latin-1", "utf-8"))
    ],
    *[point("bool", "discrete", number) for number in range(77)],
]
REGISTERS, BITS = Plan(POINTS, options(gap_limit=4)).blocks
WRITES = [bytes.fromhex(text) for text in ("05 0001 FF00", "06 0001 0007", "16 0001 FFFB 0004")]


def payload(chance: random.Random, block: Block) -> bytes:
    """An answer to the block's request as it might be, or nearly, or not at all."""
    function = FUNCTIONS[block.table]
    right = bytes((function, block.size)) + chance.randbytes(block.size)
    match chance.randrange(6):
        case 0:
            return chance.randbytes(chance.randrange(300))
        case 1:
            return bytes((function | 0x80,)) + chance.randbytes(chance.randrange(3))
        case 2:
            return right[: chance.randrange(len(right))]
        case 3:
            return right + chance.randbytes(chance.randrange(1, 20))
        case 4:
            spoilt = bytearray(right)
            for _ in range(3):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            return bytes(spoilt)
    return right


def framed(chance: random.Random, framer: Framer, pdu: bytes) -> bytes:
    """A frame around it whose header or checksum may be wrong."""
    if isinstance(framer, TcpFramer):
        length = chance.choice([len(pdu) + 1, chance.randrange(65536)])
        head = chance.choice([b"\0\1\0\0", chance.randbytes(4)])
        return head + length.to_bytes(2, "big") + bytes((chance.choice([1, 9]),)) + pdu
    frame = bytes((chance.choice([1, 9]),)) + pdu
    return frame + chance.choice([crc(frame), chance.randbytes(2)])


class Trial:
    """Payloads of one kind of frame, one after the other. read, refused: how they ended"""

    def __init__(self, kind: type[TcpFramer | RtuFramer]) -> None:
        self._chance = random.Random(SEED)
        self._kind = kind
        self.read = self.refused = 0
        self.slowest = 0.0

    def run(self, payloads: int) -> None:
        chance = self._chance
        for number in range(payloads):
            block = chance.choice((REGISTERS, BITS))
            pdu = payload(chance, block)
            framer = self._kind()
            framer.request(1, [bytes((FUNCTIONS[block.table], 0, 0, 0, 1))])
            data = framed(chance, framer, pdu)
            cut = chance.randrange(len(data) + 1)
            begun = time.thread_time()
            self._take(framer, block, data[:cut], data[cut:])
            with suppress(sdk.DeviceError):
                check_written(pdu, WRITES[number % len(WRITES)])
            self.slowest = max(self.slowest, time.thread_time() - begun)

    def _take(self, framer: Framer, block: Block, first: bytes, second: bytes) -> None:
        """Anything but a declared error fails the test."""
        try:
            answer = framer.feed(first) or framer.feed(second)
            if answer is None:
                raise framer.explain(1.0)
            data = answer_data(answer, FUNCTIONS[block.table], block.size)
        except sdk.DeviceError:
            self.refused += 1
        else:
            assert len(decoded(block, data, len(POINTS)).values) == len(POINTS)
            self.read += 1


@pytest.mark.usefixtures("other_objects_at_rest")
@pytest.mark.parametrize("kind", [TcpFramer, RtuFramer])
def test_r9_ten_thousand_payloads_are_read_or_refused(kind: type[TcpFramer | RtuFramer]) -> None:
    trial = Trial(kind)
    trial.run(PAYLOADS)
    print(f"seed {SEED}: {trial.read} read, {trial.refused} refused, {trial.slowest * 1000:.1f} ms")
    assert trial.read > PAYLOADS / 100
    assert trial.refused > PAYLOADS / 2
    assert trial.slowest <= LONGEST_S
    tracemalloc.start()  # not before: it makes everything several times slower
    before, _ = tracemalloc.get_traced_memory()
    trial.run(PAYLOADS // 20)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most - before <= MEMORY_BYTES


def test_r9_an_endless_stream_is_given_up_and_not_kept() -> None:
    for framer in (TcpFramer(), RtuFramer()):
        framer.request(1, [b"\x03\0\0\0\1"])
        tracemalloc.start()
        errors = 0
        for _ in range(200):
            try:
                framer.feed(b"\xff" * 4096)
            except sdk.DeviceProtocolError:
                errors += 1
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert errors
        assert most <= MEMORY_BYTES
