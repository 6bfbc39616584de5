"""The answers that carry values: Publish, Read, HistoryRead and Call (OPC 10000-4)."""

from dataclasses import dataclass

from wellhead_scada_opcua.cursor import Cursor, Malformed
from wellhead_scada_opcua.values import Element, Values, decode_values, elements

READ, HISTORY_READ, CALL = "i=634", "i=667", "i=715"
PUBLISH, REPUBLISH = "i=829", "i=835"
"""Node ids of the binary encodings of the answers (OPC 10000-6, annex A)."""
_DATA_CHANGE, _STATUS_CHANGE, _HISTORY_DATA = "i=811", "i=820", "i=658"


@dataclass(frozen=True, slots=True, eq=False)
class Publication:
    """What one Publish answer brought.

    sequence: number of the message; of a keep-alive, the number that the next one will have
    data: whether the message has a number of its own, which is to be acknowledged
    available: numbers of the messages that the server can send again
    closed: status code with which the server ended the subscription
    """

    subscription: int
    sequence: int
    data: bool
    more: bool
    available: tuple[int, ...]
    values: tuple[Values, ...]
    closed: int | None


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """One node's part of a HistoryRead answer. more: where to go on, None at the end."""

    status: int
    more: bytes | None
    values: Values


def decode_publish(data: bytes) -> Publication:
    """Raises Malformed."""
    cursor = _body(data, PUBLISH)
    subscription = cursor.u4()
    available = tuple(cursor.u4() for _ in range(cursor.count(4)))
    more = bool(cursor.u1())
    return _notification(cursor, subscription, more, available)


def decode_republish(data: bytes) -> Publication:
    """Raises Malformed."""
    return _notification(_body(data, REPUBLISH), 0, False, ())


def _notification(
    cursor: Cursor, subscription: int, more: bool, available: tuple[int, ...]
) -> Publication:
    """The NotificationMessage that both end with."""
    sequence = cursor.u4()
    cursor.i8()
    parts = cursor.count(2)
    values = []
    closed = None
    for _ in range(parts):
        kind, body = cursor.extension()
        if body is None:
            continue
        if kind == _DATA_CHANGE:
            values.append(decode_values(body, body.count(5), handled=True))
        elif kind == _STATUS_CHANGE:
            closed = body.u4()
    return Publication(subscription, sequence, parts > 0, more, available, tuple(values), closed)


def decode_read(data: bytes, rows: int) -> Values:
    """Raises Malformed, also when there are not `rows` values."""
    cursor = _body(data, READ)
    return decode_values(cursor, _expected(cursor.count(1), rows), handled=False)


def decode_elements(data: bytes, rows: int) -> list[list[Element]]:
    """The same answer, of values that are arrays or structures. Raises Malformed."""
    cursor = _body(data, READ)
    return [elements(cursor) for _ in range(_expected(cursor.count(1), rows))]


def decode_call(data: bytes) -> tuple[int, ...]:
    """The status code of the one method that was called, and those of its arguments. Raises
    Malformed."""
    cursor = _body(data, CALL)
    _expected(cursor.count(16), 1)
    return (cursor.u4(), *(cursor.u4() for _ in range(cursor.count(4))))


def decode_history(data: bytes, rows: int) -> list[History]:
    """Of `rows` nodes. Raises Malformed."""
    cursor = _body(data, HISTORY_READ)
    found = []
    for _ in range(_expected(cursor.count(8), rows)):
        status, more = cursor.u4(), cursor.bytes()
        kind, body = cursor.extension()
        if body is None or kind != _HISTORY_DATA:
            values = Values.empty(0)
        else:
            values = decode_values(body, body.count(1), handled=False)
        found.append(History(status, more or None, values))
    return found


def _body(data: bytes, kind: str) -> Cursor:
    """Past the ResponseHeader of an answer of this kind."""
    cursor = Cursor(data)
    came = cursor.node_id()
    if came != kind:
        raise Malformed("an answer to another request", value=came)
    cursor.skip(16)  # time, handle, result: asyncua has looked at them
    cursor.diagnostics()
    for _ in range(cursor.count(4)):
        cursor.text()
    cursor.extension()
    return cursor


def _expected(came: int, rows: int) -> int:
    if came != rows:
        raise Malformed(f"{came} results to {rows} questions")
    return came
