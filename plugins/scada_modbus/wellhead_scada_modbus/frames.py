"""The frames that carry requests and answers, on TCP and on serial lines: bytes in, bytes out.

A framer knows one request at a time, on TCP some more. What comes that is no answer to them is
passed over where the protocol can tell (another transaction, another unit, noise), so that one late
answer does not spoil the next exchange.

Literature: Modbus Messaging on TCP/IP Implementation Guide V1.0b, section 3.1.3 (MBAP header);
Modbus over Serial Line Specification V1.02, sections 2.5.1 (RTU frame) and 6.2.2 (CRC).
"""

import struct
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from wellhead import sdk
from wellhead_scada_modbus.schemas import FUNCTIONS
from wellhead_scada_modbus.whole import Whole

_MBAP = 7
"""Bytes of the header: transaction, protocol, length (of what follows), unit."""
_HEADER = struct.Struct(">HHHB")
_LONGEST = 254
"""Greatest value of its length field."""
_MOST = 1024
"""Bytes, of which an RTU frame has 256 at most, after which a line only makes noise."""
_WRITTEN = {5: 8, 6: 8, 15: 8, 16: 8, 22: 10}
"""Length of the RTU frames that confirm writes."""


class Framer(Protocol):
    """numbered: whether an answer names its request, so that a late one is told from the next, and
    several requests may be on their way at once"""

    numbered: bool

    def request(self, unit: int, requests: Sequence[bytes] | Whole) -> bytes:
        """The frames of requests; from here on their answers are looked for. A Whole only where
        answers are numbered."""

    def is_whole(self, data: bytes) -> bool:
        """Whether `data`, which came first, are the answers to a Whole, all and as they should be.
        If not, `feed` takes them."""

    def feed(self, data: bytes) -> bytes | None:
        """Takes what came; the next answer's function code and what follows it, in the order of
        the requests, or None as long as it is not whole. Raises DeviceProtocolError when there is
        no answer to be found any more."""

    def explain(self, waited: float) -> sdk.DeviceError:
        """Why there is no answer after `waited` seconds, from what came instead."""


class TcpFramer:
    """Modbus TCP."""

    numbered = True

    def __init__(self) -> None:
        self._transaction = 0
        self._unit = 0
        self._open: deque[int] = deque()
        self._early: dict[int, bytes] = {}
        self._buffer = b""
        self._other: int | None = None
        self._whole: Whole | None = None

    def request(self, unit: int, requests: Sequence[bytes] | Whole) -> bytes:
        self._unit = unit
        self._other = None
        self._whole = None
        self._early.clear()
        if self._transaction + len(requests) > 0xFFFF:
            self._transaction = 0
        first = self._transaction + 1
        self._transaction += len(requests)
        self._open = deque(range(first, self._transaction + 1))
        if isinstance(requests, Whole):
            self._whole = requests
            return requests.frames(unit, first)
        return b"".join(
            [
                _HEADER.pack(number, 0, len(pdu) + 1, unit) + pdu
                for number, pdu in zip(self._open, requests, strict=True)
            ]
        )

    def is_whole(self, data: bytes) -> bool:
        whole, self._whole = self._whole, None
        if whole is None or self._buffer or not whole.is_answered(data):
            return False
        self._open.clear()
        return True

    def feed(self, data: bytes) -> bytes | None:
        if self._early and self._open[0] in self._early:
            self._buffer += data
            return self._early.pop(self._open.popleft())
        buffer = self._buffer + data if self._buffer else data
        self._buffer = b""
        while len(buffer) >= 6:
            length = int.from_bytes(buffer[4:6], "big")
            if buffer[2:4] != b"\0\0" or not 2 <= length <= _LONGEST:
                raise sdk.DeviceProtocolError(
                    "what came is not Modbus TCP",
                    value=buffer[:16].hex(" "),
                    remedy="Check host and port, and the device's framing",
                )
            end = 6 + length
            if len(buffer) < end:
                break
            frame, buffer = buffer[:end], buffer[end:]
            transaction = int.from_bytes(frame[:2], "big")
            if transaction not in self._open:
                self._other = transaction
                continue
            if self._unit and frame[6] != self._unit:
                raise sdk.DeviceProtocolError(
                    f"answer of unit {frame[6]} instead of {self._unit}",
                    field="unit id",
                    value=frame[6],
                )
            if transaction == self._open[0]:
                self._open.popleft()
                self._buffer = buffer
                return frame[_MBAP:]
            self._early[transaction] = frame[_MBAP:]
        self._buffer = buffer
        return None

    def explain(self, waited: float) -> sdk.DeviceError:
        if self._buffer:
            return _incomplete(self._buffer, waited)
        if self._other is not None:
            return sdk.DeviceProtocolError(
                f"answer to transaction {self._other} instead of {self._transaction}",
                field="transaction id",
                value=self._other,
            )
        return _silent(waited, "Check the unit id, and whether the device needs a longer timeout")


