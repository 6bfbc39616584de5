"""What is in a gzip file: of the several members that one may be made of, one behind the other, and
never more than was asked for."""

import zlib
from collections.abc import Iterator

from wellhead.errors import WellheadError

_GZIP = 31  # zlib's wbits of a gzip stream
_MAGIC = b"\x1f\x8b"
_PIECE = 4096  # what is behind the end of a member is copied, of each of perhaps very many
_UNSUSPECTED = 4 << 20


class GzipError(WellheadError):
    """The bytes are no gzip file, or not a whole one."""


class GzipTooLarge(GzipError):
    """More is in it than may be."""


def gunzip(data: bytes, most: int, ratio: int | None = None) -> bytes:
    """What is in the members of a gzip file (RFC 1952, 2.2) together. Raises GzipError, also for
    more than `most` bytes or, beyond 4 MiB, `ratio` times the packed ones, before they are in
    memory."""
    return b"".join(_pieces(data, most, ratio))


def _pieces(data: bytes, most: int, ratio: int | None) -> Iterator[bytes]:
    view, at, size = memoryview(data), 0, 0
    stream = zlib.decompressobj(_GZIP)
    while at < len(data):
        if stream.eof:
            if not _MAGIC.startswith(data[at : at + 2]):
                raise GzipError("goes on behind the end of the gzip stream")
            stream = zlib.decompressobj(_GZIP)
        packed = view[at : at + _PIECE]
        try:
            piece = stream.decompress(packed, most - size + 1)
        except zlib.error as error:
            raise GzipError(f"is not compressed by gzip: {error}") from error
        size += len(piece)
        at += len(packed) - len(stream.unused_data)
        if size > most:
            raise GzipTooLarge(f"is larger than {_readable(most)} when it is unpacked")
        if ratio is not None and size > max(_UNSUSPECTED, ratio * at):
            raise GzipTooLarge(f"unpacks to over {ratio} times its size")
        yield piece
    if not stream.eof:
        raise GzipError("is cut short: the end of the gzip stream is missing")


def _readable(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size:,} bytes"
