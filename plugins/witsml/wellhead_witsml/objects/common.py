"""What all objects have in common, and the reader that loses nothing of an element.

Stores send what their makers thought of: elements of other versions, numbers with commas, dates
that are none. A reader takes the elements that it knows by name, tells what could not be read with
the text as it stood, and keeps the leaves that nobody asked for.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from lxml import etree

from wellhead_witsml.objects.times import read_time

_MAX_UNREAD = 1000
_MAX_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its unit of measure as WITSML spells it, and the datum of a depth."""

    value: float
    uom: str | None = None
    datum: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read. path: of the element; text: as it stood"""

    path: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Common:
    """commonData: who wrote the object and when."""

    source: str | None = None
    created: datetime | None = None
    changed: datetime | None = None
    item_state: str | None = None
    comments: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WitsmlObject:
    """What every object carries. An identifier that is missing is the empty text.

    unread: text of the leaves that no field holds, by path (`customData/IASectionName`)
    problems: what stood where a number or a time belongs
    """

    uid: str
    name: str
    uid_well: str = ""
    name_well: str = ""
    uid_wellbore: str = ""
    name_wellbore: str = ""
    common: Common = Common()
    unread: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


class Reader:
    """Takes the children of one element, by name without case and namespace.

    zone: of times that are written without one; None = such a time is a problem
    """

    def __init__(
        self,
        element: etree._Element,
        zone: tzinfo | None = None,
        path: str = "",
        problems: list[Problem] | None = None,
    ) -> None:
        self._element = element
        self.zone = zone
        self._path = path
        self.problems = [] if problems is None else problems
        self._children: dict[str, list[etree._Element]] = {}
        for child in element.iterchildren(etree.Element):
            self._children.setdefault(_local(child).lower(), []).append(child)
        self._inner: list[Reader] = []

    @property
    def content(self) -> str:
        """The element's own text."""
        return (self._element.text or "").strip()

    def attribute(self, name: str) -> str | None:
        """An attribute by its name without case; None when it is missing or empty."""
        for key, value in self._element.attrib.items():
            if str(key).rpartition("}")[2].lower() == name.lower():
                return str(value).strip() or None
        return None

    def text(self, *names: str) -> str | None:
        """Text of the first child of the first of these names that has one."""
        for name in names:
            for child in self._children.pop(name.lower(), [])[:1]:
                found = (child.text or "").strip()
                if found:
                    return found
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        """Texts of all children of a name, empty ones left out."""
        found = ((child.text or "").strip() for child in self._children.pop(name.lower(), []))
        return tuple(text for text in found if text)

    def measure(self, *names: str) -> Measure | None:
        """A number with its unit; None when there is none, or when it is a problem."""
        for name in names:
            for child in self._children.pop(name.lower(), [])[:1]:
                text = (child.text or "").strip()
                if not text:
                    continue
                number = self.to_number(text, name)
                if number is None:
                    return None
                inner = Reader(child)
                return Measure(number, inner.attribute("uom"), inner.attribute("datum"))
        return None

    def number(self, *names: str) -> float | None:
        """A number without a unit."""
        found = self.measure(*names)
        return None if found is None else found.value

    def whole(self, *names: str) -> int | None:
        """A whole number; a fraction is a problem."""
        found = self.number(*names)
        if found is not None and not found.is_integer():
            self.problem(names[0], str(found), "is no whole number")
            return None
        return None if found is None else int(found)

    def time(self, *names: str) -> datetime | None:
        """A time in UTC."""
        for name in names:
            text = self.text(name)
            if text is not None:
                try:
                    return read_time(text, self.zone)
                except ValueError as error:
                    self.problem(name, text, str(error))
        return None

    def flag(self, *names: str) -> bool | None:
        """true or false, as XML Schema writes them."""
        for name in names:
            text = self.text(name)
            if text is None:
                continue
            if text in ("true", "1"):
                return True
            if text in ("false", "0"):
                return False
            self.problem(name, text, "is neither true nor false")
        return None

    def inner(self, *names: str) -> "Iterator[Reader]":
        """Readers of all children of these names; what they leave unread is this one's too."""
        for name in names:
            for number, child in enumerate(self._children.pop(name.lower(), [])):
                suffix = f"[{number + 1}]" if number else ""
                path = f"{self._path}{_local(child)}{suffix}/"
                reader = Reader(child, self.zone, path, self.problems)
                self._inner.append(reader)
                yield reader

    def first(self, *names: str) -> "Reader | None":
        """Reader of the first such child, the others are left unread."""
        for name in names:
            children = self._children.get(name.lower())
            if children:
                self._children[name.lower()] = children[1:]
                reader = Reader(
                    children[0], self.zone, f"{self._path}{_local(children[0])}/", self.problems
                )
                self._inner.append(reader)
                return reader
        return None

    def measures(self) -> dict[str, Measure]:
        """All remaining children that carry a unit, by name with a small first letter."""
        found = {}
        for name, children in list(self._children.items()):
            if len(children) == 1 and Reader(children[0]).attribute("uom") is not None:
                spelled = _local(children[0])
                measure = self.measure(name)
                if measure is not None:
                    found[spelled[:1].lower() + spelled[1:]] = measure
        return found

    def to_number(self, text: str, name: str) -> float | None:
        """A finite number; anything else is a problem."""
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number) and "_" not in text:
            return number
        self.problem(name, text, "is no number")
        return None

    def problem(self, name: str, text: str, reason: str) -> None:
        """Note what could not be read."""
        self.problems.append(Problem(f"{self._path}{name}", text, reason))

    def unread(self) -> dict[str, str]:
        """Leaves that nobody took, by path, of this element and of those read inside it."""
        found: dict[str, str] = {}
        for children in self._children.values():
            for child in children:
                _leaves(child, self._path, found)
        for reader in self._inner:
            found.update(reader.unread())
        return found

    def identity(self) -> dict[str, Any]:
        """The fields of WitsmlObject. Call it last: what is left then is what is unread."""
        pointers = {
            "uid": self.attribute("uid") or "",
            "name": self.text("name") or "",
            "uid_well": self.attribute("uidWell") or "",
            "name_well": self.text("nameWell") or "",
            "uid_wellbore": self.attribute("uidWellbore") or "",
            "name_wellbore": self.text("nameWellbore") or "",
            "common": self._common(),
        }
        return {**pointers, "unread": self.unread(), "problems": tuple(self.problems)}

    def _common(self) -> Common:
        inner = self.first("commonData")
        if inner is None:
            return Common()
        return Common(
            source=inner.text("sourceName"),
            created=inner.time("dTimCreation"),
            changed=inner.time("dTimLastChange"),
            item_state=inner.text("itemState"),
            comments=inner.text("comments"),
        )


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _leaves(element: etree._Element, path: str, found: dict[str, str]) -> None:
    """Bounded: whoever sends more than this wants no more of it to be kept."""
    for leaf in element.iter(etree.Element):
        text = (leaf.text or "").strip()
        if not text or len(found) >= _MAX_UNREAD:
            continue
        names = [_local(leaf)]
        if leaf is not element:
            for above in leaf.iterancestors():
                names.append(_local(above))
                if above is element:
                    break
        key = path + "/".join(reversed(names))
        if len(found.get(key, "")) < _MAX_TEXT:
            found[key] = f"{found[key]}; {text}" if key in found else text
