"""The one sort of batch that travels from driver to disk: four numpy columns of equal length.

The byte form is what a spool keeps: a fixed header with a checksum, then the raw columns, so that
neither writing nor reading one costs a Python object a reading.
"""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead.errors import WellheadError
from wellhead.field import quality
from wellhead.field import texts as written

_MAGIC = b"WHB1"
_MAGIC_TEXTS = b"WHB2"  # the same, and the texts after the columns
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
        them, and then the number of the text (`wellhead_historian.store.texts`)
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
        if self.texts and not 0 <= min(self.texts) <= max(self.texts) < rows:
            raise BatchError(
                f"must be by rows from 0 to {rows - 1}",
                field="Batch.texts",
                value=str(sorted(self.texts)[-1]),
            )

    def __len__(self) -> int:
        return len(self.tags)

    @property
    def one_time(self) -> bool:
        """True when it is not empty and all readings have the same time."""
        if self.times.strides == (0,):
            return len(self.tags) > 0
        times = self.times.tobytes()  # compared as bytes: half the time of numpy's comparison
        return len(self.tags) > 0 and times == times[:8] * len(self.tags)

    @classmethod
    def scan(
        cls,
        source: int,
        time: int,
        tags: npt.NDArray[np.int32],
        values: npt.NDArray[np.float64],
        qualities: npt.NDArray[np.int16],
        texts: Mapping[int, str] | None = None,
    ) -> "Batch":
        """One scan: every reading has the same `time` (microseconds UTC), which is kept once: the
        column is read-only and has a stride of zero."""
        times = np.ndarray((len(tags),), np.int64, np.int64(time).tobytes(), strides=(0,))
        return cls(source, tags, times, values, qualities, texts or {})

    @classmethod
    def join(cls, batches: Sequence["Batch"]) -> "Batch":
        """Batches, at least one, of any sources one after the other; the source of the result
        means nothing."""
        if len(batches) == 1:
            return batches[0]
        texts: dict[int, str] = {}
        start = 0
        for batch in batches:
            if batch.texts:
                texts.update({start + row: text for row, text in batch.texts.items()})
            start += len(batch)
        tags, times, values, qualities = (
            np.concatenate([getattr(batch, name) for batch in batches]) for name, _ in _COLUMNS
        )
        return cls(0, tags, times, values, qualities, texts)

    def take(self, rows: npt.NDArray[Any]) -> "Batch":
        """The rows named by an array of indices or a mask, with what they say."""
        texts: dict[int, str] = {}
        if self.texts:
            places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
            said = np.flatnonzero(np.isin(places, list(self.texts)))
            texts = {place: self.texts[int(places[place])] for place in said.tolist()}
        tags, times, values, qualities = (getattr(self, name)[rows] for name, _ in _COLUMNS)
        return Batch(self.source, tags, times, values, qualities, texts)

    def with_clean_texts(self) -> "Batch":
        """The batch with texts that can be kept and shown (`wellhead.field.texts.clean`): a good
        reading whose text had to be cut is uncertain. The same object when all of them can."""
        if not self.texts:
            return self
        cleaned = {row: written.clean(text) for row, text in self.texts.items()}
        texts = {row: text for row, (text, _) in cleaned.items()}
        if texts == self.texts:
            return self
        cut = np.zeros(len(self), np.bool_)
        cut[[row for row, (_, was_cut) in cleaned.items() if was_cut]] = True
        cut &= quality.is_good(self.qualities)
        qualities = np.where(cut, np.int16(quality.UNCERTAIN), self.qualities)
        return replace(self, qualities=qualities, texts=texts)

    def to_bytes(self) -> bytes:
        """The batch as bytes with a checksum; `from_bytes` gives it back unchanged."""
        body = b"".join(getattr(self, name).tobytes() for name, _ in _COLUMNS)
        tail = struct.pack("<iI", self.source, len(self)) + body + self.pack_texts()
        magic = _MAGIC_TEXTS if self.texts else _MAGIC
        return magic + struct.pack("<I", zlib.crc32(tail)) + tail

    @classmethod
    def from_bytes(cls, data: bytes) -> "Batch":
        """The batch of `to_bytes`. Raises BatchError when the bytes were torn or changed."""
        if len(data) < _HEADER.size:
            raise BatchError("bytes end inside the header", field="batch", value=len(data))
        magic, crc, source, rows = _HEADER.unpack_from(data)
        end = _HEADER.size + rows * _ROW_BYTES
        whole = len(data) == end if magic == _MAGIC else len(data) > end
        if magic not in (_MAGIC, _MAGIC_TEXTS) or not whole:
            raise BatchError("bytes are not one whole batch", field="batch", value=len(data))
        if zlib.crc32(data[8:]) != crc:
            raise BatchError("checksum does not match", field="batch", value=f"{crc:#x}")
        columns: list[Any] = []
        offset = _HEADER.size
        for _, dtype in _COLUMNS:
            columns.append(np.frombuffer(data, dtype, rows, offset))
            offset += rows * dtype.itemsize
        tags, times, values, qualities = columns
        return cls(source, tags, times, values, qualities, cls.unpack_texts(data[end:], rows))

    def pack_texts(self) -> bytes:
        """The texts alone as bytes without a checksum, none at all when there are none: for codecs
        that keep the columns in another way."""
        return written.pack(self.texts) if self.texts else b""

    @staticmethod
    def unpack_texts(data: bytes, rows: int) -> dict[int, str]:
        """The texts of `pack_texts` for a batch of `rows` rows. Raises BatchError."""
        try:
            return written.unpack(data, rows) if data else {}
        except ValueError as error:
            raise BatchError(str(error), field="texts", value=len(data)) from error
