"""Wells: creating, changing and deleting them. Other plugins may call these functions.

They work in the caller's tenant and transaction and do not commit. What one field alone may hold is
checked by `schemas.WellSchema`; here is what fields must say together, and about other records.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select

from wellhead import sdk
from wellhead_wells.completions.models import Completion, Perforation, Zone
from wellhead_wells.depths import to_metres
from wellhead_wells.location import locate
from wellhead_wells.models import Well, WellAlias, Wellbore, WellDatum
from wellhead_wells.records import (
    lock,
    refuse_assets_beneath,
    refuse_taken_name,
    require_parent,
    set_identifiers,
)
from wellhead_wells.status import change_status, start_history
from wellhead_wells.surveys.models import Survey
from wellhead_wells.vocabulary import GROUND_DATUM, SEA_LEVEL_DATUMS, WELL_PARENTS, WellStatus

KIND = "well"
_ELEVATION_TOLERANCE_M = 0.01


def create_well(data: Mapping[str, Any], *, imported: bool = False) -> Well:
    """A new well with its node in the plant tree and the first line of its status history.

    data: as `WellSchema` loads it; only `name` is required
    imported: malformed identifiers are kept with a warning instead of being refused
    Raises WellheadError for values that contradict each other, ApiError 409 for a name or
    identifier that another well has.
    """
    well = new_well(data, imported=imported)
    sdk.db.session.add(well)
    sdk.db.session.flush()
    return well


def new_well(data: Mapping[str, Any], *, imported: bool = False) -> Well:
    """As `create_well`, but the well is not in the session yet."""
    values = dict(data)
    name: str = values.pop("name")
    parent_id = values.pop("parent_asset_id", None)
    require_parent(KIND, parent_id, WELL_PARENTS)
    refuse_taken_name(KIND, name, parent_id)
    values.setdefault("country", sdk.plugin_config("wells")["default_country"])
    status = values.pop("status", WellStatus.PROPOSED.value)
    effective_at, remark = _status_details(values)
    well = Well(asset=sdk.Asset(kind=KIND, name=name, parent_id=parent_id))
    start_history(well, status, effective_at, remark)
    _apply(well, values, imported=imported)
    return well


def change_well(well: Well, data: Mapping[str, Any]) -> None:
    """Change what `data` names; a changed status leaves its line in the history.

    Raises as `create_well` does, and for a datum that wellbores still count their depths from.
    """
    lock(well)
    values = dict(data)
    status = values.pop("status", None)
    effective_at, remark = _status_details(values)
    if status is not None and status != well.status:
        change_status(well, status, effective_at, remark)
    elif effective_at is not None or remark is not None:
        raise sdk.WellheadError(
            "a time or remark of a status goes with a change of it",
            field="status",
            value=status,
            remedy="Send the new status too",
        )
    with sdk.db.session.no_autoflush:
        _place(well, values)
        known_before = set(well.elevations())
        _apply(well, values, imported=False)
        _refuse_lost_datums(well, known_before - set(well.elevations()))


def delete_well(well: Well) -> None:
    """Delete a well with its identifiers, datums and history, and its node in the plant tree.

    A well that anything depends on is refused with ApiError 409: wellbores and assets under it
    here, tags and other plugins' records by the database.
    """
    lock(well)
    bores = sdk.db.session.scalar(
        select(func.count()).select_from(Wellbore).where(Wellbore.well_id == well.id)
    )
    if bores:
        raise sdk.conflict(
            f"the well has {bores} wellbore{'s' if bores > 1 else ''}",
            field="id",
            value=str(well.id),
            remedy="Delete those first, or set the status to abandoned",
        )
    refuse_assets_beneath(well.asset_id, KIND)
    asset = well.asset
    sdk.db.session.delete(well)
    sdk.db.session.delete(asset)


def _status_details(values: dict[str, Any]) -> tuple[Any, str | None]:
    return values.pop("status_effective_at", None), values.pop("status_remark", None)


def _place(well: Well, values: dict[str, Any]) -> None:
    """Rename or move the well's node."""
    asset = well.asset
    name = values.pop("name", asset.name)
    shown = sdk.shown_parent(asset.id, asset.parent_id)
    wanted = values.pop("parent_asset_id", shown)
    parent_id = asset.parent_id if wanted == shown else wanted
    if wanted != shown:
        require_parent(KIND, wanted, WELL_PARENTS)
        sdk.require_asset(asset.parent_id, "parent_asset_id")  # else its place is not theirs
    if (name, parent_id) != (asset.name, asset.parent_id):
        refuse_taken_name(KIND, name, parent_id)
        sdk.move_asset(asset, parent_id, "parent_asset_id")
        asset.name = name


