"""The logs that are followed: creating and changing the records. Other plugins may call these."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from wellhead import sdk
from wellhead_wells.models import Wellbore
from wellhead_wells.records import require_wellbore
from wellhead_witsml.importing.links import wellbore_of
from wellhead_witsml.models import Log, LogState, Store

_FIXED = ("store_id", "uid_well", "uid_wellbore", "uid", "wellbore_id")
_states: Any = LogState.__table__


def follow_log(data: Mapping[str, Any]) -> Log:
    """Follow a log from now on. data: as `FollowedLogSchema` loads it.

    Flushed, not committed. Raises WellheadError for a store or wellbore that is not there.
    """
    values = dict(data)
    store = sdk.db.session.get(Store, values["store_id"])
    if store is None:
        raise sdk.WellheadError(
            "there is no such store",
            field="store_id",
            value=str(values["store_id"]),
            remedy="Name one of GET /api/v1/witsml/stores",
        )
    bore = _wellbore(store, values)
    values["wellbore_id"] = bore.id
    values.setdefault("name", values["uid"])
    values.setdefault("tag_prefix", f"{bore.name}.")
    log = Log(**values)
    sdk.db.session.add(log)
    sdk.db.session.flush()
    return log


def change_log(log: Log, data: Mapping[str, Any]) -> None:
    """Change what `data` names; it is looked at anew soon. Raises WellheadError for what says
    which log it is: another one is another record."""
    for name in _FIXED:
        if data.get(name, getattr(log, name)) != getattr(log, name):
            raise sdk.WellheadError(
                "says which log it is, and where its rows are",
                field=name,
                value=str(data[name]),
                remedy="Delete this one, and follow the other",
            )
    for name, value in data.items():
        setattr(log, name, value)
    sdk.db.session.execute(
        update(_states).where(_states.c.log_id == log.id).values(next_poll_at=None)
    )


def _wellbore(store: Store, values: Mapping[str, Any]) -> Wellbore:
    key = values.get("wellbore_id")
    if key is None:
        return wellbore_of(store, values["uid_well"], values["uid_wellbore"])
    return require_wellbore(key)
