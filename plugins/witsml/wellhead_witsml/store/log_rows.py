"""The data of logs: rows taken from documents, and rows written into answers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from lxml import etree

from wellhead_witsml.objects.times import microseconds, read_time, write_time
from wellhead_witsml.store.refusals import Refusal
from wellhead_witsml.store.shelf import Key, Row
from wellhead_witsml.store.versions import local_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NULL = "-999.25"


class Header:
    """What of a kept log decides how its rows are read and written.

    curves: mnemonic and unit, the index first
    """

    def __init__(self, kept: etree._Element) -> None:
        self.by_time = (kept.findtext("indexType") or "") == "date time"
        self.index = (kept.findtext("indexCurve") or "").strip()
        self.decreasing = (kept.findtext("direction") or "") == "decreasing"
        self.null = (kept.findtext("nullValue") or NULL).strip()
        self.delimiter = (kept.findtext("dataDelimiter") or ",").strip() or ","
        curves = [
            ((one.findtext("mnemonic") or "").strip(), (one.findtext("unit") or "").strip())
            for one in kept.findall("logCurveInfo")
        ]
        self.curves = sorted(curves, key=lambda one: one[0].lower() != self.index.lower())

    def key(self, text: str, zone: tzinfo) -> Key:
        """An index. Raises Refusal −409."""
        try:
            return microseconds(read_time(text, zone)) if self.by_time else float(text)
        except ValueError as error:
            raise Refusal(-409, f"index {text!r}: {error}") from None

    def text(self, key: Key, version: str, zone: tzinfo) -> str:
        """An index as a client of a version reads it."""
        if not self.by_time:
            return repr(float(key))
        time = _EPOCH + timedelta(microseconds=key)
        return local_text(time, zone) if version == "1.3.1.1" else write_time(time)


def taken_rows(kept: etree._Element, header: Header, zone: tzinfo) -> list[Row]:
    """Take all logData out of a kept document. Raises Refusal."""
    rows = []
    for block in kept.findall("logData"):
        listed = block.findtext("mnemonicList")
        if listed is None:
            names = [name for name, _ in header.curves]
        else:
            names = [name.strip() for name in listed.split(",")]
        if len({name.lower() for name in names}) < len(names):
            raise Refusal(-450, listed or "")
        places = [place for place, name in enumerate(names) if name.lower() == header.index.lower()]
        if not places:
            raise Refusal(-449, header.index)
        for line in block.findall("data"):
            cells = [cell.strip() for cell in (line.text or "").split(header.delimiter)]
            values = {
                name: cell
                for place, (name, cell) in enumerate(zip(names, cells, strict=False))
                if place != places[0] and cell not in ("", header.null)
            }
            if places[0] >= len(cells):
                raise Refusal(-409, line.text or "")
            rows.append((header.key(cells[places[0]], zone), values))
        kept.remove(block)
    return rows


def written_rows(
    rows: Sequence[Row],
    names: Sequence[str],
    header: Header,
    version: str,
    zone: tzinfo,
    *,
    null: str,
    extra: bool,
) -> etree._Element:
    """A kept-form logData. names: mnemonics, the index first; null: for values that are none;
    extra: one value more than there are mnemonics"""
    block = etree.Element("logData")
    if version == "1.4.1.1":
        units = dict(header.curves)
        etree.SubElement(block, "mnemonicList").text = ",".join(names)
        etree.SubElement(block, "unitList").text = ",".join(units.get(name, "") for name in names)
    for key, cells in rows:
        line = [header.text(key, version, zone)]
        line += [cells.get(name, null) for name in names[1:]]
        line += ["0"] if extra else []
        etree.SubElement(block, "data").text = header.delimiter.join(line)
    return block