def _apply(well: Well, values: dict[str, Any], *, imported: bool) -> None:
    sent = dict(values)
    if "identifiers" in values:
        set_identifiers(well, values.pop("identifiers"), imported=imported)
    if "aliases" in values:
        _set_aliases(well, values.pop("aliases"))
    if "datums" in values:
        _set_datums(well, values.pop("datums"))
    for name, value in values.items():
        setattr(well, name, value)
    _together(well, "latitude", "longitude")
    _together(well, "source_x", "source_y")
    if well.source_x is not None:
        _needs(well, "source_crs", "source_x")
    locate(well, sent, imported=imported)
    if well.ground_elevation is not None:
        _needs(well, "elevation_unit", "ground_elevation")
    _check_datums(well)


def _set_aliases(well: Well, sent: Iterable[Mapping[str, Any]]) -> None:
    stored = {alias.name: alias for alias in well.aliases}
    rows: dict[str, WellAlias] = {}
    for entry in sent:
        name = entry["name"]
        _refuse_twice("aliases", name, rows)
        row = rows[name] = stored.get(name) or WellAlias(name=name)
        row.system = entry.get("system")
    well.aliases = list(rows.values())


def _set_datums(well: Well, sent: Iterable[Mapping[str, Any]]) -> None:
    stored = {datum.code: datum for datum in well.datums}
    rows: dict[str, WellDatum] = {}
    for entry in sent:
        code = entry["code"]
        _refuse_twice("datums", code, rows)
        row = rows[code] = stored.get(code) or WellDatum(code=code)
        row.elevation, row.unit = entry["elevation"], entry["unit"]
    well.datums = list(rows.values())


def _refuse_twice(field: str, value: str, seen: Mapping[str, Any]) -> None:
    if value in seen:
        raise sdk.WellheadError(
            "is in the list twice", field=field, value=value, remedy="Give it once"
        )


def _together(well: Well, one: str, other: str) -> None:
    missing = [name for name in (one, other) if getattr(well, name) is None]
    if len(missing) == 1:
        raise sdk.WellheadError(
            f"{one} and {other} go together",
            field=missing[0],
            remedy="Give both, or null for both",
        )


def _needs(well: Well, name: str, reason: str) -> None:
    if getattr(well, name) is None:
        raise sdk.WellheadError(
            f"{reason} means nothing without it", field=name, remedy=f"Give {name} too"
        )


def _check_datums(well: Well) -> None:
    for datum in well.datums:
        if datum.code in SEA_LEVEL_DATUMS and datum.elevation != 0:
            raise sdk.WellheadError(
                f"{datum.code} is mean sea level, whose elevation is 0",
                field="datums",
                value=datum.elevation,
                remedy="Leave it out, or give 0",
            )
        if datum.code == GROUND_DATUM and well.ground_elevation is not None:
            _check_ground(well, datum)


def _check_ground(well: Well, datum: WellDatum) -> None:
    assert well.ground_elevation is not None
    assert well.elevation_unit is not None
    ground = to_metres(well.ground_elevation, well.elevation_unit)
    if abs(to_metres(datum.elevation, datum.unit) - ground) > _ELEVATION_TOLERANCE_M:
        raise sdk.WellheadError(
            f"datum GL and ground_elevation ({well.ground_elevation} {well.elevation_unit}) differ",
            field="datums",
            value=f"{datum.elevation} {datum.unit}",
            remedy="Give the same, or only one of them",
        )


def _refuse_lost_datums(well: Well, lost: set[str]) -> None:
    if not lost:
        return
    of_well = select(Wellbore.id).where(Wellbore.well_id == well.id)
    completions = select(Completion.id).where(Completion.wellbore_id.in_(of_well))
    users: tuple[tuple[str, Any, Any], ...] = (
        ("wellbore", Wellbore, Wellbore.well_id == well.id),
        ("survey", Survey, Survey.wellbore_id.in_(of_well)),
        ("completion", Completion, Completion.wellbore_id.in_(of_well)),
        ("zone", Zone, Zone.completion_id.in_(completions)),
        ("perforation", Perforation, Perforation.completion_id.in_(completions)),
    )
    for what, model, owned in users:
        counting = select(model).where(owned, model.depth_datum.in_(lost))
        user = sdk.db.session.scalars(counting.order_by(model.created_at).limit(1)).first()
        if user is not None:
            raise sdk.WellheadError(
                f"{what} {getattr(user, 'name', user.id)} counts its depths from "
                f"{user.depth_datum}",
                field="datums",
                value=user.depth_datum,
                remedy=f"Keep that datum, or change the {what} first",
            )
