"""The columns of a block as one piece of bytes, cut so that TOAST leaves nothing empty.

PostgreSQL keeps what is too large for a row in chunks of 1,996 bytes, four a page, each column by
itself, so that the last chunk of each takes up to a quarter of a page for a few bytes. So all
columns of a large block are one, of which whole chunks lie there, and the remainder in the row.
"""

import struct

from wellhead_historian.store.codec import CodecError

_HEAD = struct.Struct("<II")  # bytes of the values, of the qualities
_CHUNK = 1996  # TOAST_MAX_CHUNK_SIZE with pages of 8 kB
_IN_ROW = 4016
"""Bytes that stay in a row: half a page less what else the row has (toast_tuple_target)."""


def join_columns(value: bytes, quality: bytes | None, times: bytes | None) -> tuple[bytes, bytes]:
    """(data, rest) of a row of historian_block; quality: None = all good; times: None = those of
    the axis."""
    whole = b"".join(
        (_HEAD.pack(len(value), len(quality or b"")), value, quality or b"", times or b"")
    )
    end = len(whole) if len(whole) <= _IN_ROW else len(whole) % _CHUNK
    return whole[:end], whole[end:]


def split_columns(whole: bytes) -> tuple[bytes, bytes | None, bytes | None]:
    """(value, quality, times) that `join_columns` made data and rest of. Raises CodecError for
    other bytes."""
    if len(whole) < _HEAD.size:
        raise CodecError("the block ends too early")
    values, qualities = _HEAD.unpack_from(whole)
    end = _HEAD.size + values
    if len(whole) < end + qualities:
        raise CodecError("the block ends too early")
    value, quality = whole[_HEAD.size : end], whole[end : end + qualities]
    return value, quality or None, whole[end + qualities :] or None
