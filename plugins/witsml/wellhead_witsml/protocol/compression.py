"""compressionMethod=gzip: a document travels as base64(gzip(xml))."""

import base64
import binascii
import gzip

from wellhead import sdk
from wellhead_witsml.protocol.errors import ReplyError
from wellhead_witsml.protocol.xml import MAX_BYTES

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
    """What a gzip stream has in it. Raises ReplyError beyond `most`, before it is in memory."""
    try:
        return sdk.gunzip(packed, most, _RATIO)
    except sdk.GzipError as error:
        raise ReplyError(error.message, field="XML") from error
