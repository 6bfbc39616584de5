"""What all records of a wellbore need: the wellbore itself, and times in their order."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_drilling.models import Rig, Run
from wellhead_wells.models import Wellbore
from wellhead_wells.records import lock, look_again, require_wellbore


def held_wellbore(key: uuid.UUID) -> Wellbore:
    """The wellbore, its well held to the end of the transaction: what its records say together is
    checked by one transaction at a time. Raises WellheadError for one the caller does not see."""
    bore = require_wellbore(key)
    lock(bore.well)
    look_again(bore)
    return bore


def require_rig(key: uuid.UUID) -> Rig:
    """The rig that a body names by `rig_id`. Raises WellheadError."""
    listed = "GET /api/v1/drilling/rigs"
    rig: Rig = sdk.require_record(Rig, key, "rig_id", what="rig", listed=listed)
    return rig


def require_run(key: uuid.UUID) -> Run:
    """The BHA run that a body names by `run_id`. Raises WellheadError."""
    listed = "GET /api/v1/drilling/runs"
    run: Run = sdk.require_record(Run, key, "run_id", what="BHA run", listed=listed)
    return run


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
