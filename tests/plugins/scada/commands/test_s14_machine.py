"""S14 as a state machine: people, switches, time and gateways that die at any point, in any order,
against what must hold whatever they do."""

import asyncio
import itertools
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from wellhead import sdk
from wellhead.testing import ApiClient, wait_until
from wellhead_scada.commands.ledger import Ledger, Order
from wellhead_scada.commands.states import NEXT, State
from wellhead_scada.commands.steps import Step
from wellhead_scada.commands.sweep import end_overdue

from .conftest import Plant
from .memory import MemoryField, MemoryGateway, key

POINTS = (
    None, "claiming", "dispatched", "writing", "written", "before acknowledged",
    "after acknowledged", "reading", "before verified",
)  # fmt: skip
KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "critical": {"critical": True},
    "selected": {"select_before_operate": True},
    "both": {"critical": True, "select_before_operate": True},
}
SHIFT: dict[str, Any] = {
    "who": st.sampled_from(["operator", "manager"]),
    "point": st.sampled_from(POINTS),
    "late": st.sampled_from([None, None, *KINDS]),
    "stops": st.booleans(),
}
_WRITTEN = {"dispatched", "acknowledged", "verified", "unknown"}


class Death:
    """Ends a gateway's loop at a point, as kill -9 would: nothing runs on it any more."""

    def __init__(self, point: str | None) -> None:
        self.point = point
        self.died = threading.Event()

    async def reached(self, point: str) -> None:
        if point == self.point:
            self.die()
            await asyncio.Event().wait()

    def die(self) -> None:
        self.died.set()
        asyncio.get_running_loop().stop()


class MortalLedger(Ledger):
    death: Death

    async def claim(self, dispatch: Any, passed: Sequence[Any]) -> Any:
        found = await super().claim(dispatch, passed)
        if isinstance(found, Order):
            await self.death.reached("dispatched")
        return found

    async def write(self, step: Step) -> bool:
        await self.death.reached(f"before {step.after}")
        written = await super().write(step)
        await self.death.reached(f"after {step.after}")
        return written

    async def _make(self, connection: Any, step: Step) -> Mapping[str, Any] | None:
        made = await super()._make(connection, step)
        if step.after is State.DISPATCHED:
            await self.death.reached("claiming")
        return made


class Mortal(MemoryGateway):
    def __init__(self, settings: sdk.Settings, memory: MemoryField, death: Death) -> None:
        memory.before_write = lambda: death.reached("writing")
        memory.in_write = lambda: death.reached("written")
        memory.before_read = lambda: death.reached("reading")
        super().__init__(settings, memory, ledger=type("Ours", (MortalLedger,), {"death": death}))


