"""Wellbores: creating, changing and deleting them, and the rules between a bore and its parent.

Like `service`, these functions work in the caller's tenant and transaction and do not commit. Each
locks the well first, so that two people cannot make a circle of parents between them.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_wells.completions.service import check_in_shorter_bore
from wellhead_wells.depths import shift, to_metres
from wellhead_wells.models import Well, Wellbore
from wellhead_wells.records import (
    lock,
    look_again,
    refuse_assets_beneath,
    refuse_taken_name,
    set_identifiers,
    us_wells,
)
from wellhead_wells.surveys.models import Survey
from wellhead_wells.vocabulary import WellboreType, WellStatus

KIND = "wellbore"
_KICKED_OFF = (WellboreType.SIDETRACK, WellboreType.BYPASS)
"""Types that by their meaning leave another wellbore."""

_DEPTHS = ("md", "tvd", "kickoff_md")
_TOLERANCE_M = 0.01


def create_wellbore(well: Well, data: Mapping[str, Any], *, imported: bool = False) -> Wellbore:
    """A new wellbore of the well, with its node under the well's in the plant tree.

    data: as `WellboreSchema` loads it; only `name` is required
    imported: malformed identifiers are kept with a warning instead of being refused
    Raises WellheadError for a parent or depths that cannot be, ApiError 409 for a name or
    identifier that another wellbore has.
    """
    lock(well)
    values = dict(data)
    name: str = values.pop("name")
    refuse_taken_name(KIND, name, well.asset_id)
    bore = Wellbore(
        well_id=well.id,
        asset=sdk.Asset(kind=KIND, name=name, parent_id=well.asset_id),
        status=WellStatus.PROPOSED.value,
        wellbore_type=WellboreType.UNKNOWN.value,
    )
    _apply(bore, well, values, imported=imported)
    sdk.db.session.add(bore)
    sdk.db.session.flush()
    return bore


def change_wellbore(bore: Wellbore, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_wellbore` does."""
    well = bore.well
    lock(well)
    look_again(bore)
    values = dict(data)
    with sdk.db.session.no_autoflush:
        name = values.pop("name", bore.asset.name)
        if name != bore.asset.name:
            refuse_taken_name(KIND, name, bore.asset.parent_id)
            bore.asset.name = name
        _apply(bore, well, values, imported=False)
        check_in_shorter_bore(bore)


def delete_wellbore(bore: Wellbore) -> None:
    """Delete a wellbore with its identifiers and its node. Refused with ApiError 409 while another
    leaves it, an asset hangs under it, or other records refer to it, and once it has a survey."""
    lock(bore.well)
    look_again(bore)
    child = sdk.db.session.scalar(select(Wellbore.name).where(Wellbore.parent_id == bore.id))
    if child is not None:
        raise sdk.conflict(
            f"wellbore {child} leaves it",
            field="id",
            value=str(bore.id),
            remedy="Delete that one first, or give it another parent",
        )
    if sdk.db.session.scalar(select(Survey.id).where(Survey.wellbore_id == bore.id).limit(1)):
        raise sdk.conflict(
            "the wellbore has surveys, which are kept",
            field="id",
            value=str(bore.id),
            remedy="Set its status to abandoned",
        )
    refuse_assets_beneath(bore.asset_id, KIND)
    asset = bore.asset
    sdk.db.session.delete(bore)
    sdk.db.session.delete(asset)


def _apply(bore: Wellbore, well: Well, values: dict[str, Any], *, imported: bool) -> None:
    if "identifiers" in values:
        set_identifiers(bore, values.pop("identifiers"), imported=imported)
        _check_us_numbers(bore, well)
    for name, value in values.items():
        setattr(bore, name, value)
    siblings = {
        other.id: other
        for other in sdk.db.session.scalars(select(Wellbore).where(Wellbore.well_id == well.id))
    }
    parent = _checked_parent(bore, siblings)
    _check_type(bore, siblings)
    _check_depths(bore, well)
    elevations = well.elevations()
    if parent is not None:
        _check_kickoff(bore, parent, elevations, "kickoff_md")
    for child in siblings.values():
        if bore.id is not None and child.parent_id == bore.id:
            _check_kickoff(child, bore, elevations, "md")


