"""What all records of a wellbore need: the wellbore itself, and times in their order."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_wells.models import Wellbore
from wellhead_wells.records import lock, look_again


def held_wellbore(key: uuid.UUID) -> Wellbore:
    """The wellbore, its well held to the end of the transaction: what its records say together is
    checked by one transaction at a time. Raises WellheadError for one the caller does not see."""
    seen = sdk.only_visible(select(Wellbore).where(Wellbore.id == key), Wellbore.asset_id)
    bore: Wellbore | None = sdk.db.session.scalar(seen)
    if bore is None:
        raise sdk.WellheadError(
            "there is no such wellbore",
            field="wellbore_id",
            value=str(key),
            remedy="Name one of GET /api/v1/wells/{well_id}/wellbores",
        )
    lock(bore.well)
    look_again(bore)
    return bore


def named(model: type[Any], key: uuid.UUID | None, field: str, column: Any) -> Any:
    """The record that a field names, None for none. Raises WellheadError, alike for one that is
    not there and one that the caller does not see. column: what leads to its asset"""
    if key is None:
        return None
    seen = sdk.only_visible(select(model).where(model.id == key), column)
    found = sdk.db.session.scalar(seen)
    if found is None:
        raise sdk.WellheadError(
            "there is no such record",
            field=field,
            value=str(key),
            remedy="Name one that GET lists",
        )
    return found


def of_wellbore(model: type[Any], key: uuid.UUID | None, field: str, bore: Wellbore) -> Any:
    """The record of this wellbore that a field names, None for none. Raises WellheadError."""
    if key is None:
        return None
    found = sdk.db.session.get(model, key)
    if found is None or found.wellbore_id != bore.id:
        raise sdk.WellheadError(
            f"wellbore {bore.name} has no such record",
            field=field,
            value=str(key),
            remedy="Name one of the same wellbore",
        )
    return found


def set_fields(record: Any, data: Mapping[str, Any], *, fixed: str = "wellbore_id") -> None:
    """Change what `data` names. Raises WellheadError for another value of the field `fixed`: a
    record does not move from one wellbore to another."""
    if data.get(fixed, getattr(record, fixed)) != getattr(record, fixed):
        raise sdk.WellheadError(
            "a record stays where it was made",
            field=fixed,
            value=str(data[fixed]),
            remedy="Delete it and make another",
        )
    for name, value in data.items():
        setattr(record, name, value)


def refuse_before(record: Any, first: str, last: str) -> None:
    """Raises WellheadError when the time `last` of a record is not after its time `first`."""
    begun: dt.datetime | None = getattr(record, first)
    ended: dt.datetime | None = getattr(record, last)
    if begun is not None and ended is not None and ended <= begun:
        raise sdk.WellheadError(
            f"is not after {first}, {begun.isoformat()}",
            field=last,
            value=ended.isoformat(),
            remedy="Correct one of the two times",
        )


def refuse_taken_number(record: Any, what: str) -> None:
    """Raises ApiError 409 when another record of the wellbore has the record's number."""
    model = type(record)
    taken = select(model.id).where(
        model.wellbore_id == record.wellbore_id,
        model.number == record.number,
        model.id.is_distinct_from(record.id),
    )
    if sdk.db.session.scalar(taken) is not None:
        raise sdk.conflict(
            f"the wellbore has a {what} of this number",
            field="number",
            value=record.number,
            remedy="Choose another",
        )
