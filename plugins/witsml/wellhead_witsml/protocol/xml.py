"""XML from a stranger: refused before it costs anything.

A DOCTYPE is the way to entity bombs, to files of this machine and to other servers, and WITSML
never needs one. Whatever the encoding, a document is turned into text first, in which a DOCTYPE can
be spelled in one way only. What a document costs grows with its tags, so these are counted before
it is parsed.
"""

import codecs
import re

from lxml import etree

from wellhead_witsml.protocol.errors import ReplyError

MAX_BYTES = 32 * 2**20
MAX_TAGS = 250_000
MAX_ATTRIBUTES = 200_000
MAX_DEPTH = 32
_ENCODINGS = ("utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "utf-16")
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]{0,200}?\?>")
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([\w.-]{1,40})[\"']")
_BEYOND = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")


def parse(document: str | bytes) -> etree._Element:
    """The root element. Raises ReplyError for a document that is too large, has a DOCTYPE or is
    no XML."""
    text = document if isinstance(document, str) else _decoded(document)
    if len(text) > MAX_BYTES:
        raise _refused(f"is larger than {MAX_BYTES >> 20} MiB", len(text))
    if "<!DOCTYPE" in text:
        raise _refused("has a DOCTYPE, which WITSML never needs", None)
    if text.count("<") > 2 * MAX_TAGS or text.count('="') + text.count("='") > MAX_ATTRIBUTES:
        raise _refused(f"has more than {MAX_TAGS} elements or {MAX_ATTRIBUTES} attributes", None)
    text = _DECLARATION.sub("", text, count=1) if text.lstrip()[:5] == "<?xml" else text
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,  # one text may be a whole reply; what it may cost is bounded above
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as error:
        raise _refused(f"is no XML: {error}", text[:80]) from None
    if _BEYOND(root):
        raise _refused(f"is nested deeper than {MAX_DEPTH}", None)
    return root


def _decoded(document: bytes) -> str:
    if document.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    else:
        declared = _DECLARED.search(document[:400])
        name = declared.group(1).decode() if declared else "utf-8"
    try:
        encoding = codecs.lookup(name).name
        if encoding not in _ENCODINGS:
            raise LookupError
        return document.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except LookupError:
        raise _refused(
            f"is written in an encoding other than {', '.join(_ENCODINGS)}", name
        ) from None
    except UnicodeDecodeError as error:
        raise _refused(f"is not written in {name}: {error.reason}", None) from None


def _refused(message: str, value: object) -> ReplyError:
    return ReplyError(message, field="XML", value=value, remedy="Tell who runs the store")
