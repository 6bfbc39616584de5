"""PostgreSQL's binary array and time formats, to and from numpy columns without an object a value.

A one-dimensional array on the wire is five int4 (dimensions 1, flags 0, element oid, length,
lower bound 1), then for each element an int4 length and the big-endian value (`array_send` in
src/backend/utils/adt/arrayfuncs.c). A timestamptz is an int8 of microseconds since 2000-01-01 UTC.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

from wellhead import sdk

EPOCH_2000 = 946_684_800_000_000
"""Microseconds from 1970-01-01 to 2000-01-01 UTC."""

TIME_MIN = EPOCH_2000 - 211_813_488_000_000_000
"""The first microsecond since 1970 that a timestamptz can hold (4714-11-24 BC); its last
lies beyond what an int64 since 1970 can hold."""

TIME_END = 2**63 // 86_400_000_000 * 86_400_000_000
"""The first microsecond of the day that an int64 since 1970 has no end of: hours and days of
readings are counted in such, so readings lie before it."""


def check_times(column: npt.NDArray[np.int64]) -> None:
    """Raises sdk.BatchError for times that no store can keep."""
    if not len(column):
        return
    first, last = int(column.min()), int(column.max())
    if first < TIME_MIN:
        raise sdk.BatchError("lies before what PostgreSQL can hold", field="times", value=first)
    if last >= TIME_END:
        raise sdk.BatchError("lies in the last day of all time", field="times", value=last)


HEADER = np.dtype(
    [("ndim", ">i4"), ("flags", ">i4"), ("oid", ">i4"), ("length", ">i4"), ("lower", ">i4")]
)


@dataclass(frozen=True, slots=True)
class Element:
    """One element type: its oid, the oid of its array and its big-endian numpy type."""

    oid: int
    array_oid: int
    dtype: np.dtype[Any]

    @property
    def item(self) -> np.dtype[Any]:
        """The element as it stands in an array: length, then value."""
        return np.dtype([("size", ">i4"), ("value", self.dtype)])


INT2 = Element(21, 1005, np.dtype(">i2"))
INT4 = Element(23, 1007, np.dtype(">i4"))
INT8 = Element(20, 1016, np.dtype(">i8"))
FLOAT8 = Element(701, 1022, np.dtype(">f8"))
TIMESTAMPTZ = Element(1184, 1185, np.dtype(">i8"))


def array_bytes(element: Element, values: npt.NDArray[Any]) -> bytes:
    """The column as a binary array. Times must already count from 2000."""
    if not len(values):
        return np.array([0, 0, element.oid], ">i4").tobytes()
    header = np.array((1, 0, element.oid, len(values), 1), HEADER)
    items = np.empty(len(values), element.item)
    items["size"] = element.dtype.itemsize
    items["value"] = values
    return header.tobytes() + items.tobytes()


def parse_array(element: Element, data: bytes) -> npt.NDArray[Any]:
    """The column of `array_send(column)`, in native byte order. NULL elements are not allowed."""
    if len(data) <= 12:
        return np.empty(0, element.dtype.newbyteorder("="))
    items = np.frombuffer(data, element.item, offset=HEADER.itemsize)
    return items["value"].astype(element.dtype.newbyteorder("="))


@dataclass(frozen=True, slots=True)
class Column:
    """Base of a query parameter that is a whole array, already in its binary form."""

    data: bytes


class Int2s(Column):
    """int2[]"""


class Int4s(Column):
    """int4[]"""


class Int8s(Column):
    """int8[]"""


class Float8s(Column):
    """float8[]"""


class Times(Column):
    """timestamptz[]"""


class _ColumnDumper(Dumper):
    format: ClassVar[Format] = Format.BINARY  # type: ignore[misc]

    def dump(self, obj: Column) -> bytes:
        return obj.data


def _dumper(element: Element) -> type[Dumper]:
    return type("ColumnDumper", (_ColumnDumper,), {"oid": element.array_oid})


_DUMPERS = {
    Int2s: _dumper(INT2),
    Int4s: _dumper(INT4),
    Int8s: _dumper(INT8),
    Float8s: _dumper(FLOAT8),
    Times: _dumper(TIMESTAMPTZ),
}


def register_columns(connection: psycopg.Connection[Any]) -> None:
    """Let `connection` take the Column classes as parameters."""
    for cls, dumper in _DUMPERS.items():
        connection.adapters.register_dumper(cls, dumper)


def int2s(values: npt.NDArray[np.int16]) -> Int2s:
    return Int2s(array_bytes(INT2, values))


def int4s(values: npt.NDArray[np.int32]) -> Int4s:
    return Int4s(array_bytes(INT4, values))


def int8s(values: npt.NDArray[np.int64]) -> Int8s:
    return Int8s(array_bytes(INT8, values))


def float8s(values: npt.NDArray[np.float64]) -> Float8s:
    return Float8s(array_bytes(FLOAT8, values))


def times(values: npt.NDArray[np.int64]) -> Times:
    """Microseconds since 1970 as timestamptz[]."""
    return Times(array_bytes(TIMESTAMPTZ, values - EPOCH_2000))
