"""Documents to send: the plural element of a version around one object, in the schema's order."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from lxml import etree

from wellhead_witsml.objects.common import Measure, WitsmlObject
from wellhead_witsml.objects.times import write_time

SPACES = {
    "1.3.1.1": "http://www.witsml.org/schemas/131",
    "1.4.1.1": "http://www.witsml.org/schemas/1series",
}
"""XML namespace of each version's objects"""


class Element:
    """Writes one element; what is None is left out. Names are WITSML's."""

    def __init__(self, element: etree._Element, version: str) -> None:
        self._element = element
        self.version = version

    def text(self, name: str, value: str | int | float | None, **attributes: str | None) -> None:
        """A leaf; a bool is `true` or `false`."""
        if value is not None:
            if isinstance(value, bool):
                value = "true" if value else "false"
            self.empty(name, **attributes)._element.text = str(value)

    def empty(self, name: str, **attributes: str | None) -> "Element":
        """A new child without text."""
        child = etree.SubElement(self._element, f"{{{SPACES[self.version]}}}{name}")
        for key, value in attributes.items():
            if value is not None:
                child.set(key, value)
        return Element(child, self.version)

    def time(self, name: str, value: datetime | None) -> None:
        """A time in UTC."""
        self.text(name, None if value is None else write_time(value))

    def measure(self, name: str, value: Measure | None) -> None:
        """A number with its unit and datum."""
        if value is not None:
            self.text(name, float(value.value), uom=value.uom, datum=value.datum)

    def measures(self, values: Mapping[str, Measure]) -> None:
        """Several by WITSML's name, in the order in which they are given."""
        for name, value in values.items():
            self.measure(name, value)

    def names(self, of: WitsmlObject) -> None:
        """The names by which an object below a wellbore, or a wellbore, points upward."""
        self.text("nameWell", of.name_well or None)
        self.text("nameWellbore", of.name_wellbore or None)
        self.text("name", of.name or None)

    def common(self, of: WitsmlObject) -> None:
        """commonData, when there is any."""
        found = of.common
        if any((found.source, found.created, found.changed, found.item_state, found.comments)):
            inner = self.empty("commonData")
            inner.text("sourceName", found.source)
            inner.time("dTimCreation", found.created)
            inner.time("dTimLastChange", found.changed)
            inner.text("itemState", found.item_state)
            inner.text("comments", found.comments)


def plural(kind: str, version: str) -> tuple[etree._Element, Element]:
    """(root, writer) of `<logs version="1.4.1.1">` for the kind `log`."""
    space = SPACES[version]
    root = etree.Element(f"{{{space}}}{kind}s", nsmap={None: space}, version=version)
    return root, Element(root, version)


def to_document(root: etree._Element) -> str:
    """As text, without a declaration: it travels inside of another document."""
    return etree.tostring(root, encoding="unicode")


def index_time(time: datetime, version: str, zone: tzinfo | None) -> str:
    """A time as a query writes it: stores of 1.3.1.1 understand their own zone's only."""
    if version == "1.3.1.1" and zone is not None:
        return time.astimezone(zone).replace(tzinfo=None).isoformat(timespec="microseconds")
    return write_time(time)
