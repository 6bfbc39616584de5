"""The database is lost at the worst moments: what is known is kept and told, nothing is sent
twice."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest

from wellhead import sdk
from wellhead_scada.commands.ledger import Ledger, Order, Unclear
from wellhead_scada.commands.states import State
from wellhead_scada.commands.steps import Step
from wellhead_scada.commands.sweep import end_overdue

from .conftest import Plant
from .memory import MemoryField, MemoryGateway

Gateways = Callable[..., MemoryGateway]


class Outage:
    """away: whether the database is; asked: set when somebody wanted to write meanwhile"""

    def __init__(self) -> None:
        self.away = False
        self.asked = threading.Event()


def ledger_with(outage: Outage) -> type[Ledger]:
    class Cut(Ledger):
        async def write(self, step: Step) -> bool:
            if outage.away:
                outage.asked.set()
                raise psycopg.OperationalError("the database is away")
            return await super().write(step)

    return Cut


def overdue(plant: Plant, command: str) -> None:
    """As the job finds it when its gateway has said nothing for too long."""
    plant.sql("UPDATE scada_command SET settle_by = now() WHERE id = %s", command)
    with plant.app.app_context(), sdk.tenant("default"):
        end_overdue()


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Outage:
    monkeypatch.setattr("wellhead_scada.commands.executor._PAUSE_S", 0.01)
    return Outage()


@pytest.mark.parametrize("called_unknown", [False, True])
def test_an_outcome_waits_for_the_database(
    plant: Plant, memory: MemoryField, gateways: Gateways, outage: Outage, called_unknown: bool
) -> None:
    """Also when the job has called the command unknown in between."""

    async def cut() -> None:
        outage.away = True

    memory.in_write = cut
    gateways(ledger=ledger_with(outage))
    tag = plant.valve()
    command = plant.order(tag, 3.0)
    assert outage.asked.wait(10)
    assert plant.see(command)["state"] == "dispatched"
    if called_unknown:
        overdue(plant, command)
        assert plant.see(command)["state"] == "unknown"
    other = plant.order(plant.valve(), 4.0)
    assert plant.see(other)["state"] == "armed"  # nothing new while something is untold
    memory.in_write = None
    outage.away = False
    plant.until(command, "verified")
    plant.until(other, "verified")
    expected = ["dispatched", "unknown"] if called_unknown else ["dispatched", "acknowledged"]
    assert plant.states(command)[2:] == [*expected, "verified"]
    assert plant.audited(command) == plant.states(command)
    assert (memory.written(tag), plant.see(command)["ended_at"] is not None) == ([3.0], True)


def test_what_was_called_unknown_does_not_take_the_tag_from_the_next_command(
    plant: Plant, memory: MemoryField, gateways: Gateways, outage: Outage
) -> None:
    async def cut() -> None:
        outage.away = True

    memory.in_write = cut
    gateways(ledger=ledger_with(outage))
    tag = plant.valve()
    first = plant.order(tag, 5.0)
    assert outage.asked.wait(10)
    overdue(plant, first)
    second = plant.order(tag, 6.0)  # a person looked, and goes on
    memory.in_write = None
    outage.away = False
    assert plant.until(first, "verified", "failed")["ended_at"] is not None
    plant.until(second, "verified")
    assert memory.written(tag) == [5.0, 6.0]


@pytest.mark.parametrize("committed", [True, False])
def test_a_claim_whose_commit_is_lost_is_not_sent(
    plant: Plant, memory: MemoryField, gateways: Gateways, committed: bool
) -> None:
    """Nobody knows whether it is dispatched, but that it was not sent is certain: when it was not
    committed it goes on as if nothing had happened, else it has failed."""
    lost: list[Order] = []

    class LosesTheAnswer(Ledger):
        async def claim(self, dispatch: Any, passed: Sequence[Any]) -> Any:
            if lost:
                return await super().claim(dispatch, passed)
            if not committed:
                self._order = self._lose  # type: ignore[method-assign]
            found = await super().claim(dispatch, passed)
            if isinstance(found, Order):
                lost.append(found)
                raise Unclear(found, OSError("connection lost"))
            return found

        def _lose(self, row: Any, dispatch: Any, begun: float) -> Order:
            lost.append(Ledger._order(self, row, dispatch, begun))
            del self._order
            raise Unclear(lost[0], OSError("connection lost"))

    gateways(ledger=LosesTheAnswer)
    tag = plant.valve()
    command = plant.order(tag, 7.0)
    seen = plant.until(command, "failed" if committed else "verified")
    assert len(lost) == 1
    assert memory.written(tag) == ([] if committed else [7.0])
    if committed:
        assert seen["why"] == "nothing was sent: the database was lost before it could be"
    assert plant.audited(command) == plant.states(command)


def test_two_gateways_and_one_command(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    """Two of one name, which nothing prevents on two machines: of each command one write."""
    tags = [plant.valve() for _ in range(5)]
    for _ in range(3):
        gateways()
    commands = [plant.order(tag, 10.0 + place) for place, tag in enumerate(tags)]
    for command in commands:
        assert plant.until(command, "verified", "unknown", "failed")["state"] == "verified"
    assert [memory.written(tag) for tag in tags] == [[10.0 + place] for place in range(5)]


def test_steps_are_counted(plant: Plant, memory: MemoryField, gateways: Gateways) -> None:
    gateway = gateways()
    plant.until(plant.order(plant.valve()), "verified")
    gateway.stop()
    assert gateway.ended == [State.VERIFIED]
    shown = plant.admin.get("/metrics").text
    assert 'scada_commands_total{state="armed",tenant="default"}' in shown
