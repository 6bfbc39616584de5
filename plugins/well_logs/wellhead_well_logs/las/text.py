"""The text of a file whose encoding nothing says: marks first, then what fits."""

import codecs

from wellhead import sdk

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 2_000


def text_of(data: bytes) -> tuple[str, str]:
    r"""(text, encoding), its lines ended by \n.

    UTF-8 or UTF-16 by the byte order mark, UTF-16 by its zero bytes, UTF-8 where it is that, else
    Latin-1, of which every byte is a character.
    Raises WellheadError for what is no text.
    """
    encoding = _guess(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise sdk.WellheadError(
                f"is no text in {encoding}: {error.reason} at byte {error.start}", field="body"
            ) from error
        encoding = "latin-1"
        text = data.decode(encoding)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise sdk.WellheadError(
            "holds a NUL character, so it is no text file",
            field=f"line {line}",
            remedy="Send the file as it was written, not compressed",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding.removesuffix("-sig")


def _guess(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:_SAMPLE]
    if sample[1::2].count(0) > len(sample) // 3:
        return "utf-16-le"
    if sample[::2].count(0) > len(sample) // 3:
        return "utf-16-be"
    return "utf-8"