class RtuFramer:
    """Modbus RTU, on a serial port or through a converter. Frames are known by unit, function,
    length and checksum, not by silences, which no converter and no operating system keeps."""

    numbered = False

    def __init__(self) -> None:
        self._unit: int | None = None
        self._function = 0
        self._buffer = b""

    def is_whole(self, data: bytes) -> bool:
        return False

    def request(self, unit: int, requests: Sequence[bytes] | Whole) -> bytes:
        assert not isinstance(requests, Whole)
        (pdu,) = requests  # an answer does not say which request it is for
        self._unit = unit
        self._function = pdu[0]
        self._buffer = b""
        frame = bytes((unit,)) + pdu
        return frame + crc(frame)

    def feed(self, data: bytes) -> bytes | None:
        if self._unit is None:
            return None
        self._buffer += data
        start = self._buffer.find(self._unit)
        while start >= 0:
            frame = self._frame_at(start)
            if frame is not None:
                self._unit = None
                return frame[1:-2]
            start = self._buffer.find(self._unit, start + 1)
        if len(self._buffer) > _MOST:
            noise, self._buffer, self._unit = self._buffer[:16], b"", None
            raise sdk.DeviceProtocolError(
                "more came than any answer is long, and none in it",
                value=noise.hex(" "),
                remedy=_LINE,
            )
        return None

    def explain(self, waited: float) -> sdk.DeviceError:
        heard = self._buffer
        if not heard:
            return _silent(
                waited, "Check unit id, baud rate and parity, and that A and B are not swapped"
            )
        if len(heard) >= 4 and crc(heard[:-2]) == heard[-2:]:
            return sdk.DeviceProtocolError(
                f"answer of unit {heard[0]}, function {heard[1]} instead of {self._unit}, "
                f"{self._function}",
                field="unit id",
                value=heard[0],
            )
        start = heard.find(bytes((self._unit or 0, self._function)))
        if start >= 0:
            return _incomplete(heard[start:], waited)
        return sdk.DeviceProtocolError(
            "what came is no answer", value=heard[:16].hex(" "), remedy=_LINE
        )

    def _frame_at(self, start: int) -> bytes | None:
        """The whole and right answer that begins here, or None."""
        head = self._buffer[start : start + 3]
        if len(head) < 3:
            return None
        if head[1] == self._function | 0x80:
            length = 5
        elif head[1] != self._function:
            return None
        elif head[1] in FUNCTIONS.values():
            length = 5 + head[2]
        else:
            length = _WRITTEN[head[1]]
        frame = self._buffer[start : start + length]
        return frame if len(frame) == length and crc(frame[:-2]) == frame[-2:] else None


def crc(frame: bytes) -> bytes:
    """The checksum of an RTU frame, low byte first as it is sent (polynomial 0xA001)."""
    value = 0xFFFF
    for byte in frame:
        value = value >> 8 ^ _TABLE[(value ^ byte) & 0xFF]
    return value.to_bytes(2, "little")


def _table_entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


_TABLE = tuple(_table_entry(value) for value in range(256))
_LINE = "Check baud rate and parity, the line's ends, and that nobody else asks on it"


def _silent(waited: float, remedy: str) -> sdk.DeviceError:
    return sdk.DeviceTimeout(f"no answer within {waited:g} s", remedy=remedy)


def _incomplete(heard: bytes, waited: float) -> sdk.DeviceError:
    return sdk.DeviceTimeout(
        f"answer still incomplete after {waited:g} s: {len(heard)} bytes", value=heard[:16].hex(" ")
    )
