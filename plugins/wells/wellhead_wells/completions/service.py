"""Completions, their zones and perforations: creating, changing and deleting them.

Other plugins may call these functions. They work in the caller's tenant and transaction, lock the
well and do not commit.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import select

from wellhead import sdk
from wellhead_wells.completions.models import Completion, Perforation, Zone
from wellhead_wells.completions.rules import (
    Interval,
    check_in_bore,
    check_within,
    interval_of,
    refuse_overlaps,
    set_depth_defaults,
)
from wellhead_wells.completions.vocabulary import CompletionStatus, PerforationStatus
from wellhead_wells.models import Wellbore
from wellhead_wells.records import (
    lock,
    refuse_assets_beneath,
    refuse_taken_name,
    require_wellbore,
)

KIND = "completion"
Part = TypeVar("Part", Zone, Perforation)


def create_completion(data: Mapping[str, Any]) -> Completion:
    """A new completion with its node under the wellbore's in the plant tree.

    data: as `CompletionSchema` loads it; required are wellbore_id, name and kind
    Raises WellheadError for depths and days that cannot be, ApiError 409 for a taken name.
    """
    values = dict(data)
    bore = require_wellbore(values.pop("wellbore_id"))
    lock(bore.well)
    name: str = values.pop("name")
    refuse_taken_name(KIND, name, bore.asset_id)
    completion = Completion(
        wellbore=bore,
        asset=sdk.Asset(kind=KIND, name=name, parent_id=bore.asset_id),
        status=CompletionStatus.PLANNED.value,
    )
    with sdk.db.session.no_autoflush:
        _apply_to_completion(completion, values)
    sdk.db.session.add(completion)
    sdk.db.session.flush()
    return completion


def change_completion(completion: Completion, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_completion` does."""
    values = dict(data)
    bore = completion.wellbore
    lock(bore.well)
    _refuse_move("wellbore_id", values, bore.id)
    with sdk.db.session.no_autoflush:
        name = values.pop("name", completion.asset.name)
        if name != completion.asset.name:
            refuse_taken_name(KIND, name, bore.asset_id)
            completion.asset.name = name
        _apply_to_completion(completion, values)


def delete_completion(completion: Completion) -> None:
    """Delete a completion and its node. Refused with ApiError 409 while zones, perforations, tags
    or anything else refers to it."""
    lock(completion.wellbore.well)
    refuse_assets_beneath(completion.asset_id, KIND)
    asset = completion.asset
    sdk.db.session.delete(completion)
    sdk.db.session.delete(asset)


def create_zone(data: Mapping[str, Any]) -> Zone:
    """A new zone, not yet added to the session. data: as `ZoneSchema` loads it.

    Raises WellheadError for depths that cannot be.
    """
    values = dict(data)
    completion = _completion(values.pop("completion_id"))
    zone = Zone(completion=completion, status=CompletionStatus.PLANNED.value)
    _apply_to_zone(zone, values)
    return zone


