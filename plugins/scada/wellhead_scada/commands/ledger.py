"""A gateway's view of the commands in the database: claim one, tell what became of it.

A claim is committed before anything is sent. It takes, and holds to its commit, the switches and
the tag's settings, so that once the answer to whoever disabled writing has gone out nothing more is
dispatched.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from wellhead import sdk
from wellhead_scada.commands.clock import elapsed
from wellhead_scada.commands.states import SENT, State
from wellhead_scada.commands.steps import Step
from wellhead_scada.gateway.database import AWAY, Database

SEND_WITHIN_S = 30.0
"""Seconds after dispatch within which a command is sent or not at all."""
SETTLE_S = 60.0
"""Seconds on top of sending and reading back after which nobody knows what became of it."""

_LOCK_SWITCHES = "SELECT level FROM scada_write_switch ORDER BY level FOR SHARE"
_LOCK_CONTROL = "SELECT tag_id FROM scada_control WHERE tag_id = %s FOR SHARE"
_NEXT = """
SELECT c.id, c.tag_id, c.requested_by, c.requested_by_email FROM scada_command c
JOIN scada_tag t ON t.tag_id = c.tag_id JOIN scada_device d ON d.id = t.device_id
WHERE c.state = 'armed' AND c.expires_at > clock_timestamp() AND d.gateway = %s
AND c.id <> ALL(%s)
ORDER BY c.created_at LIMIT 1
"""
_CHANGED = "greatest(t.updated_at, d.updated_at) > c.created_at"
"""Another address or another host is another valve than the one that was meant and approved."""
ENABLED = "(SELECT count(*) FROM scada_write_switch WHERE NOT disabled) = 2"
_TOO_SOON = """EXISTS (SELECT FROM scada_command o
    WHERE o.tag_id = c.tag_id AND o.id <> c.id
    AND o.dispatched_at > clock_timestamp() - make_interval(secs => k.min_interval_s))"""
_OBSTACLE = f"""
SELECT CASE
    WHEN NOT {ENABLED} THEN 'writing to the field is disabled'
    WHEN NOT coalesce(k.writable, false) THEN 'the tag is not writable any more'
    WHEN NOT (t.enabled AND d.enabled) THEN 'the tag or its device is switched off'
    WHEN {_CHANGED} THEN 'the tag or its device was changed since it was asked for'
    WHEN c.value < k.minimum OR c.value > k.maximum THEN 'the value is out of the range by now'
    WHEN k.critical AND c.approved_by IS NULL THEN 'the tag needs a second person by now'
    WHEN k.select_before_operate AND c.select_token IS NULL
        THEN 'the tag has to be selected first by now'
    WHEN {_TOO_SOON} THEN NULL
END AS reason
FROM scada_command c
JOIN scada_tag t ON t.tag_id = c.tag_id JOIN scada_device d ON d.id = t.device_id
LEFT JOIN scada_control k ON k.tag_id = c.tag_id
WHERE c.id = %s
"""  # noqa: S608 (of constants)
_MAY_GO = f"""c.expires_at > clock_timestamp() AND {ENABLED} AND EXISTS (
    SELECT FROM scada_control k
    JOIN scada_tag t ON t.tag_id = k.tag_id JOIN scada_device d ON d.id = t.device_id
    WHERE k.tag_id = c.tag_id AND d.gateway = %(gateway)s AND k.writable AND t.enabled AND d.enabled
    AND NOT {_CHANGED}
    AND (c.value IS NULL OR c.value >= coalesce(k.minimum, '-Infinity')
        AND c.value <= coalesce(k.maximum, 'Infinity'))
    AND (NOT k.critical OR c.approved_by <> c.requested_by)
    AND (NOT k.select_before_operate OR c.select_token IS NOT NULL)
    AND NOT {_TOO_SOON})"""
_ORDER = """
UPDATE scada_command c
SET dispatched_at = clock_timestamp(), settle_by = clock_timestamp()
    + make_interval(secs => %(settle)s + k.verify_s + d.timeout_s)
FROM scada_control k
JOIN scada_tag t ON t.tag_id = k.tag_id JOIN scada_device d ON d.id = t.device_id
WHERE c.id = %(id)s AND k.tag_id = c.tag_id
RETURNING c.id, c.tag_id, c.value, c.text_value, d.id::text AS device_id, t.datatype, t.scale,
    k.max_change, k.tolerance, k.verify_s, k.readback, k.readback_tag_id,
    c.requested_by, c.requested_by_email, c.key,
    extract(epoch FROM c.expires_at - clock_timestamp())::float8 AS left_s
"""
_EARLIER = """
SELECT id, requested_by, requested_by_email FROM scada_command
WHERE gateway = %s AND run <> %s AND state = ANY(%s) AND ended_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Order:
    """A command that is dispatched, as its gateway carries it out.

    dispatch: names this one try
    expires, deadline: of `clock.elapsed`; nothing is sent from the deadline on, which comes earlier
        for one that expires late, so that a busy device does not keep it for hours
    readback: the tag to read back, None = none; tolerance: in the tag's unit
    actor: the requester, through this gateway
    """

    id: uuid.UUID
    dispatch: uuid.UUID
    device: str
    tag: int
    value: float | str
    expires: float
    deadline: float
    max_change: float | None
    readback: int | None
    tolerance: float
    verify_s: float
    actor: sdk.Actor


