"""One step of a command: a conditional UPDATE, its audit row and its event, in one transaction.

The same statements serve the web (through SQLAlchemy), the gateway (psycopg, asynchronous) and the
job, so that no side has rules of its own. A step that finds the command in another state than it
may follow, or whose further condition does not hold, changes nothing and leaves no row.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wellhead import sdk
from wellhead_scada.commands.states import OPEN, State, allowed

EVENT = "scada.command"
"""Emitted with each step: id, tag, state, and the gateway that it arms."""

Statement = tuple[str, dict[str, Any]]

_UPDATE = """
UPDATE scada_command AS c
SET state = %(after)s, why = %(why)s, ended_at = CASE WHEN %(ends)s THEN clock_timestamp() END,
    steps = c.steps || jsonb_build_array({step}){sets}
WHERE c.id = %(id)s AND c.state = ANY(%(before)s){only}
RETURNING c.id, c.tag_id, c.steps -> -2 ->> 'state' AS state_before,
    c.requested_by, c.requested_by_email,
    (SELECT d.gateway FROM scada_tag t JOIN scada_device d ON d.id = t.device_id
     WHERE t.tag_id = c.tag_id) AS device_gateway
"""
STEP = """jsonb_build_object(
    'at', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'state', %(after)s::text, 'by', %(by)s::text, 'source', %(source)s::text, 'why', %(why)s::text)
"""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to happen to the command `id`.

    before: states it may be in; ends: whether it is the last word, None = as the state says
    actor: on whose account, and through which door
    sets: further columns → values; only: further condition on the command `c`, with `values`
    """

    id: uuid.UUID
    before: tuple[State, ...]
    after: State
    why: str
    actor: sdk.Actor
    ends: bool | None = None
    sets: Mapping[str, Any] = field(default_factory=dict)
    only: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert allowed(self.before, self.after), (self.before, self.after)

    def update(self) -> Statement:
        """The UPDATE; it returns one row when the step was made."""
        sets = "".join(f", {name} = %(set_{name})s" for name in self.sets)
        only = f" AND {self.only}" if self.only else ""
        return _UPDATE.format(step=STEP, sets=sets, only=only), {
            "id": self.id,
            "before": [state.value for state in self.before],
            "after": self.after.value,
            "why": self.why,
            "ends": self.after not in OPEN if self.ends is None else self.ends,
            "by": self.actor.email,
            "source": self.actor.source,
            **{f"set_{name}": value for name, value in self.sets.items()},
            **self.values,
        }

    def entries(self, tenant: str, made: Mapping[str, Any]) -> list[Statement]:
        """What belongs into the same transaction once `made` was returned: audit row and event."""
        new = {"state": self.after.value, "why": self.why, **self.sets}
        return [
            sdk.audit_entry(
                "update",
                "scada_command",
                self.id,
                {"state": made["state_before"]},
                {name: value for name, value in new.items() if name != "select_token"},
                self.actor,
            ),
            event(tenant, self.id, made["tag_id"], self.after, made["device_gateway"]),
        ]


def event(
    tenant: str, command: uuid.UUID, tag: int, state: State, gateway: str | None
) -> Statement:
    """Tells screens of a step, and the gateway when there is something to do, when it commits."""
    wakes = gateway if state is State.ARMED else None
    data = {"gateway": wakes, "id": str(command), "tag": tag, "state": state.value}
    return sdk.event_entry(EVENT, tenant, data)
