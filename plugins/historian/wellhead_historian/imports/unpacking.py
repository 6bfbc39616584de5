"""Bodies that come compressed, as large files do over a slow link, and what they may become."""

from flask import abort

from wellhead import sdk


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
    try:
        return sdk.gunzip(data, most)
    except sdk.GzipTooLarge:
        abort(413)
    except sdk.GzipError as error:
        raise sdk.WellheadError(
            error.message,
            field="body",
            remedy="Send what `gzip FILE` makes, one or more of them, "
            "or no header Content-Encoding",
        ) from error
