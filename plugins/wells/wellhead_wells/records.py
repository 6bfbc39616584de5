"""What wells and wellbores have in common: a node of the plant tree and a list of identifiers."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from wellhead import sdk
from wellhead_wells.identifiers import Identifier, IdentifierKind, read, read_lenient
from wellhead_wells.models import Well, Wellbore, WellboreIdentifier, WellIdentifier
from wellhead_wells.us_well_number import WELL_DIGITS


def require_wellbore(key: uuid.UUID) -> Wellbore:
    """The wellbore that a body names by `wellbore_id`. Raises WellheadError, alike for one that is
    not there and one that the caller may not see."""
    listed = "GET /api/v1/wells/{well_id}/wellbores"
    bore: Wellbore = sdk.require_record(
        Wellbore, key, "wellbore_id", what="wellbore", listed=listed
    )
    return bore


def lock(well: Well) -> None:
    """Hold the well to the end of the transaction and look at it afresh: what its records must say
    together is checked by one transaction at a time. Raises ApiError 404 when it has gone."""
    _look_again(select(Well).where(Well.id == well.id).with_for_update(of=Well), "well", well.id)


def look_again(bore: Wellbore) -> None:
    """A wellbore as it is now, its well being locked. Raises ApiError 404 when it has gone."""
    _look_again(select(Wellbore).where(Wellbore.id == bore.id), "wellbore", bore.id)


def _look_again(statement: Select[Any], what: str, key: uuid.UUID) -> None:
    fresh = statement.execution_options(populate_existing=True)
    if sdk.db.session.scalars(fresh).one_or_none() is None:
        raise sdk.not_found(what, key)


def refuse_taken_name(kind: str, name: str, parent_id: uuid.UUID | None) -> None:
    """Raises ApiError 409 when the parent has an asset of this kind and name already."""
    taken = select(sdk.Asset.id).where(
        sdk.Asset.kind == kind,
        sdk.Asset.name == name,
        sdk.Asset.parent_id.is_not_distinct_from(parent_id),
    )
    if sdk.db.session.scalar(taken) is not None:
        raise sdk.conflict(
            f"there is a {kind} of this name here already",
            field="name",
            value=name,
            remedy="Choose another name",
        )


def require_parent(what: str, parent_id: uuid.UUID | None, kinds: Sequence[str]) -> None:
    """Raises WellheadError for a parent that is not there, or is of none of these kinds."""
    parent = sdk.require_asset(parent_id, "parent_asset_id")
    if parent is not None and parent.kind not in kinds:
        raise sdk.WellheadError(
            f"a {what} hangs under a {', '.join(kinds[:-1])} or {kinds[-1]}; "
            f"that asset is a {parent.kind}",
            field="parent_asset_id",
            value=str(parent_id),
            remedy="Name one of GET /api/v1/assets, or null",
        )


def refuse_assets_beneath(asset_id: uuid.UUID, what: str) -> None:
    """Raises ApiError 409 when anything hangs under the asset."""
    beneath = select(sdk.Asset).where(sdk.Asset.parent_id == asset_id).order_by(sdk.Asset.name)
    assets = sdk.db.session.scalars(beneath).all()
    if assets:
        names = ", ".join(f"{asset.kind} {asset.name}" for asset in assets[:5])
        raise sdk.conflict(
            f"the {what} still has {len(assets)} under it in the plant tree ({names})",
            field="asset_id",
            value=str(asset_id),
            remedy="Delete or move those first",
        )


def set_identifiers(
    owner: Well | Wellbore, sent: Iterable[Mapping[str, str]], *, imported: bool
) -> None:
    """Make the owner's identifiers those sent (kind and value each), keeping the rows that stay.

    imported: malformed ones are kept with a warning instead of being refused
    Raises WellheadError for a malformed or doubled one, ApiError 409 for another record's.
    """
    reader = read_lenient if imported else read
    stored = {(row.kind, row.key or row.value): row for row in owner.identifiers}
    rows: dict[tuple[str, str], WellIdentifier | WellboreIdentifier] = {}
    for position, entry in enumerate(sent):
        field = f"identifiers.{position}.value"
        found = reader(entry["kind"], entry["value"], field)
        key = _key(found, of_well=isinstance(owner, Well))
        place = (found.kind.value, key or found.value)
        if place in rows:
            raise sdk.WellheadError(
                "is in the list twice", field=field, value=found.value, remedy="Give it once"
            )
        if key is not None:
            _refuse_taken(owner, found, key, field)
        row = stored.get(place) or _new_row(owner)
        row.position, row.kind, row.value = position, found.kind.value, found.value
        row.normalised, row.key, row.warning = found.normalised, key, found.warning
        rows[place] = row
    owner.identifiers = list(rows.values())


def us_wells(owner: Well | Wellbore) -> set[str]:
    """The first ten digits of the owner's US well numbers: which well they name."""
    return {
        row.normalised[:WELL_DIGITS]
        for row in owner.identifiers
        if row.kind == IdentifierKind.US_WELL_NUMBER and row.normalised
    }


def _key(found: Identifier, *, of_well: bool) -> str | None:
    """What no other well, or no other wellbore, may have."""
    if found.kind is IdentifierKind.OTHER or found.normalised is None:
        return None
    if of_well and found.kind is IdentifierKind.US_WELL_NUMBER:
        return found.normalised[:WELL_DIGITS]
    return found.normalised


def _new_row(owner: Well | Wellbore) -> WellIdentifier | WellboreIdentifier:
    return WellIdentifier() if isinstance(owner, Well) else WellboreIdentifier()


def _refuse_taken(owner: Well | Wellbore, found: Identifier, key: str, field: str) -> None:
    if isinstance(owner, Well):
        query = (
            select(Well.id, Well.asset_id)
            .join(WellIdentifier, WellIdentifier.well_id == Well.id)
            .where(WellIdentifier.kind == found.kind.value, WellIdentifier.key == key)
        )
    else:
        query = (
            select(Wellbore.id, Wellbore.asset_id)
            .join(WellboreIdentifier, WellboreIdentifier.wellbore_id == Wellbore.id)
            .where(WellboreIdentifier.kind == found.kind.value, WellboreIdentifier.key == key)
        )
    holder = sdk.db.session.execute(query).first()
    if holder is not None and holder.id != owner.id:
        what = "well" if isinstance(owner, Well) else "wellbore"
        named = sdk.only_visible(
            select(sdk.Asset.name).where(sdk.Asset.id == holder.asset_id), sdk.Asset.id
        )
        raise sdk.conflict(
            f"{what} {sdk.db.session.scalar(named) or 'out of your sight'} has this identifier",
            field=field,
            value=found.value,
            remedy="Correct the number, or open that record",
        )