def _check_us_numbers(bore: Wellbore, well: Well) -> None:
    expected = us_wells(well)
    for number in us_wells(bore):
        if expected and number not in expected:
            raise sdk.WellheadError(
                f"a wellbore's US number begins with its well's, {', '.join(sorted(expected))}",
                field="identifiers",
                value=number,
                remedy="Correct the number, or the well's",
            )


def _checked_parent(bore: Wellbore, siblings: Mapping[Any, Wellbore]) -> Wellbore | None:
    if bore.parent_id is None:
        return None
    parent = siblings.get(bore.parent_id)
    if parent is None:
        raise sdk.WellheadError(
            "the well has no such wellbore",
            field="parent_id",
            value=str(bore.parent_id),
            remedy="Name a wellbore of the same well",
        )
    above: Wellbore | None = parent
    while above is not None:
        if above is bore:
            raise sdk.WellheadError(
                "a wellbore cannot leave itself, nor one that leaves it",
                field="parent_id",
                value=str(bore.parent_id),
                remedy="Choose the wellbore it was drilled from",
            )
        above = siblings.get(above.parent_id)
    return parent


def _check_type(bore: Wellbore, siblings: Mapping[Any, Wellbore]) -> None:
    if bore.wellbore_type == WellboreType.INITIAL:
        if bore.parent_id is not None:
            raise sdk.WellheadError(
                "an initial wellbore leaves no other",
                field="parent_id",
                value=str(bore.parent_id),
                remedy="Leave it out, or make the type sidetrack, redrill, reentry or bypass",
            )
        for other in siblings.values():
            if other is not bore and other.wellbore_type == WellboreType.INITIAL:
                raise sdk.conflict(
                    f"wellbore {other.name} is the initial one",
                    field="wellbore_type",
                    value=bore.wellbore_type,
                    remedy="Use sidetrack, redrill, reentry, respud or bypass",
                )
    if bore.wellbore_type in _KICKED_OFF:
        for name in ("parent_id", "kickoff_md"):
            if getattr(bore, name) is None:
                raise sdk.WellheadError(
                    f"a {bore.wellbore_type} leaves another wellbore at some depth",
                    field=name,
                    remedy=f"Give {name}",
                )
    if bore.kickoff_md is not None and bore.parent_id is None:
        raise sdk.WellheadError(
            "a kick-off depth needs the wellbore it is in",
            field="parent_id",
            remedy="Give parent_id, or no kickoff_md",
        )


def _check_depths(bore: Wellbore, well: Well) -> None:
    given = [name for name in _DEPTHS if getattr(bore, name) is not None]
    if not given:
        return
    if bore.depth_datum is None:
        bore.depth_datum = well.depth_datum
    for name in ("depth_unit", "depth_datum"):
        if getattr(bore, name) is None:
            raise sdk.WellheadError(
                f"{given[0]} means nothing without it", field=name, remedy=f"Give {name} too"
            )
    for name in ("tvd", "kickoff_md"):
        value = getattr(bore, name)
        if value is not None and bore.md is not None and value > bore.md:
            raise sdk.WellheadError(
                f"is deeper than md, {bore.md} {bore.depth_unit}",
                field=name,
                value=value,
                remedy="Measured depth is the longest of a wellbore's depths",
            )


def _check_kickoff(
    bore: Wellbore, parent: Wellbore, elevations: Mapping[str, float], field: str
) -> None:
    """The kick-off lies within the parent, in whatever units and datums both are given.

    field: the one that was sent. Nothing is said where the datums differ and one is not known.
    """
    if bore.kickoff_md is None or parent.md is None or not bore.depth_unit or not parent.depth_unit:
        return
    kickoff_m = to_metres(bore.kickoff_md, bore.depth_unit)
    if bore.depth_datum != parent.depth_datum:
        here = elevations.get(bore.depth_datum or "")
        there = elevations.get(parent.depth_datum or "")
        if here is None or there is None:
            return
        kickoff_m = shift(kickoff_m, here, there)
    if kickoff_m > to_metres(parent.md, parent.depth_unit) + _TOLERANCE_M:
        raise sdk.WellheadError(
            f"wellbore {bore.asset.name} leaves {parent.asset.name} at {bore.kickoff_md} "
            f"{bore.depth_unit} {bore.depth_datum}, below its end at {parent.md} "
            f"{parent.depth_unit} {parent.depth_datum}",
            field=field,
            value=bore.kickoff_md if field == "kickoff_md" else parent.md,
            remedy="Correct the depth, its unit or its datum",
        )
