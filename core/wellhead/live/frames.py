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
from wellhead.field.batch import Batch

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
        if len(body) != _HEADER.size + times * _TIME.itemsize + rows * _ROW:
            raise PayloadError("live payload has the wrong length", field="rows", value=rows)
        offset = _HEADER.size
        columns: list[npt.NDArray[Any]] = []
        for dtype, count in ((_TIME, times), (_TAG, rows), (_VALUE, rows), (_QUALITY, rows)):
            columns.append(np.frombuffer(body, dtype, count, offset))
            offset += count * dtype.itemsize
        time, tags, values, qualities = columns
        return Batch(source, tags, np.repeat(time, rows) if at_once else time, values, qualities)


def to_payloads(tenant: str, batch: Batch, publisher: str, number: int) -> Iterator[Payload]:
    """`batch` as notifications, each below PAYLOAD_LIMIT bytes, in order, numbered from `number`.

    A scan, whose readings share one time, carries that time once a payload.
    """
    head = len(str(Payload(tenant, publisher, 2**63, "")).encode())
    room = (PAYLOAD_LIMIT - 1 - head) // 4 * 3 - _HEADER.size
    at_once = bool(len(batch)) and bool((batch.times == batch.times[0]).all())
    rows = (room - _TIME.itemsize) // _ROW if at_once else room // (_ROW + _TIME.itemsize)
    for piece, start in enumerate(range(0, len(batch), rows)):
        part = slice(start, start + rows)
        tags = batch.tags[part]
        times = batch.times[start : start + 1] if at_once else batch.times[part]
        body = b"".join(
            (
                _HEADER.pack(at_once, batch.source, len(tags)),
                times.tobytes(),
                tags.tobytes(),
                batch.values[part].tobytes(),
                batch.qualities[part].tobytes(),
            )
        )
        yield Payload(tenant, publisher, number + piece, base64.b64encode(body).decode())


def last_of_each_tag(batch: Batch) -> Batch:
    """The last row of every tag, sorted by tag: what is left when readings meet in one frame."""
    order = np.argsort(batch.tags, kind="stable")
    tags = batch.tags[order]
    last = np.flatnonzero(np.append(tags[1:] != tags[:-1], True)) if len(tags) else order
    return pick(batch, order[last])


def pick(batch: Batch, rows: npt.NDArray[Any]) -> Batch:
    """The rows of `batch` named by an index or mask array."""
    return Batch(
        batch.source,
        batch.tags[rows],
        batch.times[rows],
        batch.values[rows],
        batch.qualities[rows],
    )


def join(batches: list[Batch]) -> Batch:
    """Batches of any sources one after the other; the source of the result means nothing."""
    if len(batches) == 1:
        return batches[0]
    return Batch(
        0,
        np.concatenate([batch.tags for batch in batches]),
        np.concatenate([batch.times for batch in batches]),
        np.concatenate([batch.values for batch in batches]),
        np.concatenate([batch.qualities for batch in batches]),
    )


def encode_readings(kind: str, batch: Batch, **more: Any) -> bytes:
    """A JSON message of readings as a WebSocket text frame.

    {"type": kind, "t": [µs UTC], "tags": [int], "v": [number or null], "q": [OPC code], **more}
    """
    return encode_message(
        {
            "type": kind,
            "t": np.ascontiguousarray(batch.times),
            "tags": np.ascontiguousarray(batch.tags),
            "v": np.ascontiguousarray(batch.values),
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
