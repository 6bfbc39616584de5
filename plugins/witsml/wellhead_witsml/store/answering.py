"""GetFromStore: which objects a query selects, and how much of each is given."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import tzinfo

from lxml import etree

from wellhead_witsml.protocol.options import ReturnElements
from wellhead_witsml.store.asking import GROWING, Asked, uids_of
from wellhead_witsml.store.faults import Faults
from wellhead_witsml.store.log_rows import Header, written_rows
from wellhead_witsml.store.refusals import Refusal
from wellhead_witsml.store.shelf import Key, Row, Shelf, Stored
from wellhead_witsml.store.versions import to_kept

_IDENTITY = ("nameWell", "nameWellbore", "name")
_LOCATION = ("dTimStn", "typeTrajStation", "md", "tvd", "incl", "azi")
_RECURRING = {"log": "logData", "trajectory": "trajectoryStation", "mudLog": "geologyInterval"}
RANGE = (
    ("startDateTimeIndex", "endDateTimeIndex"),
    ("startIndex", "endIndex"),
)
_NODES = {"trajectoryStation": ("mdMn", "md"), "geologyInterval": ("startMd", "mdTop")}
"""Element of a query that says from where on nodes are given, and where in a node that is."""
_UNSELECTIVE = ("logData", "logCurveInfo", "startIndex", "endIndex", *RANGE[0], "mdMn", "startMd")


@dataclass(slots=True)
class Answer:
    """One GetFromStore. partial: rows were left out because there are too many"""

    shelf: Shelf
    asked: Asked
    version: str
    zone: tzinfo
    most_nodes: int
    most_points: int
    faults: Faults
    partial: bool = False
    objects: list[etree._Element] = field(default_factory=list)

    def fill(self, kind: str, template: etree._Element) -> None:
        """Add what one template of the query selects, in kept form. Raises Refusal."""
        wanted = to_kept(template, self.zone)
        uids = uids_of(kind, wanted)
        with_data = kind == "log" and self._wants_data(wanted)
        if with_data and not uids.uid:
            raise Refusal(-475)
        for found in self.shelf.find(kind, uids):
            if _selects(wanted, found.element):
                self._add(kind, wanted, found, with_data=with_data)

    def _wants_data(self, wanted: etree._Element) -> bool:
        match self.asked.elements:
            case ReturnElements.ALL | ReturnElements.DATA_ONLY:
                return True
            case ReturnElements.REQUESTED:
                return wanted.find("logData") is not None
        return False

    def _add(self, kind: str, wanted: etree._Element, found: Stored, *, with_data: bool) -> None:
        whole = self._with_bounds(found) if kind == "log" else found.element
        shown = self._shown(kind, wanted, whole)
        if with_data:
            blocks = wanted.findall("logData")
            if len(blocks) > 1:
                raise Refusal(-429)
            block = self._data(wanted, found)
            if block is None:  # as real stores do: a log without rows is no part of the answer
                return
            for empty in shown.findall("logData"):
                shown.remove(empty)
            shown.append(block)
        elif kind in GROWING and self.asked.elements is not ReturnElements.HEADER_ONLY:
            self._shorten(shown, wanted, _RECURRING[kind])
        self.objects.append(shown)

    def _shown(self, kind: str, wanted: etree._Element, whole: etree._Element) -> etree._Element:
        """The parts of an object that returnElements names."""
        recurring = _RECURRING.get(kind, "")
        shown = etree.Element(kind, dict(whole.attrib))
        named = {str(one.tag) for one in wanted}
        for part in whole:
            tag = str(part.tag)
            match self.asked.elements:
                case ReturnElements.ALL:
                    keep = True
                case ReturnElements.ID_ONLY:
                    keep = tag in _IDENTITY
                case ReturnElements.HEADER_ONLY:
                    keep = tag != recurring
                case ReturnElements.DATA_ONLY:
                    keep = tag == recurring
                case ReturnElements.STATION_LOCATION_ONLY:
                    keep = tag in (*_IDENTITY, recurring)
                case _:
                    keep = tag in named or not named
            if keep:
                shown.append(deepcopy(part))
        if self.asked.elements is ReturnElements.STATION_LOCATION_ONLY:
            for station in shown.findall(recurring):
                for part in [part for part in station if part.tag not in _LOCATION]:
                    station.remove(part)
        _only_curves(shown, wanted)
        return shown

    def _with_bounds(self, found: Stored) -> etree._Element:
        """A log's header with the bounds that its rows have now."""
        whole = deepcopy(found.element)
        header = Header(whole)
        bounds = self.shelf.bounds(found.id)
        for names in RANGE:
            for name in names:
                for old in whole.findall(name):
                    whole.remove(old)
        if bounds is not None:
            place = 1 + max(
                (whole.index(one) for one in whole if one.tag in (*_IDENTITY, "indexType")),
                default=-1,
            )
            first, last = reversed(bounds) if header.decreasing else bounds
            unit = dict(header.curves).get(header.index) or (
                header.curves[0][1] if header.curves else ""
            )
            for name, key in zip(RANGE[0 if header.by_time else 1], (first, last), strict=True):
                element = etree.Element(name)
                element.text = header.text(key, "1.4.1.1", self.zone)
                if not header.by_time:
                    element.set("uom", unit)
                whole.insert(place, element)
                place += 1
        return whole

    def _data(self, wanted: etree._Element, found: Stored) -> etree._Element | None:
        """The rows that are asked for; None without any."""
        header = Header(found.element)
        names = self._mnemonics(wanted, header)
        first, last = self._range(wanted, header)
        if self.asked.latest_values is not None:
            rows = self._latest(found.id, names, self.asked.latest_values)
            if not header.decreasing:
                rows.reverse()
        else:
            most = min(self.most_nodes, self.asked.most_nodes or self.most_nodes)
            most = min(most, max(self.most_points // len(names), 1))
            rows = self.shelf.rows(
                found.id, first, last, decreasing=header.decreasing, most=most + 1
            )
            if len(rows) > most:
                self.partial = True
                del rows[most:]
        if self.faults.duplicate_rows:
            rows += rows[-1:]
        if not rows:
            return None
        return written_rows(
            rows,
            names,
            header,
            self.version,
            self.zone,
            null="None" if self.faults.literal_null else header.null,
            extra=self.faults.extra_values,
        )

    def _mnemonics(self, wanted: etree._Element, header: Header) -> list[str]:
        """Of the columns to give, the index first; all where none are named."""
        listed = wanted.findtext("logData/mnemonicList") or ""
        asked = [name.strip().lower() for name in listed.split(",") if name.strip()]
        if not asked:
            asked = [
                (one.text or "").strip().lower()
                for one in wanted.findall("logCurveInfo/mnemonic")
                if (one.text or "").strip()
            ]
        if len(set(asked)) < len(asked):
            raise Refusal(-482, listed)
        return [
            name
            for place, (name, _) in enumerate(header.curves)
            if place == 0 or not asked or name.lower() in asked
        ]

    def _range(self, wanted: etree._Element, header: Header) -> tuple[Key | None, Key | None]:
        """Smallest and largest index asked for; a decreasing log's start is the largest."""
        texts = [(wanted.findtext(name) or "").strip() for name in RANGE[not header.by_time]]
        first, last = (header.key(text, self.zone) if text else None for text in texts)
        return (last, first) if header.decreasing else (first, last)

    def _latest(self, log: int, names: list[str], count: int) -> list[Row]:
        """Rows, newest first, with the last values of each column and no others."""
        found = []
        left = dict.fromkeys(names[1:], count)
        for key, cells in self.shelf.rows(log, decreasing=True):
            kept = {name: cells[name] for name, more in left.items() if more and name in cells}
            for name in kept:
                left[name] -= 1
            if kept:
                found.append((key, kept))
            if not any(left.values()):
                break
        return found

    def _shorten(self, shown: etree._Element, wanted: etree._Element, recurring: str) -> None:
        """Stations and intervals are data nodes, too: those from the depth asked for on."""
        if recurring in _NODES:
            bound, depth = _NODES[recurring]
            start = _number(wanted.findtext(bound))
            for node in shown.findall(recurring):
                if _number(node.findtext(depth)) < start:
                    shown.remove(node)
        most = min(self.most_nodes, self.asked.most_nodes or self.most_nodes)
        for node in shown.findall(recurring)[most:]:
            shown.remove(node)
            self.partial = True


def _selects(wanted: etree._Element, kept: etree._Element) -> bool:
    """Whether the leaves that the template gives a value are so in the object."""
    for part in wanted:
        text = (part.text or "").strip()
        if text and len(part) == 0 and part.tag not in _UNSELECTIVE:
            there = [(one.text or "").strip() for one in kept.findall(str(part.tag))]
            if text not in there:
                return False
    return True


def _number(text: str | None) -> float:
    """Not a number, which is below and above none, for what is not there."""
    try:
        return float((text or "").strip() or "nan")
    except ValueError:
        raise Refusal(-409, text or "") from None


def _only_curves(shown: etree._Element, wanted: etree._Element) -> None:
    """Leave the columns out of the header that the template does not name."""
    asked = {
        (one.text or "").strip().lower()
        for one in wanted.findall("logCurveInfo/mnemonic")
        if (one.text or "").strip()
    }
    index = (shown.findtext("indexCurve") or "").strip().lower()
    for curve in shown.findall("logCurveInfo") if asked else []:
        name = (curve.findtext("mnemonic") or "").strip().lower()
        if name not in asked and name != index:
            shown.remove(curve)