class People(RuleBasedStateMachine):
    """plant and settings are set on a subclass."""

    plant: Plant
    settings: sdk.Settings

    def __init__(self) -> None:
        super().__init__()
        self.plant.sql(
            "UPDATE scada_command SET ended_at = now(), state = 'cancelled' WHERE ended_at IS NULL"
        )
        self.plant.switch(False)
        self.memory = MemoryField()
        self.tags = {kind: self.plant.valve(**control) for kind, control in KINDS.items()}
        self.asked: list[dict[str, Any]] = []
        self.ids: dict[float, str] = {}
        self.late: set[float] = set()
        self.values = itertools.count(1)

    def people(self, who: str) -> ApiClient:
        client: ApiClient = getattr(self.plant, who)
        return client

    # --- what people do ---------------------------------------------------------------------------

    @initialize(**SHIFT)
    def first(self, **drawn: Any) -> None:
        """A short run sees something too."""
        self._shift(**drawn)

    @rule(**SHIFT)
    def shift(self, **drawn: Any) -> None:
        self._shift(**drawn)

    def _shift(self, who: str, point: str | None, late: str | None, stops: bool) -> None:
        """Somebody commands every tag, operates what they selected, a second person approves; of
        one the time passes; then a gateway lives to some point."""
        for kind in KINDS:
            self.request(who, kind)
        for asked in self.asked[-len(KINDS) :]:
            if asked["token"]:
                self.plant.act(
                    asked["id"], "operate", self.people(who), select_token=asked["token"]
                )
            self.plant.act(asked["id"], "approve", self.plant.engineer)
            if late is not None and asked["body"]["tag_id"] == self.tags[late]:
                self._time_passes(asked["body"]["value"])
        self.life(point, stops)

    @rule(who=st.sampled_from(["operator", "manager"]), kind=st.sampled_from(list(KINDS)))
    def request(self, who: str, kind: str) -> None:
        body = {"tag_id": self.tags[kind], "value": float(next(self.values)), "key": key()}
        self._ask({"who": who, "body": body})

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        asked = data.draw(st.sampled_from(self.asked))
        before = self.plant.see(asked["id"])
        again = self._ask(asked)
        assert (again.status, again.data["id"]) == (200, asked["id"])
        assert self.plant.see(asked["id"])["steps"] == before["steps"]

    def _ask(self, asked: dict[str, Any]) -> Any:
        answer = self.people(asked["who"]).post("/api/v1/scada/commands", asked["body"])
        if answer.status == 201:
            self.ids[asked["body"]["value"]] = answer.data["id"]
            asked |= {"id": answer.data["id"], "token": answer.data["select_token"]}
            self.asked.append(asked)
        return answer

    @precondition(lambda self: self.asked)
    @rule(
        data=st.data(),
        who=st.sampled_from(["operator", "manager", "engineer"]),
        what=st.sampled_from(["operate", "operate", "approve", "approve", "reject", "cancel"]),
    )
    def decide(self, data: st.DataObject, who: str, what: str) -> None:
        asked = data.draw(st.sampled_from(self.asked[-4:]))
        body: dict[str, Any] = {"reason": "because"}
        if what == "operate":
            body = {"select_token": asked["token"] or "none"}
        answer = self.plant.act(asked["id"], what, self.people(who), **body)
        assert answer.status in (200, 403, 409), answer.body
        if what == "approve" and who == asked["who"]:
            assert answer.status in (403, 409), answer.body

    @rule(level=st.sampled_from(["tenant", "all"]), point=st.sampled_from(POINTS))
    def switch(self, level: str, point: str | None) -> None:
        """Somebody disables writing, a gateway comes, somebody enables it again."""
        self.plant.switch(True, level)
        before = len(self.memory.writes)
        self.life(point, stops=True)
        assert len(self.memory.writes) == before
        self.plant.switch(False, level)

    # --- time and gateways ------------------------------------------------------------------------

    @precondition(lambda self: self.ids)
    @rule(data=st.data())
    def time_passes(self, data: st.DataObject) -> None:
        """Of one command: it expires, unless it was dispatched before."""
        self._time_passes(data.draw(st.sampled_from(sorted(self.ids)[-4:])))

    def _time_passes(self, value: float) -> None:
        rows = self.plant.sql(
            "UPDATE scada_command SET expires_at = clock_timestamp(),"
            " settle_by = clock_timestamp() WHERE id = %s AND dispatched_at IS NULL RETURNING id",
            self.ids[value],
        )
        if rows:
            self.late.add(value)

    @rule()
    def sweep(self) -> None:
        with self.plant.app.app_context(), sdk.tenant("default"):
            end_overdue()

    @rule(point=st.sampled_from(POINTS), stops=st.booleans())
    def life(self, point: str | None, stops: bool) -> None:
        """A gateway lives until it dies at the point, or has nothing to do."""
        death = Death(point)
        gateway = Mortal(self.settings, self.memory, death)
        wait_until(
            lambda: death.died.is_set() or self._idle(), 15, what="the gateway dies or is done"
        )
        if death.died.is_set() or not stops:
            gateway.kill()
        else:
            gateway.stop()

    def _idle(self) -> bool:
        [(busy,)] = self.plant.sql(
            "SELECT count(*) FROM scada_command WHERE ended_at IS NULL AND (state IN"
            " ('dispatched', 'acknowledged') OR state = 'armed' AND expires_at > now() AND"
            " NOT EXISTS (SELECT FROM scada_write_switch WHERE disabled))"
        )
        return not busy

    # --- what must hold ---------------------------------------------------------------------------

    @invariant()
    def nothing_is_written_twice_or_late_or_unasked(self) -> None:
        written = Counter(value for _, _, value in self.memory.writes)
        assert not [value for value, times in written.items() if times > 1]
        assert not self.late & written.keys()
        for _, tag, value in self.memory.writes:
            [(state, asked_tag)] = self.plant.sql(
                "SELECT state, tag_id FROM scada_command WHERE id = %s",
                self.ids[float(value)],
            )
            assert (state in _WRITTEN, asked_tag) == (True, tag)

    @invariant()
    def history_and_audit_are_one_and_no_step_is_forbidden(self) -> None:
        rows = self.plant.sql(
            "SELECT c.id::text, c.state, c.steps, c.requested_by = c.approved_by, k.critical,"
            " (SELECT array_agg(a.new->>'state' ORDER BY a.id) FROM core_audit a"
            "  WHERE a.table_name = 'scada_command' AND a.record_id = c.id::text)"
            " FROM scada_command c JOIN scada_control k USING (tag_id) WHERE c.tag_id = ANY(%s)",
            list(self.tags.values()),
        )
        for command, state, steps, own, critical, audited in rows:
            states = [State(step["state"]) for step in steps]
            assert states[-1].value == state
            assert all(b in NEXT[a] for a, b in pairwise(states)), (command, states)
            assert audited == [one.value for one in states]
            assert own is not True
            if critical and State.DISPATCHED in states:
                assert (own, State.PENDING_APPROVAL in states) == (False, True)


@pytest.mark.parametrize(
    ("examples", "steps"),
    [(3, 5), pytest.param(40, 25, marks=pytest.mark.soak)],
    ids=["fast", "soak"],
)
def test_s14_people_time_and_gateways_in_any_order(
    plant: Plant,
    settings: sdk.Settings,
    monkeypatch: pytest.MonkeyPatch,
    examples: int,
    steps: int,
) -> None:
    """Never two writes a key, none after expiry, approver ≠ requester, history = audit."""
    monkeypatch.setattr("wellhead_scada.commands.executor.LOOK_EVERY_S", 0.01)
    world = type("World", (People,), {"plant": plant, "settings": settings})
    run_state_machine_as_test(
        world,
        settings=hypothesis_settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            print_blob=True,
            phases=(Phase.reuse, Phase.generate),  # each example takes seconds
        ),
    )
