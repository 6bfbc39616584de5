"""Rigs and their assignments: creating, changing and deleting them. Other plugins may call these.

They work in the caller's tenant and transaction and do not commit.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from wellhead import sdk
from wellhead_drilling.models import Rig, RigAssignment
from wellhead_drilling.records import (
    held_wellbore,
    refuse_before,
    require_rig,
)
from wellhead_drilling.vocabulary import RIG_KIND, RIG_PARENTS, RigType
from wellhead_wells.records import refuse_assets_beneath, refuse_taken_name, require_parent


def create_rig(data: Mapping[str, Any]) -> Rig:
    """A new rig with its node in the plant tree.

    data: as `RigSchema` loads it; `name` and `time_zone` are required
    Raises WellheadError for a parent or time zone that cannot be, ApiError 409 for a taken name.
    """
    values = dict(data)
    name, parent_id = values.pop("name"), values.pop("parent_asset_id", None)
    require_parent(RIG_KIND, parent_id, RIG_PARENTS)
    refuse_taken_name(RIG_KIND, name, parent_id)
    sdk.zone_of(values["time_zone"], "time_zone")
    rig = Rig(
        asset=sdk.Asset(kind=RIG_KIND, name=name, parent_id=parent_id),
        **{"rig_type": RigType.UNKNOWN.value, "report_day_start": "00:00"} | values,
    )
    sdk.db.session.add(rig)
    sdk.db.session.flush()
    return rig


def change_rig(rig: Rig, data: Mapping[str, Any]) -> None:
    """Change what `data` names; another parent moves the rig in the plant tree. Raises as
    `create_rig` does."""
    values = dict(data)
    asset = rig.asset
    name = values.pop("name", asset.name)
    shown = sdk.shown_parent(asset.id, asset.parent_id)
    wanted = values.pop("parent_asset_id", shown)
    parent_id = asset.parent_id if wanted == shown else wanted
    if wanted != shown:
        require_parent(RIG_KIND, wanted, RIG_PARENTS)
    if (name, parent_id) != (asset.name, asset.parent_id):
        refuse_taken_name(RIG_KIND, name, parent_id)
        sdk.move_asset(asset, parent_id, "parent_asset_id")
        asset.name = name
    if "time_zone" in values:
        sdk.zone_of(values["time_zone"], "time_zone")
    for key, value in values.items():
        setattr(rig, key, value)


def delete_rig(rig: Rig) -> None:
    """Delete a rig with its node. Refused with ApiError 409 while anything hangs under that, or
    other records name the rig."""
    refuse_assets_beneath(rig.asset_id, RIG_KIND)
    asset = rig.asset
    sdk.db.session.delete(rig)
    sdk.db.session.delete(asset)


def create_assignment(data: Mapping[str, Any]) -> RigAssignment:
    """A rig's work on a wellbore. Raises WellheadError for times or records that cannot be,
    ApiError 409 while the rig is at work on another wellbore."""
    require_rig(data["rig_id"])
    held_wellbore(data["wellbore_id"])
    assignment = RigAssignment(**data)
    _check_assignment(assignment)
    sdk.db.session.add(assignment)
    sdk.db.session.flush()
    return assignment


def change_assignment(assignment: RigAssignment, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_assignment` does."""
    with sdk.db.session.no_autoflush:
        if "rig_id" in data:
            require_rig(data["rig_id"])
        sdk.set_fields(assignment, data, fixed=("wellbore_id",))
        _check_assignment(assignment)


def _check_assignment(assignment: RigAssignment) -> None:
    refuse_before(assignment, "start_at", "end_at")
    rig = sdk.db.session.execute(
        select(Rig.id).where(Rig.id == assignment.rig_id).with_for_update()
    ).scalar_one()
    others = select(RigAssignment).where(
        RigAssignment.rig_id == rig,
        RigAssignment.id.is_distinct_from(assignment.id),
        or_(RigAssignment.end_at.is_(None), RigAssignment.end_at > assignment.start_at),
    )
    if assignment.end_at is not None:
        others = others.where(RigAssignment.start_at < assignment.end_at)
    other = sdk.db.session.scalars(others.limit(1)).one_or_none()
    if other is not None:
        until = "now" if other.end_at is None else other.end_at.isoformat()
        raise sdk.conflict(
            f"the rig is at work elsewhere from {other.start_at.isoformat()} until {until}",
            field="start_at",
            value=assignment.start_at.isoformat(),
            remedy="End that assignment first, or correct the times",
        )
