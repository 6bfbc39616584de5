"""Each state, and how a command comes into it: through the API and a gateway, to a field in
memory."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from wellhead import sdk

from .conftest import Plant
from .memory import MemoryField, MemoryGateway, key

Gateways = Callable[..., MemoryGateway]


async def _refuse() -> None:
    raise sdk.WriteRefused("the valve is in local", remedy="Turn it to remote")


async def _hang_up() -> None:
    raise sdk.DeviceUnreachable("connection reset")


def test_verified(plant: Plant, memory: MemoryField, gateways: Gateways) -> None:
    gateways()
    tag = plant.valve()
    command = plant.order(tag, 42.5, reason="open the choke")
    seen = plant.until(command, "verified")
    assert memory.written(tag) == [42.5]
    assert [step["state"] for step in seen["steps"]] == [
        "requested", "armed", "dispatched", "acknowledged", "verified",
    ]  # fmt: skip
    assert plant.audited(command) == plant.states(command)
    assert seen["why"] == "it reads back 42.5"
    assert seen["gateway"] == "main"
    assert {step["by"] for step in seen["steps"]} == {"operator@example.com"}
    assert [step["source"] for step in seen["steps"]] == ["api", "api", *["gateway main"] * 3]


def test_acknowledged_is_the_end_where_nothing_is_read_back(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    gateways()
    memory.follows = False
    tag = plant.valve(readback=False)
    seen = plant.until(plant.order(tag), "acknowledged")
    assert seen["ended_at"] is not None
    plant.order(tag, 2.0)


def test_failed_when_it_reads_back_otherwise(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    gateways()
    memory.follows = False
    tag = plant.valve(verify_s=0.3)
    memory.values[tag] = 7.0
    seen = plant.until(plant.order(tag, 8.0), "failed")
    assert seen["why"] == "the device took it, but it reads back 7 after 0.3 s"
    assert memory.written(tag) == [8.0]


def test_another_tag_is_read_back_within_a_tolerance(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    gateways()
    position = plant.tag()
    tag = plant.valve(readback_tag_id=position, tolerance=0.5)
    memory.values[position] = 8.4
    assert plant.until(plant.order(tag, 8.0), "verified")["why"] == "it reads back 8.4"


def test_failed_when_the_device_refuses(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    memory.before_write = _refuse
    gateways()
    tag = plant.valve()
    seen = plant.until(plant.order(tag), "failed")
    assert seen["why"].startswith("nothing was written: the valve is in local")
    assert memory.written(tag) == []


def test_unknown_when_the_device_is_lost_while_writing(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    memory.in_write = _hang_up
    gateways()
    tag = plant.valve()
    seen = plant.until(plant.order(tag), "unknown")
    assert "nobody knows whether it was done" in seen["why"]
    assert len(memory.written(tag)) == 1
    assert plant.audited(str(seen["id"])) == ["requested", "armed", "dispatched", "unknown"]


def test_unknown_when_it_was_taken_and_cannot_be_read_back(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    memory.before_read = _hang_up
    gateways()
    seen = plant.until(plant.order(plant.valve()), "unknown")
    assert "it could not be read back: connection reset" in seen["why"]


def test_failed_when_the_device_is_not_reached(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    memory.before_errand = _hang_up
    gateways()
    seen = plant.until(plant.order(plant.valve()), "failed")
    assert seen["why"] == "nothing was sent: connection reset"


def test_failed_when_the_present_value_is_too_far(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    """What the web saw may be old by then: the gateway looks again right before it writes."""
    tag = plant.valve(max_change=5)
    memory.values[tag] = 50.0
    plant.sql("UPDATE scada_control SET max_change = NULL WHERE tag_id = %s", tag)
    command = plant.order(tag, 10.0)
    plant.sql("UPDATE scada_control SET max_change = 5 WHERE tag_id = %s", tag)
    gateways()
    seen = plant.until(command, "failed")
    assert seen["why"] == (
        "nothing was sent: it reads 50 now; 10 would change it by 40, max_change is 5"
    )
    assert memory.written(tag) == []


def test_expired_while_the_device_is_busy(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    """None after expiry: the errand comes to its turn, but not to the device."""
    free = asyncio.Event()

    async def busy() -> None:
        await free.wait()

    memory.before_errand = busy
    gateway = gateways()
    tag = plant.valve()
    seen = plant.until(plant.order(tag, expires_in_s=1), "expired")
    assert seen["why"] == "nothing was sent: it expired before the device was free"
    gateway._loop.call_soon_threadsafe(free.set)
    memory.before_errand = None
    plant.until(plant.order(tag, 5.0), "verified")
    assert memory.written(tag) == [5.0]


def test_expired_with_nobody_caring(plant: Plant) -> None:
    tag = plant.valve(critical=True)
    command = plant.order(tag)
    plant.sql("UPDATE scada_command SET expires_at = now() WHERE id = %s", command)
    assert plant.act(command, "approve", plant.manager).error["code"] == "expired"
    plant.order(tag)  # the old one is ended on the way
    assert plant.states(command) == ["requested", "pending_approval", "expired"]
    assert plant.audited(command) == plant.states(command)


@pytest.mark.parametrize("state", ["requested", "pending_approval", "armed"])
def test_cancelled_before_it_is_dispatched(plant: Plant, state: str) -> None:
    settings: dict[str, dict[str, Any]] = {
        "requested": {"select_before_operate": True},
        "pending_approval": {"critical": True},
        "armed": {},
    }
    command = plant.order(plant.valve(**settings[state]))
    assert plant.see(command)["state"] == state
    assert plant.act(command, "cancel", plant.engineer.as_role("viewer")).status == 403
    assert plant.act(command, "cancel", plant.operator, reason="mistake").data["why"] == "mistake"
    assert plant.audited(command)[-1] == "cancelled"
    again = plant.act(command, "cancel", plant.operator)
    assert (again.status, again.error["code"]) == (409, "wrong_state")


def test_rejected_and_approved_by_a_second_person(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    tag = plant.valve(critical=True)
    rejected = plant.order(tag, by=plant.manager)
    refused = plant.act(rejected, "approve", plant.manager)
    assert (refused.status, refused.error["code"]) == (403, "own_command")
    assert plant.act(rejected, "reject", plant.engineer, reason="not now").data["why"] == "not now"
    approved = plant.order(tag, by=plant.manager)
    seen = plant.act(approved, "approve", plant.engineer).data
    assert (seen["state"], seen["approved_by_email"]) == ("armed", "engineer@example.com")
    twice = plant.act(approved, "approve", plant.engineer)
    assert (twice.status, twice.error["code"]) == (409, "wrong_state")
    gateways()
    plant.until(approved, "verified")
    assert len(memory.written(tag)) == 1


def test_approver_is_another_person_in_the_database_itself(plant: Plant) -> None:
    command = plant.order(plant.valve(critical=True))
    with pytest.raises(Exception, match="second_person"):
        plant.sql("UPDATE scada_command SET approved_by = requested_by WHERE id = %s", command)


def test_selected_then_operated(plant: Plant, memory: MemoryField, gateways: Gateways) -> None:
    gateways()
    tag = plant.valve(select_before_operate=True)
    body: dict[str, Any] = {"key": key()}
    asked = plant.ask(tag, 3.0, **body)
    token = asked.data["select_token"]
    assert (asked.data["state"], bool(token)) == ("requested", True)
    assert plant.ask(tag, 3.0, **body).data["select_token"] == token  # its answer may get lost
    command = asked.data["id"]
    assert "select_token" not in plant.see(command)
    wrong = plant.act(command, "operate", plant.operator, select_token="x")
    other = plant.act(command, "operate", plant.manager, select_token=token)
    assert [wrong.error["code"], other.error["code"]] == ["not_selected"] * 2
    assert memory.written(tag) == []
    assert plant.act(command, "operate", plant.operator, select_token=token).status == 200
    plant.until(command, "verified")
    trail = plant.sql("SELECT old, new FROM core_audit WHERE table_name = 'scada_command'")
    assert token not in str(trail)


def test_a_selection_ends(plant: Plant) -> None:
    tag = plant.valve(select_before_operate=True)
    asked = plant.ask(tag).data
    plant.sql("UPDATE scada_command SET select_until = now() WHERE id = %s", asked["id"])
    late = plant.act(asked["id"], "operate", plant.operator, select_token=asked["select_token"])
    assert (late.status, late.error["code"]) == (409, "not_selected")
    plant.order(tag)
    assert plant.states(asked["id"]) == ["requested", "expired"]


def test_texts_are_commands_too(plant: Plant, memory: MemoryField, gateways: Gateways) -> None:
    gateways()
    tag = plant.valve(datatype="string")
    seen = plant.until(plant.order(tag, "well test"), "verified")
    assert (seen["value"], seen["why"]) == ("well test", "it reads back 'well test'")
    assert memory.written(tag) == ["well test"]


def test_true_is_one(plant: Plant, memory: MemoryField, gateways: Gateways) -> None:
    gateways()
    tag = plant.valve(datatype="bool")
    plant.until(plant.order(tag, True), "verified")
    assert memory.written(tag) == [1.0]


def test_a_gateway_that_stops_says_what_it_knows(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    written = asyncio.Event()

    async def wait() -> None:
        written.set()
        await asyncio.Event().wait()

    memory.in_write = wait
    gateway = gateways()
    command = plant.order(plant.valve())
    plant.until(command, "dispatched")
    gateway._call(written.wait())
    gateway.stop()
    assert "nobody knows" in plant.until(command, "unknown")["why"]
