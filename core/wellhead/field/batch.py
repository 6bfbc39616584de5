"""The one sort of batch that travels from driver to disk: four numpy columns of equal length.

The byte form is what a spool keeps: a fixed header with a checksum, then the raw columns, so that
neither writing nor reading one costs a Python object a reading.
"""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead.errors import WellheadError

_MAGIC = b"WHB1"
_HEADER = struct.Struct("<4sIiI")  # magic, crc32 of all that follows the crc, source, rows
_COLUMNS = (
    ("tags", np.dtype("<i4")),
    ("times", np.dtype("<i8")),
    ("values", np.dtype("<f8")),
    ("qualities", np.dtype("<i2")),
)
_ROW_BYTES = sum(dtype.itemsize for _, dtype in _COLUMNS)


class BatchError(WellheadError):
    """A batch whose columns or bytes are not what a batch is made of."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Readings of one source, as columns.

    source: the int4 id of what produced them (a scan group, an import), given out by the historian
    tags: int32[n], the tag ids
    times: int64[n], microseconds since 1970-01-01 UTC
    values: float64[n], in the tags' units; NaN where there is no value
    qualities: int16[n], see `wellhead.field.quality`
    texts: what readings of text say, by row; their value is NaN until the historian has stored
        them, and then the number of the text (`wellhead_historian.texts`)
    """

    source: int
    tags: npt.NDArray[np.int32]
    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16]
    texts: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = len(self.tags)
        for name, dtype in _COLUMNS:
            column = getattr(self, name)
            if column.dtype != dtype or column.ndim != 1 or len(column) != rows:
                raise BatchError(
                    f"must be a one-dimensional {dtype.name} column of {rows} rows",
                    field=f"Batch.{name}",
                    value=f"{column.dtype} {column.shape}",
                )

    def __len__(self) -> int:
        return len(self.tags)

    @classmethod
    def scan(
        cls,
        source: int,
        time: int,
        tags: npt.NDArray[np.int32],
        values: npt.NDArray[np.float64],
        qualities: npt.NDArray[np.int16],
    ) -> "Batch":
        """One scan: every reading has the same `time` (microseconds UTC)."""
        return cls(source, tags, np.full(len(tags), time, np.int64), values, qualities)

    def to_bytes(self) -> bytes:
        """The batch as bytes with a checksum; `from_bytes` gives it back unchanged."""
        body = b"".join(getattr(self, name).tobytes() for name, _ in _COLUMNS)
        tail = struct.pack("<iI", self.source, len(self)) + body
        return _MAGIC + struct.pack("<I", zlib.crc32(tail)) + tail

    @classmethod
    def from_bytes(cls, data: bytes) -> "Batch":
        """The batch of `to_bytes`. Raises BatchError when the bytes were torn or changed."""
        if len(data) < _HEADER.size:
            raise BatchError("bytes end inside the header", field="batch", value=len(data))
        magic, crc, source, rows = _HEADER.unpack_from(data)
        if magic != _MAGIC or len(data) != _HEADER.size + rows * _ROW_BYTES:
            raise BatchError("bytes are not one whole batch", field="batch", value=len(data))
        if zlib.crc32(data[8:]) != crc:
            raise BatchError("checksum does not match", field="batch", value=f"{crc:#x}")
        columns: list[Any] = []
        offset = _HEADER.size
        for _, dtype in _COLUMNS:
            columns.append(np.frombuffer(data, dtype, rows, offset))
            offset += rows * dtype.itemsize
        return cls(source, *columns)
