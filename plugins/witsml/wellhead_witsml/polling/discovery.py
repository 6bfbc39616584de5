"""New growing logs of a store, followed by themselves: on a rig the next hole begins at night."""

from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select

from wellhead import sdk
from wellhead_witsml.following import follow_log
from wellhead_witsml.importing import links
from wellhead_witsml.importing.outcome import FAILED
from wellhead_witsml.importing.run import Import
from wellhead_witsml.models import Log, Store
from wellhead_witsml.objects import logs as witsml
from wellhead_witsml.objects.common import WitsmlObject
from wellhead_witsml.objects.queries import ALL, REQUESTED, growing_query, objects_query
from wellhead_witsml.objects.reading import ObjectT, kind_name, read_objects
from wellhead_witsml.objects.wells import Well, Wellbore
from wellhead_witsml.protocol.client import Store as Client
from wellhead_witsml.protocol.errors import StoreRefused, StoreUnreachable

EVERY_S = 30.0
"""Seconds between two looks for new logs"""
_MOST_TOLD = 5
log = structlog.get_logger(__name__)


def discover(client: Client, store: Store) -> list[str]:
    """Follow each log that grows and is not known yet; wells and wellbores above it that were not
    imported are. Commits each. Returns what could not be, and why, for people.

    Raises StoreUnreachable and StoreRefused, and what the database raises.
    """
    zone = ZoneInfo(store.zone)
    failures = []
    try:
        document = client.get("log", growing_query(client.version), REQUESTED).document
        found = read_objects(witsml.Log, document, zone) if document.strip() else []
        known = _known(store)
        sdk.db.session.rollback()
    except (StoreUnreachable, StoreRefused):
        raise
    except sdk.WellheadError as error:  # what a store answers to such a question
        return [f"the list of growing logs: {error}"]
    for of in found:
        uids = (of.uid_well, of.uid_wellbore, of.uid)
        if uids in known:
            continue
        try:
            _follow(client, store, of, zone)
            sdk.db.session.commit()
            log.info("witsml: a new log is followed", store=store.name, log="/".join(uids))
        except (StoreUnreachable, StoreRefused):
            raise
        except (sdk.WellheadError, sdk.ApiError) as error:  # of this log, not of the others
            sdk.db.session.rollback()
            failures.append(f"{'/'.join(uids)}: {error}")
    if len(failures) > _MOST_TOLD:
        failures[_MOST_TOLD:] = [f"and {len(failures) - _MOST_TOLD} more"]
    return failures


def _known(store: Store) -> set[tuple[str, str, str]]:
    rows = sdk.db.session.execute(
        select(Log.uid_well, Log.uid_wellbore, Log.uid).where(Log.store_id == store.id)
    )
    return {(well, bore, uid) for well, bore, uid in rows}


def _follow(client: Client, store: Store, of: witsml.Log, zone: ZoneInfo) -> None:
    _import_above(client, store, of.uid_well, of.uid_wellbore, zone)
    uids = {"uid_well": of.uid_well, "uid_wellbore": of.uid_wellbore, "uid": of.uid}
    follow_log({"store_id": store.id, **uids, "name": of.name or of.uid})


def _import_above(client: Client, store: Store, uid_well: str, uid: str, zone: ZoneInfo) -> None:
    """The wellbore, the holes that it leaves, and their well, those that were not imported."""
    missing: list[WitsmlObject] = []
    while not _is_here(links.wellbore_of, store, uid_well, uid):
        bore = _one(client, Wellbore, zone, uid_well=uid_well, uid=uid)
        if bore in missing:
            break  # it leaves itself
        missing.insert(0, bore)
        if not bore.parent_uid:
            break
        uid = bore.parent_uid
    if missing and not _is_here(links.well_of, store, uid_well):
        missing.insert(0, _one(client, Well, zone, uid=uid_well))
    for outcome in Import(store).run(missing):
        if outcome.outcome == FAILED:
            why = "; ".join(str(one.get("message")) for one in outcome.errors)
            raise sdk.WellheadError(
                f"its {outcome.object_type} {outcome.of.uid} cannot be imported: {why}"
            )


def _is_here(find: Any, store: Store, *uids: str) -> bool:
    try:
        find(store, *uids)
    except sdk.WellheadError:
        return False
    return True


def _one(client: Client, kind: type[ObjectT], zone: ZoneInfo, **uids: str) -> ObjectT:
    name = kind_name(kind)
    document = client.get(name, objects_query(kind, client.version, **uids), ALL).document
    found = read_objects(kind, document, zone) if document.strip() else []
    if not found:
        raise sdk.WellheadError(f"the store has no such {name}", field="uid", value=uids["uid"])
    return found[0]
