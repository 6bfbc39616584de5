"""compressionMethod=gzip: a document travels as base64(gzip(xml))."""

import base64
import binascii
import gzip
import zlib

from wellhead_witsml.protocol.errors import ReplyError
from wellhead_witsml.protocol.xml import MAX_BYTES

_GZIP = 31  # zlib's wbits of a gzip stream
_PIECE = 1 << 20
_UNSUSPECTED = 4 << 20
_RATIO = 200  # rows of null values pack 100 times, a bomb 1,000 times


def compressed(document: str) -> str:
    """The document as it travels when compressionMethod is gzip."""
    return base64.b64encode(gzip.compress(document.encode(), mtime=0)).decode()


def uncompressed(text: str) -> str | bytes:
    """The document of a text that may be compressed: XML begins with `<`, base64 never does.

    Raises ReplyError for one that is neither, or larger than MAX_BYTES when it is unpacked.
    """
    if text.lstrip()[:1] in ("<", "\ufeff", ""):
        return text
    try:
        packed = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ReplyError("is neither XML nor base64", field="XML", value=text[:80]) from None
    return inflated(packed)


def inflated(packed: bytes, most: int = MAX_BYTES) -> bytes:
    """Bytes of a gzip stream. Raises ReplyError beyond `most`, before they are in memory."""
    stream = zlib.decompressobj(_GZIP)
    pieces, size, rest = [], 0, packed
    while not stream.eof:
        try:
            piece = stream.decompress(rest, _PIECE)
        except zlib.error as error:
            raise ReplyError(f"is not compressed by gzip: {error}", field="XML") from None
        if not piece and not stream.eof:
            raise ReplyError("ends in the middle of its compressed data", field="XML")
        rest = stream.unconsumed_tail
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise ReplyError(f"is larger than {most >> 20} MiB when unpacked", field="XML")
        if size > _UNSUSPECTED and size > _RATIO * (len(packed) - len(rest)):
            raise ReplyError(f"unpacks to over {_RATIO} times its size", field="XML")
    return b"".join(pieces)
