"""Objects of a store, fetched through the process `witsml`, as plain values."""

import time
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select

from wellhead import sdk
from wellhead_witsml import requests
from wellhead_witsml.importing import links
from wellhead_witsml.importing.run import KINDS
from wellhead_witsml.models import Log, ObjectLink, Store
from wellhead_witsml.objects import logs
from wellhead_witsml.objects.common import Measure, WitsmlObject
from wellhead_witsml.objects.parts import whole
from wellhead_witsml.objects.queries import objects_query
from wellhead_witsml.objects.reading import kind_name, read_file, read_objects
from wellhead_witsml.protocol.options import ReturnElements

_LOG = "log"


def fetch(
    store: Store, object_type: str, uids: dict[str, str], *, names_only: bool
) -> list[WitsmlObject]:
    """Objects of the store. uids: uid_well, uid_wellbore, uid, those that are given

    names_only: without what makes them large. What the store gives in parts is asked for until it
    is whole. Raises ApiError as `requests.ask`, and 502 for what cannot be made whole.
    """
    as_headers = names_only and object_type == _LOG
    elements = ReturnElements.ID_ONLY if names_only else ReturnElements.ALL
    if as_headers:
        elements = ReturnElements.REQUESTED
    found, partial = _ask(store, object_type, elements, uids)
    if not partial or names_only:
        return found
    give_up = time.monotonic() + requests.MOST_S
    named, _ = _ask(
        store, object_type, ReturnElements.ID_ONLY, uids
    )  # the answer does not say which is cut
    try:
        return [_whole(store, object_type, of, give_up) for of in named]
    except sdk.WellheadError as error:
        told = {"message": error.message, "remedy": error.remedy, "value": str(error.value)}
        raise requests.refused(store, told) from None


def _whole(store: Store, object_type: str, of: WitsmlObject, give_up: float) -> WitsmlObject:
    """give_up: when whoever waits has waited long enough, by the monotonic clock"""
    uids = {"uid_well": of.uid_well, "uid_wellbore": of.uid_wellbore, "uid": of.uid}

    def ask(start: Measure | None) -> tuple[WitsmlObject, bool]:
        if time.monotonic() > give_up:
            raise sdk.WellheadError(
                f"the store needs more than {requests.MOST_S:g} s for these objects",
                field="uid",
                value=of.uid,
                remedy="Name uid_well, uid_wellbore and uid, and import them one by one",
            )
        found, partial = _ask(store, object_type, ReturnElements.ALL, uids, start)
        return (found[0] if found else of), partial

    return whole(ask)


def _ask(
    store: Store,
    object_type: str,
    elements: ReturnElements,
    uids: dict[str, str],
    start: Measure | None = None,
) -> tuple[list[WitsmlObject], bool]:
    """(objects, whether the store left out some of what it has)"""
    arguments = {
        "object_type": object_type,
        "query": objects_query(kind_of(object_type), store.version, start, **uids),
        "return_elements": elements.value,
    }
    answer = requests.ask(store, requests.GET, arguments)
    return read(store, object_type, answer["document"]), answer["partial"]


def read(store: Store, object_type: str, document: str) -> list[WitsmlObject]:
    """The objects of a document. Raises WellheadError for what is none."""
    if not document.strip():
        return []
    kind = kind_of(object_type)
    return list(read_objects(kind, document, ZoneInfo(store.zone)))


def read_file_of(store: Store, object_type: str, document: str) -> list[WitsmlObject]:
    """The objects of a document that somebody has, of any version. Raises WellheadError for what is
    none, and for objects of another type."""
    found = read_file(document, ZoneInfo(store.zone))
    for of in found:
        if not isinstance(of, kind_of(object_type)):
            raise sdk.WellheadError(
                f"is a document of {kind_name(type(of))} objects",
                field="xml",
                value=object_type,
                remedy="Name their type in object_type",
            )
    return found


def kind_of(object_type: str) -> type[WitsmlObject]:
    return logs.Log if object_type == _LOG else KINDS[object_type]


def found_objects(store: Store, object_type: str, uids: dict[str, str]) -> list[dict[str, Any]]:
    """What the store holds of a type, and what each is here."""
    objects = fetch(store, object_type, uids, names_only=True)
    known = _known(store, object_type)
    rows = []
    for of in objects:
        log = cast(logs.Log, of) if object_type == _LOG else None
        place = (of.uid_well, of.uid_wellbore, of.uid)
        if log is None:
            place = links.place_of(object_type, of)
        rows.append(
            {
                "object_type": object_type,
                "uid_well": of.uid_well or None,
                "uid_wellbore": of.uid_wellbore or None,
                "uid": of.uid,
                "name": of.name,
                "name_well": of.name_well or None,
                "name_wellbore": of.name_wellbore or None,
                "index_type": None if log is None else log.index_type or None,
                "growing": None if log is None else log.growing,
                "record_id": known.get(place),
            }
        )
    return rows


def _known(store: Store, object_type: str) -> dict[tuple[str, str, str], Any]:
    """Record of each object that is here, by its uids."""
    if object_type == _LOG:
        statement: Any = select(Log.uid_well, Log.uid_wellbore, Log.uid, Log.id).where(
            Log.store_id == store.id
        )
    else:
        statement = select(
            ObjectLink.uid_well, ObjectLink.uid_wellbore, ObjectLink.uid, ObjectLink.record_id
        ).where(ObjectLink.store_id == store.id, ObjectLink.kind == object_type)
    return {(well, bore, uid): key for well, bore, uid, key in sdk.db.session.execute(statement)}