class Unclear(Exception):
    """The database was lost while a claim was being committed. Nobody sends the command; `step`
    says so, if the claim is there when the database is back."""

    def __init__(self, order: Order, error: Exception) -> None:
        super().__init__(str(error))
        self.step = Step(
            order.id,
            (State.DISPATCHED, State.UNKNOWN),
            State.FAILED,
            "nothing was sent: the database was lost before it could be",
            order.actor,
            only="c.dispatch = %(dispatch)s",
            values={"dispatch": order.dispatch},
        )


class Ledger:
    """What gateway `name` reads and writes of commands. Every method raises one of AWAY.

    run: this life of the gateway
    """

    def __init__(self, database: Database, tenant: str, name: str) -> None:
        self.run = uuid.uuid4()
        self._database = database
        self._tenant = tenant
        self._name = name
        self._source = f"gateway {name}"

    async def lose_earlier(self) -> int:
        """What an earlier life of this gateway had dispatched and not ended is `unknown`; how many
        there were. Nobody knows whether they were sent, so nobody sends them again."""
        async with self._database.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            states = [state.value for state in SENT]
            rows = await (await cursor.execute(_EARLIER, (self._name, self.run, states))).fetchall()
            for row in rows:
                step = Step(
                    row["id"],
                    SENT,
                    State.UNKNOWN,
                    f"gateway {self._name} ended while it had this in hand: see in the field",
                    self._actor(row),
                    only="c.run <> %(run)s AND c.ended_at IS NULL",
                    values={"run": self.run},
                )
                await self._make(connection, step)
            await connection.commit()
        return len(rows)

    async def claim(
        self, dispatch: uuid.UUID, passed: Sequence[uuid.UUID]
    ) -> "Order | uuid.UUID | None":
        """Dispatch the oldest armed command of this gateway's devices; it is on disk when this
        returns. The command's id alone when it may not go now; None when there is none.

        dispatch: a fresh name for this try; passed: commands not to look at
        """
        begun = elapsed()
        async with self._database.connection() as connection:
            await connection.execute("SET LOCAL synchronous_commit = on")
            await connection.execute(_LOCK_SWITCHES)
            cursor = connection.cursor(row_factory=dict_row)
            found = await (await cursor.execute(_NEXT, (self._name, list(passed)))).fetchone()
            if found is None:
                return None
            await connection.execute(_LOCK_CONTROL, (found["tag_id"],))
            command: uuid.UUID = found["id"]
            actor = self._actor(found)
            step = Step(
                command,
                (State.ARMED,),
                State.DISPATCHED,
                "about to be sent",
                actor,
                sets={"gateway": self._name, "run": self.run, "dispatch": dispatch},
                only=_MAY_GO,
            )
            made = await self._make(connection, step)
            if made is None:
                await self._refuse(connection, command, actor)
                await connection.commit()
                return command
            values = {"id": command, "settle": SEND_WITHIN_S + SETTLE_S}
            row = await (await cursor.execute(_ORDER, values)).fetchone()
            assert row is not None
            order = self._order(row, dispatch, begun)
            try:
                await connection.commit()
            except AWAY as error:
                raise Unclear(order, error) from error
        return order

    async def write(self, step: Step) -> bool:
        """Make a step; False when the command was not (any more) in a state that it may follow."""
        async with self._database.connection() as connection:
            made = await self._make(connection, step)
            await connection.commit()
        return made is not None

    async def _refuse(
        self, connection: psycopg.AsyncConnection[Any], command: uuid.UUID, actor: sdk.Actor
    ) -> None:
        """A command that may never go as things are is told so, and does not wait to expire."""
        row = await (await connection.execute(_OBSTACLE, (command,))).fetchone()
        if row is not None and row[0] is not None:
            why = f"not sent: {row[0]}"
            await self._make(connection, Step(command, (State.ARMED,), State.REJECTED, why, actor))

    async def _make(
        self, connection: psycopg.AsyncConnection[Any], step: Step
    ) -> Mapping[str, Any] | None:
        cursor = connection.cursor(row_factory=dict_row)
        statement, values = step.update()
        made = await (await cursor.execute(statement, {**values, "gateway": self._name})).fetchone()
        if made is not None:
            for entry in step.entries(self._tenant, made):
                await connection.execute(*entry)
        return made

    def _actor(self, row: Mapping[str, Any]) -> sdk.Actor:
        return sdk.Actor(self._source, row["requested_by"], row["requested_by_email"])

    def _order(self, row: Mapping[str, Any], dispatch: uuid.UUID, begun: float) -> Order:
        value = row["value"] if row["text_value"] is None else row["text_value"]
        readback = row["readback_tag_id"] or row["tag_id"] if row["readback"] else None
        return Order(
            id=row["id"],
            dispatch=dispatch,
            device=row["device_id"],
            tag=row["tag_id"],
            value=value,
            # counted from before the database looked at its clock: rather early than late
            expires=begun + row["left_s"],
            deadline=begun + min(row["left_s"], SEND_WITHIN_S),
            max_change=row["max_change"],
            readback=readback,
            tolerance=_tolerance(row["tolerance"], row["datatype"], row["scale"], value),
            verify_s=row["verify_s"],
            actor=self._actor(row),
        )


def _tolerance(given: float | None, datatype: str, scale: float, value: float | str) -> float:
    """What the datatype cannot tell apart: half a step of whole numbers, seven digits of others."""
    if given is not None or isinstance(value, str):
        return given or 0.0
    return (
        1e-6 * max(1.0, abs(value)) if datatype.startswith(("float", "double")) else abs(scale) / 2
    )
