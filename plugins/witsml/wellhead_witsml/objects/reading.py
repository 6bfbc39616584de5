"""From the XML of a reply to objects."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import TypeVar

from lxml import etree

from wellhead_witsml.objects.common import Reader, WitsmlObject
from wellhead_witsml.objects.logs import Log, read_log
from wellhead_witsml.objects.mud_logs import MudLog, read_mud_log
from wellhead_witsml.objects.operations import (
    BhaRun,
    Message,
    Risk,
    read_bha_run,
    read_message,
    read_risk,
)
from wellhead_witsml.objects.trajectories import Trajectory, read_trajectory
from wellhead_witsml.objects.tubulars import Tubular, read_tubular
from wellhead_witsml.objects.version2 import is_version2, to_version1
from wellhead_witsml.objects.wells import Well, Wellbore, read_well, read_wellbore
from wellhead_witsml.protocol.errors import ReplyError
from wellhead_witsml.protocol.xml import parse

ObjectT = TypeVar("ObjectT", bound=WitsmlObject)

KINDS: Mapping[type[WitsmlObject], tuple[str, Callable[[Reader], WitsmlObject]]] = {
    Well: ("well", read_well),
    Wellbore: ("wellbore", read_wellbore),
    Trajectory: ("trajectory", read_trajectory),
    Log: ("log", read_log),
    MudLog: ("mudLog", read_mud_log),
    BhaRun: ("bhaRun", read_bha_run),
    Tubular: ("tubular", read_tubular),
    Message: ("message", read_message),
    Risk: ("risk", read_risk),
}
"""WITSML's name of each kind, and what reads one"""


def kind_name(kind: type[WitsmlObject]) -> str:
    """WMLtypeIn of a kind: `well`, `mudLog` …"""
    return KINDS[kind][0]


def read_objects(
    kind: type[ObjectT], document: str | bytes, zone: tzinfo | None = None
) -> list[ObjectT]:
    """The objects of a plural document (`wells`, `logs` …) of either version, in its order.

    zone: of times that are written without one. Raises ReplyError when it is no such document.
    """
    name, reader = KINDS[kind]
    found = []
    for element in _children(document, name):
        made = reader(Reader(element, zone))
        assert isinstance(made, kind)
        found.append(made)
    return found


def read_file(document: str | bytes, zone: tzinfo | None = None) -> list[WitsmlObject]:
    """The objects of a file, whatever their kind: a plural document of 1.3.1.1 or 1.4.1.1, or one
    object of 2.0.

    zone: of times that are written without one. Raises ReplyError when it is neither.
    """
    root = parse(document)
    readers = {name.lower(): reader for name, reader in KINDS.values()}
    if is_version2(root) and _name(root) in readers:
        reader = readers[_name(root)]
        return [reader(Reader(to_version1(root), zone))]
    name = _name(root).removesuffix("s")
    if name not in readers or name == _name(root):
        raise ReplyError("is no document of WITSML that is known", field="root", value=_name(root))
    children = (child for child in root.iterchildren(etree.Element) if _name(child) == name)
    return [readers[name](Reader(child, zone)) for child in children]


def read_log_data(document: str | bytes, header: Log, zone: tzinfo | None = None) -> Log:
    """A log of which only the data came (data-only, requested), read by the header known before.

    Its `data` is empty when the store has nothing: it leaves out logs without data. Raises
    ReplyError as `read_objects`, and for the data of another log.
    """
    for element in _children(document, "log"):
        found = read_log(Reader(element, zone), header)
        for name in ("uid_well", "uid_wellbore", "uid"):
            said, asked = getattr(found, name), getattr(header, name)
            if said.lower() not in ("", asked.lower()):
                raise ReplyError("is of another log", field=name, value=said)
        return found
    return replace(header, data=())


def _children(document: str | bytes, name: str) -> Iterator[etree._Element]:
    root = parse(document)
    if _name(root) != f"{name.lower()}s":
        raise ReplyError(f"is no document of {name}s", field="XMLout", value=_name(root))
    return (child for child in root.iterchildren(etree.Element) if _name(child) == name.lower())


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname.lower()