def change_zone(zone: Zone, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_zone` does."""
    values = dict(data)
    _refuse_move("completion_id", values, zone.completion_id)
    _apply_to_zone(zone, values)


def create_perforation(data: Mapping[str, Any]) -> Perforation:
    """New perforations, not yet added to the session. data: as `PerforationSchema` loads it.

    Raises WellheadError for depths and days that cannot be.
    """
    values = dict(data)
    completion = _completion(values.pop("completion_id"))
    perforation = Perforation(completion=completion, status=PerforationStatus.PLANNED.value)
    _apply_to_perforation(perforation, values)
    return perforation


def change_perforation(perforation: Perforation, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_perforation` does."""
    values = dict(data)
    _refuse_move("completion_id", values, perforation.completion_id)
    _apply_to_perforation(perforation, values)


def check_in_shorter_bore(bore: Wellbore) -> None:
    """Raises WellheadError naming md when a completion of the wellbore ends below it."""
    for completion in _of_bore(bore):
        within: list[Completion | Zone | Perforation] = [completion]
        within += [*_parts(Zone, completion), *_parts(Perforation, completion)]
        for record in within:
            mine = interval_of(record, bore, _title(record))
            if mine is not None:
                check_in_bore(mine, bore, "md")


def _apply_to_completion(completion: Completion, values: Mapping[str, Any]) -> None:
    bore = completion.wellbore
    _set(completion, values)
    if (completion.top_md is None) != (completion.bottom_md is None):
        raise sdk.WellheadError(
            "top_md and bottom_md go together",
            field="top_md" if completion.top_md is None else "bottom_md",
            remedy="Give both, or null for both",
        )
    set_depth_defaults(completion, bore)
    _in_order(completion, "run_on", "ended_on")
    mine = interval_of(completion, bore, _title(completion))
    if mine is None:
        return
    check_in_bore(mine, bore)
    together = [one for one in _of_bore(bore) if _at_once(one, completion)]
    reason = "two completions of a wellbore are not in one place on the same days"
    refuse_overlaps(mine, together, lambda one: interval_of(one, bore, _title(one)), reason)
    parts: list[Zone | Perforation] = [*_parts(Zone, completion)]
    for part in [*parts, *_parts(Perforation, completion)]:
        inner = interval_of(part, bore, _title(part))
        if inner is not None:
            check_within(inner, mine)


def _apply_to_zone(zone: Zone, values: Mapping[str, Any]) -> None:
    completion = zone.completion
    with sdk.db.session.no_autoflush:
        mine = _checked(zone, values)
        others = [one for one in _parts(Zone, completion) if one is not zone]
        for one in others:
            if one.name == zone.name:
                raise sdk.WellheadError(
                    "the completion has a zone of this name",
                    field="name",
                    value=zone.name,
                    remedy="Choose another name",
                )
        bore = completion.wellbore
        reason = "zones of a completion lie beside each other"
        refuse_overlaps(mine, others, lambda one: interval_of(one, bore, _title(one)), reason)
        for perforation in _parts(Perforation, completion):
            if zone.id is not None and perforation.zone_id == zone.id:
                inner = interval_of(perforation, bore, _title(perforation))
                assert inner is not None
                check_within(inner, mine)


def _apply_to_perforation(perforation: Perforation, values: Mapping[str, Any]) -> None:
    completion = perforation.completion
    bore = completion.wellbore
    with sdk.db.session.no_autoflush:
        mine = _checked(perforation, values)
        _in_order(perforation, "shot_on", "status_since")
        if perforation.zone_id is not None:
            zone = sdk.db.session.get(Zone, perforation.zone_id)
            if zone is None or zone.completion_id != completion.id:
                raise sdk.WellheadError(
                    "the completion has no such zone",
                    field="zone_id",
                    value=str(perforation.zone_id),
                    remedy="Name one of its zones, or null",
                )
            check_within(mine, interval_of(zone, bore, _title(zone)))
        same_day = [
            one
            for one in _parts(Perforation, completion)
            if one is not perforation and one.shot_on == perforation.shot_on
        ]
        reason = "what is shot again is shot on another day"
        refuse_overlaps(mine, same_day, lambda one: interval_of(one, bore, _title(one)), reason)


def _checked(part: Zone | Perforation, values: Mapping[str, Any]) -> Interval:
    """The stretch of a zone or perforations, within what is around it; the well is locked."""
    completion = part.completion
    bore = completion.wellbore
    lock(bore.well)
    _set(part, values)
    set_depth_defaults(part, bore)
    mine = interval_of(part, bore, _title(part))
    assert mine is not None  # both depths are required
    check_in_bore(mine, bore)
    check_within(mine, interval_of(completion, bore, _title(completion)))
    return mine


def _set(record: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(record, name, value)


def _in_order(record: Any, first: str, last: str) -> None:
    begin: dt.date | None = getattr(record, first)
    end: dt.date | None = getattr(record, last)
    if begin is not None and end is not None and end < begin:
        raise sdk.WellheadError(
            f"is before {first}, {begin}", field=last, value=str(end), remedy="Correct one of them"
        )


def _at_once(one: Completion, other: Completion) -> bool:
    """Whether two completions are, or were, in the hole on the same day."""
    if one is other or CompletionStatus.PLANNED in (one.status, other.status):
        return False
    first, last = dt.date.min, dt.date.max
    return (one.run_on or first) < (other.ended_on or last) and (other.run_on or first) < (
        one.ended_on or last
    )


def _title(record: Completion | Zone | Perforation) -> str:
    if isinstance(record, Completion):
        return f"completion {record.asset.name}"
    if isinstance(record, Zone):
        return f"zone {record.name}"
    return f"perforation of {record.shot_on or 'an unknown day'}"


def _of_bore(bore: Wellbore) -> Sequence[Completion]:
    return sdk.db.session.scalars(select(Completion).where(Completion.wellbore_id == bore.id)).all()


def _parts(model: type[Part], completion: Completion) -> Sequence[Part]:
    if completion.id is None:
        return ()
    return sdk.db.session.scalars(select(model).where(model.completion_id == completion.id)).all()


def _refuse_move(field: str, values: dict[str, Any], now: uuid.UUID) -> None:
    wanted = values.pop(field, now)
    if wanted != now:
        raise sdk.WellheadError(
            "stays as it is",
            field=field,
            value=str(wanted),
            remedy="Delete it, and create one there",
        )


def _completion(key: uuid.UUID) -> Completion:
    listed = "GET /api/v1/wells/completions"
    completion: Completion = sdk.require_record(
        Completion, key, "completion_id", what="completion", listed=listed
    )
    return completion
