"""The three forms a reading takes on its way to a screen; pure functions between them.

Between processes: PostgreSQL notifications, whose payload must stay below 8,000 bytes, so a batch
is cut into pieces of base64 over the raw columns. To clients: JSON columns, encoded by orjson
straight from numpy, and wrapped once as an unmasked WebSocket text frame (RFC 6455, section 5.2)
that any number of sockets can be given as it is.
"""

import base64
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from wellhead.errors import WellheadError
from wellhead.field import texts
from wellhead.field.batch import Batch, BatchError

PAYLOAD_LIMIT = 8000
"""PostgreSQL refuses a notification of this many bytes or more."""

_HEADER = struct.Struct("<BiH")  # one time for all rows?, source, rows
_TAG, _TIME = np.dtype("<i4"), np.dtype("<i8")
_VALUE, _QUALITY = np.dtype("<f8"), np.dtype("<i2")
_ROW = _TAG.itemsize + _VALUE.itemsize + _QUALITY.itemsize
_TEXT_FRAME = 0x81


EMPTY = Batch(
    0, np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.int16)
)
"""No readings."""


class PayloadError(WellheadError):
    """A notification on the live channel that is not one of ours."""


@dataclass(frozen=True, slots=True)
class Payload:
    """One notification: whose readings, from which publisher, its how-manieth, and the columns.

    publisher: 8 hexadecimal digits; number: from 1, without a hole, a publisher and tenant
    body: base64 of the columns
    """

    tenant: str
    publisher: str
    number: int
    body: str

    def __str__(self) -> str:
        return f"{self.tenant} {self.publisher} {self.number} {self.body}"

    @classmethod
    def parse(cls, text: str) -> "Payload":
        """The payload in a notification, its columns not decoded. Raises PayloadError."""
        try:
            tenant, publisher, number, body = text.split(" ")
            return cls(tenant, publisher, int(number), body)
        except ValueError as error:
            raise PayloadError(f"not a live payload: {error}", value=text[:40]) from error

    def batch(self) -> Batch:
        """The readings. Raises PayloadError when the body is not one of `to_payloads`."""
        try:
            body = base64.b64decode(self.body, validate=True)
            at_once, source, rows = _HEADER.unpack_from(body)
        except (ValueError, struct.error) as error:
            raise PayloadError(f"not a live payload: {error}", value=self.body[:40]) from error
        times = 1 if at_once else rows
        if len(body) < _HEADER.size + times * _TIME.itemsize + rows * _ROW:
            raise PayloadError("live payload has the wrong length", field="rows", value=rows)
        offset = _HEADER.size
        columns: list[npt.NDArray[Any]] = []
        for dtype, count in ((_TIME, times), (_TAG, rows), (_VALUE, rows), (_QUALITY, rows)):
            columns.append(np.frombuffer(body, dtype, count, offset))
            offset += count * dtype.itemsize
        time, tags, values, qualities = columns
        if at_once:
            time = np.repeat(time, rows)
        try:
            said = Batch.unpack_texts(body[offset:], rows)
        except BatchError as error:
            raise PayloadError(f"not a live payload: {error}", value=self.body[:40]) from error
        return Batch(source, tags, time, values, qualities, said)


def to_payloads(tenant: str, batch: Batch, publisher: str, number: int) -> Iterator[Payload]:
    """`batch` as notifications, each below PAYLOAD_LIMIT bytes, in order, numbered from `number`.

    A scan, whose readings share one time, carries that time once a payload. Texts travel with their
    rows, cleaned, so that no screen has to ask what a number stands for.
    """
    batch = batch.with_clean_texts()
    head = len(str(Payload(tenant, publisher, 2**63, "")).encode())
    room = (PAYLOAD_LIMIT - 1 - head) // 4 * 3 - _HEADER.size
    at_once = bool(len(batch)) and bool((batch.times == batch.times[0]).all())
    for piece, part in enumerate(_pieces(batch, room, at_once)):
        body = b"".join(
            (
                _HEADER.pack(at_once, part.source, len(part)),
                (part.times[:1] if at_once else part.times).tobytes(),
                part.tags.tobytes(),
                part.values.tobytes(),
                part.qualities.tobytes(),
                part.pack_texts(),
            )
        )
        yield Payload(tenant, publisher, number + piece, base64.b64encode(body).decode())


def _pieces(batch: Batch, room: int, at_once: bool) -> Iterator[Batch]:
    """`batch` in pieces whose columns and texts fit into `room` bytes."""
    room -= (_TIME.itemsize if at_once else 0) + (texts.OVERHEAD if batch.texts else 0)
    sizes = np.full(len(batch), _ROW if at_once else _ROW + _TIME.itemsize)
    for row, text in batch.texts.items():
        sizes[row] += len(text.encode()) + texts.OVERHEAD
    ends = np.cumsum(sizes)
    start = before = 0
    while start < len(batch):
        end = int(np.searchsorted(ends, before + room, "right"))
        yield batch.take(np.arange(start, end))
        start, before = end, int(ends[end - 1])


def newest_of_each_tag(batch: Batch) -> Batch:
    """The newest reading of every tag, of several at one time the last row, sorted by tag: what is
    left when readings meet in one frame."""
    order = np.lexsort((batch.times, batch.tags))
    tags = batch.tags[order]
    last = np.flatnonzero(np.append(tags[1:] != tags[:-1], True)) if len(tags) else order
    return batch.take(order[last])


def encode_readings(kind: str, batch: Batch, **more: Any) -> bytes:
    """A JSON message of readings as a WebSocket text frame.

    {"type": kind, "t": [µs UTC], "tags": [int], "v": [number, text or null], "q": [OPC code],
    **more}
    """
    values: Any = np.ascontiguousarray(batch.values)
    if batch.texts:
        values = values.tolist()
        for row, text in batch.texts.items():
            values[row] = text
    return encode_message(
        {
            "type": kind,
            "t": np.ascontiguousarray(batch.times),
            "tags": np.ascontiguousarray(batch.tags),
            "v": values,
            "q": np.ascontiguousarray(batch.qualities),
            **more,
        }
    )


def encode_message(message: Mapping[str, Any]) -> bytes:
    """A JSON message as a WebSocket text frame, ready for any socket."""
    return text_frame(orjson.dumps(message, option=orjson.OPT_SERIALIZE_NUMPY))


def text_frame(text: bytes) -> bytes:
    """UTF-8 text as one final, unmasked WebSocket text frame."""
    size = len(text)
    if size < 126:
        return struct.pack(">BB", _TEXT_FRAME, size) + text
    if size < 1 << 16:
        return struct.pack(">BBH", _TEXT_FRAME, 126, size) + text
    return struct.pack(">BBQ", _TEXT_FRAME, 127, size) + text
