"""Which record an object of a store became, so that importing it again changes that record."""

import hashlib
import uuid
from typing import Any

from sqlalchemy import func, select

from wellhead import sdk
from wellhead_wells.models import Well, Wellbore
from wellhead_witsml.models import ObjectLink, Store
from wellhead_witsml.objects.common import WitsmlObject

WELL, WELLBORE, TRAJECTORY, BHA_RUN = "well", "wellbore", "trajectory", "bhaRun"


def digest_of(of: WitsmlObject) -> str:
    """The same for the same content: what came once and comes again changes nothing."""
    return hashlib.sha256(repr(of).encode()).hexdigest()


def link_of(store: Store, kind: str, uid_well: str, uid_wellbore: str, uid: str) -> Any:
    """The link, or None."""
    return sdk.db.session.get(ObjectLink, (store.id, kind, uid_well, uid_wellbore, uid))


def keep_link(store: Store, kind: str, of: WitsmlObject, record_id: uuid.UUID) -> None:
    """The object is this record, with the content that it has now."""
    place = place_of(kind, of)
    link = link_of(store, kind, *place)
    if link is None:
        keys = dict(zip(("uid_well", "uid_wellbore", "uid"), place, strict=True))
        link = ObjectLink(store_id=store.id, kind=kind, record_id=record_id, **keys)
        sdk.db.session.add(link)
    link.record_id, link.digest = record_id, digest_of(of)
    sdk.db.session.flush()


def place_of(kind: str, of: WitsmlObject) -> tuple[str, str, str]:
    """(uid_well, uid_wellbore, uid) under which it is kept."""
    if kind == WELL:
        return "", "", of.uid
    if kind == WELLBORE:
        return of.uid_well, "", of.uid
    return of.uid_well, of.uid_wellbore, of.uid


def well_of(store: Store, uid_well: str) -> Well:
    """The well that was imported under this uid. Raises WellheadError when none was."""
    found = _record(store, WELL, "", uid_well, Well)
    if found is None:
        raise sdk.WellheadError(
            "this well of the store was not imported",
            field="uidWell",
            value=uid_well,
            remedy="Import the well first",
        )
    well: Well = found
    return well


def wellbore_of(store: Store, uid_well: str, uid_wellbore: str) -> Wellbore:
    """The wellbore that was imported under these uids. Raises WellheadError when none was."""
    found = _record(store, WELLBORE, uid_well, uid_wellbore, Wellbore)
    if found is None:
        raise sdk.WellheadError(
            "this wellbore of the store was not imported",
            field="uidWellbore",
            value=uid_wellbore,
            remedy="Import the well and the wellbore first",
        )
    bore: Wellbore = found
    return bore


def _record(store: Store, kind: str, uid_well: str, uid: str, model: Any) -> Any:
    """None as well when the record was deleted since, or lies where the caller may not see it."""
    link = _found(store, kind, uid_well, uid)
    if link is None:
        return None
    asset = select(model.asset_id).where(model.id == link.record_id)
    if sdk.db.session.scalar(sdk.only_visible(asset, model.asset_id)) is None:
        return None
    return sdk.db.session.get(model, link.record_id)


def _found(store: Store, kind: str, uid_well: str, uid: str) -> ObjectLink | None:
    """The link with these uids, else the one that has them with other capitals, or, of a file that
    names no well, the one wellbore of that uid."""
    exact: ObjectLink | None = link_of(store, kind, uid_well, "", uid)
    if exact is not None:
        return exact
    alike = select(ObjectLink).where(
        ObjectLink.store_id == store.id,
        ObjectLink.kind == kind,
        func.lower(ObjectLink.uid) == uid.lower(),
    )
    if uid_well:
        alike = alike.where(func.lower(ObjectLink.uid_well) == uid_well.lower())
    found = sdk.db.session.scalars(alike.limit(2)).all()
    return found[0] if len(found) == 1 else None
