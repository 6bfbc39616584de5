"""What a client asks for: the options and the query, checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from wellhead_witsml.protocol import options
from wellhead_witsml.protocol.compression import uncompressed
from wellhead_witsml.protocol.errors import ReplyError, WitsmlError
from wellhead_witsml.protocol.options import ReturnElements
from wellhead_witsml.protocol.xml import parse
from wellhead_witsml.store.refusals import Refusal
from wellhead_witsml.store.shelf import Uids
from wellhead_witsml.store.versions import SPACES

KINDS = ("well", "wellbore", "trajectory", "log", "mudLog", "bhaRun", "tubular", "message", "risk")
GROWING = ("log", "trajectory", "mudLog")
_KEYWORDS = ("returnElements", "maxReturnNodes", "requestLatestValues", "compressionMethod")


@dataclass(frozen=True, slots=True)
class Asked:
    """OptionsIn of a GetFromStore."""

    elements: ReturnElements
    most_nodes: int | None
    latest_values: int | None
    gzip: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A query or an object that came in. root: as it was written, with its namespace"""

    version: str
    root: etree._Element


def read_options(kind: str, text: str) -> Asked:
    """Raises Refusal."""
    try:
        pairs = options.from_text(text)
    except WitsmlError:
        raise Refusal(-411, text) from None
    for keyword in pairs:
        if keyword not in _KEYWORDS:
            raise Refusal(-440, keyword)
    try:
        elements = ReturnElements(pairs.get("returnElements", "requested"))
    except ValueError:
        raise Refusal(-441, pairs["returnElements"]) from None
    if pairs.get("compressionMethod", "none") not in ("none", "gzip"):
        raise Refusal(-441, pairs["compressionMethod"])
    if elements in (ReturnElements.HEADER_ONLY, ReturnElements.DATA_ONLY) and kind not in GROWING:
        raise Refusal(-425, kind)
    if elements is ReturnElements.LATEST_CHANGE_ONLY:
        raise Refusal(-476, kind)
    return Asked(
        elements,
        _count(pairs, "maxReturnNodes", -402),
        _count(pairs, "requestLatestValues", -441),
        pairs.get("compressionMethod") == "gzip",
    )


def read_document(kind: str, text: str) -> Document:
    """Raises Refusal for what is no document of the kind."""
    if not kind:
        raise Refusal(-407)
    if kind not in KINDS:
        raise Refusal(-413, kind)
    if not text.strip():
        raise Refusal(-408)
    try:
        root = parse(uncompressed(text))
    except ReplyError as error:
        raise Refusal(-409 if text.lstrip().startswith("<") else -479, str(error)) from None
    name = etree.QName(root)
    if name.namespace not in SPACES.values():
        raise Refusal(-403, str(name.namespace))
    if name.localname != f"{kind}s":
        raise Refusal(-486, name.localname)
    version = root.get("version")
    if version not in SPACES or SPACES[version] != name.namespace:
        raise Refusal(-468, version or "")
    return Document(version, root)


def uids_of(kind: str, element: etree._Element) -> Uids:
    """Identifiers that an object or a template names, those above it among them."""
    well, wellbore, uid = (element.get(name, "") for name in ("uidWell", "uidWellbore", "uid"))
    if kind == "well":
        return Uids("", "", uid)
    return Uids(well, "" if kind == "wellbore" else wellbore, uid)


def _count(pairs: Mapping[str, str], keyword: str, refusal: int) -> int | None:
    if keyword not in pairs:
        return None
    if not pairs[keyword].isdecimal() or int(pairs[keyword]) < 1:
        raise Refusal(refusal, pairs[keyword])
    return int(pairs[keyword])
