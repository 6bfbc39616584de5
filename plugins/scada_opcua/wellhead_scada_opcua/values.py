"""DataValues (OPC 10000-6, section 5.2.2.17) to columns: the path that every notification takes.

Notifications of one kind lie behind each other at equal distances, so runs of them are read as one
numpy array; only what has no fixed size (texts, arrays) is read one by one.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead_scada_opcua.cursor import EPOCH, Cursor, Malformed, iso_time

NOTHING, BOOLEAN, FLOAT, DOUBLE, STRING, DATE_TIME = 0, 1, 10, 11, 12, 13
ARRAY = 64
"""Built-in types (OPC 10000-6, table 1) as `Values.kinds` has them; ARRAY: more values than one."""

NUMBERS = {1: "u1", 2: "i1", 3: "u1", 4: "<i2", 5: "<u2", 6: "<i4", 7: "<u4", 8: "<i8", 9: "<u8",
           10: "<f4", 11: "<f8"}  # fmt: skip
_SIZES = {0: 0, **{kind: np.dtype(code).itemsize for kind, code in NUMBERS.items()}, 13: 8, 14: 16,
          19: 4}  # fmt: skip
_DEEPEST = 8
_WIDER = 8


@dataclass(slots=True, eq=False)
class Values:
    """DataValues as columns of equal length.

    handles: uint32[n], the client's handles of monitored items; zeros where values have none
    kinds: uint8[n], built-in type of each value
    values: float64[n], NaN where there is no number; a DateTime in seconds since 1970 UTC
    statuses: uint32[n], OPC UA status codes
    source, server: int64[n], microseconds since 1970 UTC, 0 where that timestamp is missing
    texts: of the values that are not plain numbers, by row
    """

    handles: npt.NDArray[np.uint32]
    kinds: npt.NDArray[np.uint8]
    values: npt.NDArray[np.float64]
    statuses: npt.NDArray[np.uint32]
    source: npt.NDArray[np.int64]
    server: npt.NDArray[np.int64]
    texts: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def empty(cls, rows: int) -> "Values":
        return cls(
            np.zeros(rows, np.uint32),
            np.zeros(rows, np.uint8),
            np.full(rows, np.nan),
            np.zeros(rows, np.uint32),
            np.zeros(rows, np.int64),
            np.zeros(rows, np.int64),
        )


def decode_values(cursor: Cursor, rows: int, handled: bool) -> Values:
    """`rows` DataValues, each behind a client handle when `handled`. Raises Malformed."""
    least = 5 if handled else 1
    if rows * least > cursor.end - cursor.at:
        raise Malformed("a list longer than its message", value=rows)
    out = Values.empty(rows)
    row, window = 0, 1
    while row < rows:
        head = cursor.at + least - 1
        if head + 2 > cursor.end:  # no value, and the last of its message
            layout = None
        else:
            layout = _layout(handled, cursor.data[head], cursor.data[head + 1])
        if layout is None:
            if handled:
                out.handles[row] = cursor.u4()
            _read_one(cursor, out, row)
            row, window = row + 1, 1
            continue
        fit = min(window, rows - row, (cursor.end - cursor.at) // layout.itemsize)
        block = np.frombuffer(cursor.data, layout, fit, cursor.at)
        same = block["head"] == block["head"][:1]
        run = fit if same.all() else int(same.argmin())
        cursor.skip(max(run, 1) * layout.itemsize)  # raises when not even one fits
        _take(block[:run], out, row)
        row, window = row + run, window * _WIDER if run == fit else 1
    _to_unix(out.source)
    _to_unix(out.server)
    return out


@cache
def _layout(handled: bool, mask: int, kind: int) -> np.dtype[np.void] | None:
    """One value with its handle, when all of it has a fixed size and it is a plain number."""
    if mask & 0xC1 != 1 or kind not in NUMBERS:
        return None
    fields: list[tuple[str, str]] = [("handle", "<u4")] if handled else []
    fields += [("head", "<u2"), ("value", NUMBERS[kind])]
    fields += [
        (name, code)
        for bit, name, code in (
            (0x02, "status", "<u4"),
            (0x04, "source", "<i8"),
            (0x10, "source_pico", "<u2"),
            (0x08, "server", "<i8"),
            (0x20, "server_pico", "<u2"),
        )
        if mask & bit
    ]
    return np.dtype(fields)


def _take(block: npt.NDArray[np.void], out: Values, row: int) -> None:
    end = row + len(block)
    names = block.dtype.names or ()
    with np.errstate(invalid="ignore"):  # a float that is a signalling NaN
        out.values[row:end] = block["value"]
    out.kinds[row:end] = block["head"] >> 8
    for name, column in (
        ("handle", out.handles),
        ("status", out.statuses),
        ("source", out.source),
        ("server", out.server),
    ):
        if name in names:
            column[row:end] = block[name]


def _to_unix(times: npt.NDArray[np.int64]) -> None:
    """DateTimes to microseconds since 1970, in place; what is before 1970 counts as none."""
    missing = times <= EPOCH
    times -= EPOCH
    times //= 10
    times[missing] = 0


def _read_one(cursor: Cursor, out: Values, row: int, depth: int = 0) -> None:
    mask = cursor.u1()
    if mask & 1:
        value, text, kind = _variant(cursor, depth)
        out.values[row], out.kinds[row] = value, kind
        if text is not None:
            out.texts[row] = text
    if mask & 0x02:
        out.statuses[row] = cursor.u4()
    if mask & 0x04:
        out.source[row] = cursor.i8()
    if mask & 0x10:
        cursor.u2()
    if mask & 0x08:
        out.server[row] = cursor.i8()
    if mask & 0x20:
        cursor.u2()


Element = str | Cursor | None
"""A text, or the body of a structure; None for what is neither."""


def elements(cursor: Cursor) -> list[Element]:
    """One DataValue whose value is an array, or a single one, of texts or structures. Raises
    Malformed."""
    mask = cursor.u1()
    found: list[Element] = []
    if mask & 1:
        encoding = cursor.u1()
        kind = encoding & 0x3F
        rows = cursor.count(_SIZES.get(kind, 1)) if encoding & 0x80 else 1
        if kind in _SIZES:
            cursor.skip(rows * _SIZES[kind])
        else:
            found = [_element(cursor, kind) for _ in range(rows)]
        if encoding & 0x40:
            cursor.skip(4 * cursor.count(4))
    cursor.skip(sum(size for bit, size in _TAIL if mask & bit))
    return found


_TAIL = ((0x02, 4), (0x04, 8), (0x10, 2), (0x08, 8), (0x20, 2))


def _element(cursor: Cursor, kind: int) -> Element:
    return cursor.extension()[1] if kind == 22 else _scalar(cursor, kind, 0)[1]


_Value = tuple[float, str | None, int]
_NAN = float("nan")


def _variant(cursor: Cursor, depth: int) -> _Value:
    if depth > _DEEPEST:
        raise Malformed("values within values without end")
    encoding = cursor.u1()
    kind = encoding & 0x3F
    if not encoding & 0x80:
        return _scalar(cursor, kind, depth)
    rows = cursor.count(_SIZES.get(kind, 1))
    value: _Value = (_NAN, None, NOTHING if not rows else ARRAY)
    if rows == 1:
        value = _scalar(cursor, kind, depth)
    elif kind in _SIZES:
        cursor.skip(rows * _SIZES[kind])
    else:
        for _ in range(rows):
            _scalar(cursor, kind, depth)
    if encoding & 0x40:
        cursor.skip(4 * cursor.count(4))
    return value


def _scalar(cursor: Cursor, kind: int, depth: int) -> _Value:
    value, text = _NAN, None
    if kind in NUMBERS:
        at = cursor.skip(_SIZES[kind])
        value = float(np.frombuffer(cursor.data, NUMBERS[kind], 1, at)[0])
    elif kind == DATE_TIME:
        ticks = cursor.i8()
        text = iso_time(ticks)
        value = (ticks - EPOCH) / 1e7 if text is not None else _NAN
    elif kind == 19:
        value = float(cursor.u4())
    elif kind == 22:
        cursor.extension()
    elif kind == 23:
        _read_one(cursor, Values.empty(1), 0, depth + 1)
    elif kind == 24:
        return _variant(cursor, depth + 1)
    elif kind == 25:
        cursor.diagnostics()
    elif kind != NOTHING:
        text = _text(cursor, kind)
    return value, text, kind


def _text(cursor: Cursor, kind: int) -> str | None:
    if kind in (STRING, 16):
        return cursor.text()
    if kind == 14:
        return cursor.guid()
    if kind in (17, 18):
        return cursor.node_id()
    if kind == 20:
        cursor.u2()
        return cursor.text()
    if kind == 21:
        return cursor.localized()
    raw: Any = cursor.bytes()  # a ByteString, and what is reserved for later (26 and more)
    return None if raw is None else raw.hex()
