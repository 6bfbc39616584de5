"""Bodies that come compressed, as large files do over a slow link, and what they may become."""

import zlib
from collections.abc import Iterator

from flask import abort

from wellhead import sdk

_GZIP = 31  # zlib's wbits of a gzip stream
_MAGIC = b"\x1f\x8b"
_PIECE = 4096  # what is behind the end of a member is copied, of each of perhaps very many


def unpacked(data: bytes, encoding: str | None, most: int) -> bytes:
    """The body that `data` is by its Content-Encoding. Raises ApiError 415 for an encoding that is
    not read, WellheadError for what is not in it, HTTPException 413 for more than `most` bytes,
    before they are in memory."""
    name = (encoding or "identity").strip().lower()
    if name == "identity":
        return data
    if name not in ("gzip", "x-gzip"):
        detail = {
            "field": "Content-Encoding",
            "value": encoding,
            "remedy": "Compress it by gzip, or send it as it is without the header",
        }
        raise sdk.ApiError(415, "unsupported_media_type", "An import comes by gzip.", [detail])
    return b"".join(_members(data, most))


def _members(data: bytes, most: int) -> Iterator[bytes]:
    """What is in the members that a gzip file is made of (RFC 1952, 2.2), one behind the other."""
    view, at, room = memoryview(data), 0, most
    stream = zlib.decompressobj(_GZIP)
    while at < len(data):
        if stream.eof:
            if not _MAGIC.startswith(data[at : at + 2]):
                raise _wrong("goes on behind the end of the gzip stream")
            stream = zlib.decompressobj(_GZIP)
        packed = view[at : at + _PIECE]
        try:
            piece = stream.decompress(packed, room + 1)
        except zlib.error as error:
            raise _wrong(f"is not compressed by gzip: {error}") from error
        room -= len(piece)
        if room < 0:
            abort(413)
        yield piece
        at += len(packed) - len(stream.unused_data)
    if not stream.eof:
        raise _wrong("is cut short: the end of the gzip stream is missing")


def _wrong(message: str) -> sdk.WellheadError:
    return sdk.WellheadError(
        message,
        field="body",
        remedy="Send what `gzip FILE` makes, one or more of them, or no header Content-Encoding",
    )
