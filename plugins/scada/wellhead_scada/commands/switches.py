"""The switches that disable all writing to the field: one a tenant, one for all tenants.

Every tenant's schema has both rows, so that a gateway looks at them in the very transaction that
dispatches, under its tenant's own role. The one for all is therefore set in each tenant in turn; a
tenant that is made later begins with both on.
"""

from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from wellhead import sdk
from wellhead_scada.commands.making import make
from wellhead_scada.commands.metrics import count
from wellhead_scada.commands.models import Command, WriteSwitch
from wellhead_scada.commands.states import UNSENT, State
from wellhead_scada.commands.steps import Step

log = structlog.get_logger(__name__)


def switches() -> dict[str, Any]:
    """Both, by level, and `disabled`: whether writing is disabled by one of them or more."""
    found = {switch.level: switch for switch in sdk.db.session.scalars(select(WriteSwitch))}
    every, own = found.get("all"), found.get("tenant")
    closed = every is None or own is None or every.disabled or own.disabled
    return {"disabled": closed, "all": every, "tenant": own}


def set_switch(level: str, disabled: bool, reason: str) -> None:
    """In the tenant that is set, with its audit row; commits. Turning it on cancels all that is
    not dispatched: what was asked for before must not happen when it is turned off again."""
    switch = sdk.db.session.get(WriteSwitch, level, with_for_update=True)
    if switch is None:
        switch = WriteSwitch(level=level)
        sdk.db.session.add(switch)
    switch.disabled = disabled
    switch.reason = reason
    switch.changed_by = sdk.current_user().email
    switch.changed_at = func.clock_timestamp()
    sdk.db.session.flush()
    cancelled = _cancel_unsent(reason) if disabled else 0
    sdk.db.session.commit()
    log.warning(
        "writing to the field is " + ("disabled" if disabled else "enabled"),
        tenant=sdk.current_tenant(),
        level=level,
        by=sdk.current_user().email,
        reason=reason,
        cancelled=cancelled,
    )


def set_everywhere(disabled: bool, reason: str) -> list[str]:
    """Set the switch for all in every tenant; their names. One that fails stops no other.

    Raises ApiError 503 that names the tenants in which it is not set.
    """
    names = sdk.tenant_names()
    failed = []
    for name in names:
        try:
            with sdk.tenant(name):
                set_switch("all", disabled, reason)
        except SQLAlchemyError as error:
            log.error("write switch is not set", tenant=name, reason=str(error))
            failed.append({"field": "tenant", "value": name, "message": str(error.__cause__)})
    if failed:
        which = ", ".join(str(detail["value"]) for detail in failed)
        raise sdk.ApiError(
            503,
            "switch_incomplete",
            f"The switch is not set in these tenants: {which}. Repair them (`wellhead db status`), "
            "and set it again.",
            failed,
        )
    return names


def _cancel_unsent(reason: str) -> int:
    states = [state.value for state in UNSENT]
    query = select(Command.id).where(Command.state.in_(states), Command.ended_at.is_(None))
    why = f"writing to the field was disabled: {reason}"
    cancelled = 0
    for command in sdk.db.session.scalars(query).all():
        if make(Step(command, UNSENT, State.CANCELLED, why, sdk.current_actor())):
            count(State.CANCELLED)
            cancelled += 1
    return cancelled
