"""Switching faults of the running field from another process: one event a switch.

The field runs in a process of its own, and web processes never talk to it directly. A switch that
comes while no field runs is lost, as one thrown at a dead panel is.
"""

from typing import Any

from marshmallow import ValidationError, fields
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from wellhead import sdk
from wellhead_simulator.field import FAULTS, Fault, check_fault

EVENT = "simulator.fault"


class FaultSchema(sdk.Schema):
    """One switch."""

    well = fields.String(required=True, metadata={"description": "Name of the well: W01"})
    fault = fields.String(required=True, metadata={"description": f"One of {', '.join(FAULTS)}"})
    active = fields.Boolean(load_default=True, metadata={"description": "On, or off again"})
    signal = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "For stuck_sensor: the signal without its well's name, WHP"},
    )


def send_fault(fault: Fault, config: dict[str, Any], session: Session | None = None) -> None:
    """Switch the fault when the session's transaction (default: db.session's) commits.

    config: the section [plugins.simulator]. Raises WellheadError for a fault the field cannot have,
    and when no field is simulated.
    """
    if not config["run"]:
        raise sdk.WellheadError(
            "no field is simulated here",
            field="[plugins.simulator] run",
            value=False,
            remedy="Set it to true and start `wellhead run` again",
        )
    check_fault(fault, config["wells"])
    data = {name: getattr(fault, name) for name in Fault.__slots__}
    sdk.emit(EVENT, data, session)


def send_from_command(fault: Fault, runtime: sdk.Runtime) -> None:
    """As `send_fault`, from a command, which has no app. Commits."""
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: sdk.connect(runtime.settings, sdk.DEFAULT_TENANT),
        poolclass=NullPool,
    )
    with Session(engine) as session, session.begin():
        send_fault(fault, runtime.plugins.records["simulator"].config, session)


def fault_of(event: sdk.Event) -> Fault | None:
    """The switch in an event; None for another event.

    Raises WellheadError for one that no Wellhead process sends.
    """
    if event.kind != EVENT:
        return None
    try:
        return Fault(**FaultSchema().load(event.data))
    except ValidationError as error:
        raise sdk.WellheadError(
            f"not a fault: {error.messages}", field=EVENT, value=event.data
        ) from error
