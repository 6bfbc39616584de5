"""AddToStore, UpdateInStore and DeleteFromStore."""

import time
import uuid
from copy import deepcopy
from datetime import tzinfo

from lxml import etree

from wellhead_witsml.store.answering import RANGE
from wellhead_witsml.store.asking import Document, uids_of
from wellhead_witsml.store.log_rows import Header, taken_rows
from wellhead_witsml.store.refusals import Refusal
from wellhead_witsml.store.shelf import Shelf, Stored, Uids
from wellhead_witsml.store.versions import to_kept

_GROWS = {"log": "logData", "trajectory": "trajectoryStation", "mudLog": "geologyInterval"}


def add(shelf: Shelf, kind: str, document: Document, zone: tzinfo, most_nodes: int) -> str:
    """Add one object. Returns its uid. Raises Refusal."""
    kept = _only(kind, document, zone)
    uids = uids_of(kind, kept)
    if not uids.uid:
        uids = Uids(uids.well, uids.wellbore, str(uuid.uuid4()))
        kept.set("uid", uids.uid)
    _check_above(shelf, kind, uids)
    if any(shelf.find(kind, uids)):
        raise Refusal(-405, uids.uid)
    rows = taken_rows(kept, Header(kept), zone) if kind == "log" else []
    if len(rows) > most_nodes:
        raise Refusal(-456, str(len(rows)))
    if rows and kept.find("objectGrowing") is None:
        _set_growing(kept)
    number = shelf.add(kind, uids, kept, time.time())
    shelf.upsert(number, rows)
    return uids.uid


def update(shelf: Shelf, kind: str, document: Document, zone: tzinfo, most_nodes: int) -> None:
    """Merge what came into one object. Raises Refusal."""
    news = _only(kind, document, zone)
    found = _found(shelf, kind, news)
    kept = deepcopy(found.element)
    rows = taken_rows(news, Header(kept), zone) if kind == "log" else []
    if len(rows) > most_nodes:
        raise Refusal(-456, str(len(rows)))
    grows = bool(rows) or (kind in _GROWS and news.find(_GROWS[kind]) is not None)
    merge(kept, news)
    if grows and news.find("objectGrowing") is None:
        _set_growing(kept)
    shelf.change(found.id, kept, time.time() if grows else found.changed)
    shelf.upsert(found.id, rows)


def delete(shelf: Shelf, kind: str, document: Document, zone: tzinfo) -> None:
    """Delete an object, or of a log the rows of a range. Raises Refusal."""
    wanted = _only(kind, document, zone)
    found = _found(shelf, kind, wanted)
    if len(wanted) == 0:
        if shelf.has_below(kind, found.uids):
            raise Refusal(-432, found.uids.uid)
        shelf.remove(found.id)
        return
    if kind != "log":
        raise Refusal(-409, "this store deletes whole objects, and rows of logs")
    header = Header(found.element)
    texts = [(wanted.findtext(name) or "").strip() for name in RANGE[not header.by_time]]
    if not any(texts):
        raise Refusal(-409, "startIndex or endIndex is missing")
    first, last = (header.key(text, zone) if text else None for text in texts)
    shelf.cut(found.id, first, last)


def merge(kept: etree._Element, news: etree._Element) -> None:
    """Write the children of `news` into `kept`: those with a uid into that of the same uid,
    recurring ones beside those that are there, all others in place of the old."""
    for part in news:
        tag, uid = str(part.tag), part.get("uid")
        old = kept.findall(tag)
        if uid is not None:
            old = [one for one in old if one.get("uid") == uid]
        if not old:
            beside = kept.findall(tag)
            place = kept.index(beside[-1]) + 1 if beside else len(kept)
            kept.insert(place, deepcopy(part))
        elif len(part):
            merge(old[0], part)
        else:
            kept.replace(old[0], deepcopy(part))


def _only(kind: str, document: Document, zone: tzinfo) -> etree._Element:
    found = [one for one in document.root if etree.QName(one).localname == kind]
    if len(found) != 1:
        raise Refusal(-415, f"{len(found)} objects")
    return to_kept(found[0], zone)


def _found(shelf: Shelf, kind: str, element: etree._Element) -> Stored:
    uids = uids_of(kind, element)
    if not uids.uid:
        raise Refusal(-415)
    for found in shelf.find(kind, uids):
        return found
    raise Refusal(-433, uids.uid)


def _check_above(shelf: Shelf, kind: str, uids: Uids) -> None:
    if kind == "well":
        return
    if not uids.well or (kind != "wellbore" and not uids.wellbore):
        raise Refusal(-406)
    if not any(shelf.find("well", Uids(uid=uids.well))):
        raise Refusal(-481, uids.well)
    if kind != "wellbore" and not any(shelf.find("wellbore", Uids(uids.well, "", uids.wellbore))):
        raise Refusal(-481, uids.wellbore)


def _set_growing(kept: etree._Element) -> None:
    growing = kept.find("objectGrowing")
    if growing is None:
        growing = etree.Element("objectGrowing")
        kept.insert(1 if len(kept) else 0, growing)
    growing.text = "true"
