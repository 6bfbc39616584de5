"""Between the two versions and the form in which the store keeps XML: no namespace, all times UTC,
the names of 1.4.1.1."""

import re
from copy import deepcopy
from datetime import datetime, tzinfo

from lxml import etree

from wellhead_witsml.objects.times import read_time, write_time

SPACES = {
    "1.3.1.1": "http://www.witsml.org/schemas/131",
    "1.4.1.1": "http://www.witsml.org/schemas/1series",
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?")
_RENAMED = {"mdCurrent": "md", "tvdCurrent": "tvd"}
_LATER = ("objectGrowing", "dataDelimiter", "isActive")


def to_kept(element: etree._Element, zone: tzinfo) -> etree._Element:
    """A copy of an object as it is kept. zone: of times without one"""
    kept = deepcopy(element)
    for one in kept.iter(etree.Element):
        name = etree.QName(one).localname
        one.tag = _RENAMED.get(name, name)
        text = (one.text or "").strip()
        if _TIME.fullmatch(text):
            one.text = write_time(read_time(text, zone))
    for column in list(kept.iter("columnIndex")):
        _remove(column)
    etree.cleanup_namespaces(kept)
    return kept


def to_version(kept: etree._Element, version: str, zone: tzinfo) -> etree._Element:
    """A copy as a client of a version sees it; 1.3.1.1 has times of the store's zone, unnamed."""
    shown = deepcopy(kept)
    space = SPACES[version]
    if version == "1.3.1.1":
        _older(shown, zone)
    for one in shown.iter(etree.Element):
        one.tag = f"{{{space}}}{one.tag!s}"
    return shown


def local_text(time: datetime, zone: tzinfo) -> str:
    """A time of the store's zone without naming it."""
    return time.astimezone(zone).replace(tzinfo=None).isoformat(timespec="milliseconds")


def _older(shown: etree._Element, zone: tzinfo) -> None:
    for name in _LATER:
        for one in shown.findall(name):
            _remove(one)
    for old, new in _RENAMED.items():
        for one in shown.findall(new) if shown.tag == "wellbore" else []:
            one.tag = old
    index = shown.find("indexCurve")
    first = "" if index is None else (index.text or "").strip().lower()
    if index is not None:
        index.set("columnIndex", "1")
    curves = shown.findall("logCurveInfo")
    curves.sort(key=lambda one: (one.findtext("mnemonic") or "").strip().lower() != first)
    for place, curve in enumerate(curves, 1):
        etree.SubElement(curve, "columnIndex").text = str(place)
    for one in shown.iter(etree.Element):
        text = (one.text or "").strip()
        if _TIME.fullmatch(text):
            one.text = local_text(read_time(text, zone), zone)


def _remove(element: etree._Element) -> None:
    above = element.getparent()
    if above is not None:
        above.remove(element)
