"""Each refusal: its code, and what it names."""

import re
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from wellhead import sdk
from wellhead_historian.store.hot import HotStore
from wellhead_scada.commands import checks

from .conftest import SCADA, Plant
from .memory import MemoryField, MemoryGateway, key

Gateways = Callable[..., MemoryGateway]


def refused(answer: Any, status: int, code: str, *said: str) -> dict[str, Any]:
    """The detail of a refusal, which names field, value and remedy."""
    assert (answer.status, answer.error["code"]) == (status, code), answer.body
    [detail] = answer.error["details"]
    assert set(detail) == {"field", "value", "message", "remedy"}
    assert all(detail[name] for name in ("field", "message", "remedy"))
    for part in said:
        assert part in answer.error["message"], answer.error["message"]
    found: dict[str, Any] = detail
    return found


def test_not_yours(plant: Plant) -> None:
    command = plant.order(plant.valve(), by=plant.manager)
    answer = plant.act(command, "cancel", plant.operator)
    refused(answer, 403, "not_yours", "manager@example.com")
    assert plant.see(command)["state"] == "armed"


@pytest.mark.parametrize("level", ["all", "tenant"])
def test_write_disabled(plant: Plant, level: str) -> None:
    tag = plant.valve()
    waiting = plant.order(plant.valve(critical=True))
    plant.switch(True, level)
    where = "/write-switch/all" if level == "all" else "/write-switch"
    refused(plant.ask(tag), 409, "write_disabled", "is disabled for", where)
    shown = plant.operator.get(f"{SCADA}/write-switch").data
    assert (shown["disabled"], shown[level]["disabled"]) == (True, True)
    if level == "tenant":
        assert shown["tenant"]["changed_by"] == "admin@example.com"
        assert plant.see(waiting)["why"] == "writing to the field was disabled: a test"
        audit = plant.sql(
            "SELECT actor_email, new->>'disabled' FROM core_audit"
            " WHERE table_name = 'scada_write_switch' ORDER BY id DESC LIMIT 1"
        )
        assert audit == [("admin@example.com", "true")]


def test_writing_is_disabled_from_the_start_in_every_tenant(plant: Plant) -> None:
    """The migration makes both rows, on; and a row that is missing counts as on."""
    plant.sql("DELETE FROM scada_write_switch WHERE level = 'tenant'")
    refused(plant.ask(plant.valve()), 409, "write_disabled", "for this tenant")
    plant.switch(False)  # made again by whoever turns it off
    plant.order(plant.valve())
    default = plant.sql(
        "SELECT column_default FROM information_schema.columns"
        " WHERE table_name = 'scada_write_switch' AND column_name = 'disabled'"
    )
    assert default[0] == ("true",)


def test_the_switch_for_all_is_the_platforms(plant: Plant) -> None:
    body = {"disabled": True, "reason": "storm"}
    assert plant.admin.patch(f"{SCADA}/write-switch/all", body).status == 403
    plant.sql('UPDATE platform."user" SET platform_admin = true WHERE email LIKE %s', "admin@%")
    try:
        answer = plant.admin.patch(f"{SCADA}/write-switch/all", body)
    finally:
        plant.sql('UPDATE platform."user" SET platform_admin = false')
    assert answer.data == {"tenants": ["default"]}
    shown = plant.operator.get(f"{SCADA}/write-switch").data
    assert (shown["all"]["disabled"], shown["all"]["reason"]) == (True, "storm")


def test_switch_incomplete(plant: Plant) -> None:
    plant.sql('UPDATE platform."user" SET platform_admin = true WHERE email LIKE %s', "admin@%")
    plant.sql("ALTER TABLE scada_write_switch RENAME TO gone")
    body = {"disabled": True, "reason": "storm"}
    try:
        answer = plant.admin.patch(f"{SCADA}/write-switch/all", body)
    finally:
        plant.sql("ALTER TABLE gone RENAME TO scada_write_switch")
        plant.sql('UPDATE platform."user" SET platform_admin = false')
    assert (answer.status, answer.error["code"]) == (503, "switch_incomplete"), answer.body
    assert [detail["value"] for detail in answer.error["details"]] == ["default"]
    assert "default" in answer.error["message"]


def test_not_writable(plant: Plant) -> None:
    tag = plant.tag()
    refused(plant.ask(tag), 409, "not_writable", "POST /api/v1/scada/controls")
    made = plant.engineer.post(f"{SCADA}/controls", {"tag_id": tag})
    assert (made.status, made.data["writable"]) == (201, False)
    refused(plant.ask(tag), 409, "not_writable", f"PATCH /api/v1/scada/controls/{tag}")
    assert plant.operator.patch(f"{SCADA}/controls/{tag}", {"writable": True}).status == 403


def test_out_of_range(plant: Plant) -> None:
    tag = plant.valve(minimum=0, maximum=100)
    refused(plant.ask(tag, 100.1), 409, "out_of_range", "takes 0 to 100", "found 100.1")
    refused(plant.ask(tag, -1), 409, "out_of_range")
    plant.order(tag, 100)


@pytest.mark.parametrize(
    ("datatype", "value", "said"),
    [
        ("float32", "open", "Send a number"),
        ("string", 1.5, "Send a text"),
        ("bool", 2, "Send 0 or 1"),
        ("float32", None, "may not be null"),
        ("float32", [1], "Must be a finite number"),
        ("float32", 10**400, "Must be a finite number"),
        ("string", "x" * 1001, "at most 1000 characters"),
    ],
)
def test_a_value_of_the_wrong_sort(plant: Plant, datatype: str, value: Any, said: str) -> None:
    answer = plant.ask(plant.valve(datatype=datatype), value)
    assert (answer.status, answer.error["details"][0]["field"]) == (422, "value"), answer.body
    assert said in answer.error["message"]


def test_too_large_change_and_no_present_value(plant: Plant, settings: sdk.Settings) -> None:
    tag = plant.valve(max_change=10, fresh_s=30)
    refused(plant.ask(tag, 5), 409, "no_present_value", "has none yet")

    def store(value: float, quality: int, ago: int) -> None:
        [(now,)] = plant.sql("SELECT (extract(epoch FROM clock_timestamp()) * 1e6)::bigint")
        [(source,)] = plant.sql(
            "SELECT source_id FROM scada_scan_group WHERE id = %s", plant.group["id"]
        )
        batch = sdk.Batch.scan(
            source,
            now - ago * 1_000_000,
            np.array([tag], np.int32),
            np.array([value], np.float64),
            np.array([quality], np.int16),
        )
        with sdk.connect(settings, "default") as connection:
            HotStore(connection).write([batch], now)

    store(50, 192, 60)
    refused(plant.ask(tag, 55), 409, "no_present_value", "s old")
    store(50, 0, 10)
    refused(plant.ask(tag, 55), 409, "no_present_value", "and it is")
    store(50, 192, 1)
    refused(plant.ask(tag, 61), 409, "too_large_change", "is 50 now and may change by 10")
    plant.order(tag, 55)


def test_too_soon(plant: Plant, memory: MemoryField, gateways: Gateways) -> None:
    gateways()
    tag = plant.valve(min_interval_s=60)
    plant.until(plant.order(tag), "verified")
    again = plant.ask(tag)
    refused(again, 409, "too_soon", "every 60 s")
    assert 50 <= int(again.headers["Retry-After"]) <= 60
    plant.sql("UPDATE scada_command SET dispatched_at = now() - interval '61 s'")
    plant.order(tag)


def test_command_open(plant: Plant) -> None:
    tag = plant.valve()
    first = plant.order(tag)
    refused(plant.ask(tag, 2), 409, "command_open", first, "operator@example.com")
    plant.act(first, "cancel", plant.operator)
    plant.order(tag, 2)


def test_device_down(plant: Plant) -> None:
    tag = plant.valve()
    plant.connect("backing_off")
    refused(plant.ask(tag), 409, "device_down", "cannot be commanded now: a test")
    plant.connect("connected")
    plant.sql("UPDATE scada_gateway SET heard_at = now() - interval '1 minute'")
    try:
        message = refused(plant.ask(tag), 409, "device_down")["message"]
        assert re.search(r"not heard for [67]\d s", message), message
    finally:
        plant.sql("UPDATE scada_gateway SET heard_at = now() + interval '1 hour'")


@pytest.mark.parametrize("seconds", [0, -5, 90_000])
def test_it_cannot_expire_before_it_is_asked_for(plant: Plant, seconds: int) -> None:
    answer = plant.ask(plant.valve(), expires_in_s=seconds)
    assert (answer.status, answer.error["details"][0]["field"]) == (422, "expires_in_s")


def test_a_command_needs_a_key(plant: Plant) -> None:
    tag = plant.valve()
    body = {"tag_id": tag, "value": 1}
    none = plant.operator.post(f"{SCADA}/commands", body)
    assert (none.status, none.error["details"][0]["field"]) == (422, "Idempotency-Key")
    header = {"Idempotency-Key": key()}
    first = plant.operator.request("POST", f"{SCADA}/commands", json=body, headers=header)
    second = plant.operator.request("POST", f"{SCADA}/commands", json=body, headers=header)
    assert [first.status, second.status] == [201, 200]
    assert first.data["id"] == second.data["id"]


def test_key_reused_for_something_else(plant: Plant) -> None:
    tag = plant.valve()
    name = key()
    first = plant.ask(tag, 1, key=name)
    refused(plant.ask(tag, 2, key=name), 409, "key_reused", first.data["id"])
    # another person's keys are their own, and an answer outlasts whatever has changed since
    refused(plant.ask(tag, 1, key=name, by=plant.manager), 409, "command_open")
    plant.switch(True)
    assert plant.ask(tag, 1, key=name).status == 200


def test_twenty_at_once_with_one_key_are_one_command(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    tag, name = plant.valve(), key()
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(plant.ask(tag, 9.5, key=name)))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    [command] = {answer.data["id"] for answer in answers}
    gateways()
    gateways()
    plant.until(command, "verified")
    assert memory.written(tag) == [9.5]


def test_many_approve_at_once_and_one_does(plant: Plant) -> None:
    command = plant.order(plant.valve(critical=True))
    codes: list[int] = []
    clients = [plant.manager, plant.engineer, plant.admin, plant.operator] * 2

    def approve(client: Any) -> None:
        codes.append(plant.act(command, "approve", client).status)

    threads = [threading.Thread(target=approve, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, *[403] * 2, *[409] * 5]
    assert plant.states(command) == ["requested", "pending_approval", "armed"]


def test_nothing_is_dispatched_once_the_switch_has_answered(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    tags = [plant.valve() for _ in range(6)]
    gateways()
    commands = [plant.order(tag, 4.0) for tag in tags[:3]]
    plant.switch(True, "tenant")
    dispatched = plant.sql(
        "SELECT count(*) FROM scada_command WHERE tag_id = ANY(%s) AND dispatched_at IS NOT NULL",
        tags,
    )[0][0]
    for command in commands:
        plant.until(command, "cancelled", "verified")
    plant.switch(False, "tenant")
    plant.until(plant.order(tags[5], 1.0), "verified")
    written = [len(memory.written(tag)) for tag in tags]
    assert sum(written) == dispatched + 1
    assert written[3:] == [0, 0, 1]


def test_what_is_being_asked_for_while_the_switch_is_set_is_cancelled(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not wait for a gateway that looks when the switch is off again."""
    tag = plant.valve()
    checked, answered = threading.Event(), threading.Event()
    answers: list[Any] = []
    check = checks.check_device

    def pause(field_tag: Any) -> None:
        check(field_tag)
        checked.set()
        answered.wait(1)

    monkeypatch.setattr(checks, "check_device", pause)
    asking = threading.Thread(target=lambda: answers.append(plant.ask(tag)))
    asking.start()
    assert checked.wait(10)
    plant.switch(True, "tenant")
    answered.set()
    asking.join()
    assert plant.see(answers[0].data["id"])["state"] == "cancelled"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE scada_control SET writable = false", "not writable any more"),
        ("UPDATE scada_control SET maximum = 0", "out of the range by now"),
        ("UPDATE scada_control SET critical = true", "needs a second person by now"),
        ("UPDATE scada_control SET select_before_operate = true", "selected first by now"),
        ("DELETE FROM scada_control", "not writable any more"),
        ("UPDATE scada_tag SET enabled = false", "switched off"),
    ],
)
def test_what_changed_since_it_was_asked_for_counts(
    plant: Plant, memory: MemoryField, gateways: Gateways, change: str, said: str
) -> None:
    tag = plant.valve()
    command = plant.order(tag)
    plant.sql(f"{change} WHERE tag_id = %s", tag)
    gateways()
    assert said in plant.until(command, "rejected")["why"]
    assert memory.written(tag) == []


def test_a_tag_that_is_made_anew_elsewhere_gets_no_command_of_before(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    tag = plant.valve(critical=True)
    command = plant.order(tag)
    assert plant.admin.delete(f"{SCADA}/tags/{tag}").status == 200
    place = {"device_id": plant.device["id"], "scan_group_id": plant.group["id"]}
    elsewhere = {"datatype": "float32", "address": {"register": 9000}}
    assert plant.admin.post(f"{SCADA}/tags", {"tag_id": tag, **place, **elsewhere}).status == 201
    plant.admin.post(f"{SCADA}/controls", {"tag_id": tag, "writable": True, "critical": True})
    assert plant.act(command, "approve", plant.manager).status == 200
    gateways()
    assert "changed since it was asked for" in plant.until(command, "rejected")["why"]
    assert memory.written(tag) == []


def test_a_device_that_is_somewhere_else_since_gets_no_command_of_before(
    plant: Plant, memory: MemoryField, gateways: Gateways
) -> None:
    tag = plant.valve()
    command = plant.order(tag)
    moved = plant.admin.patch(f"{SCADA}/devices/{plant.device['id']}", {"options": {"host": key()}})
    assert moved.status == 200
    gateways()
    assert "changed since it was asked for" in plant.until(command, "rejected")["why"]
    assert memory.written(tag) == []


def test_only_who_may_sees_and_commands(plant: Plant) -> None:
    asset = plant.admin.post("/api/v1/assets", {"kind": "field", "name": key()}).data["id"]
    mine, other = plant.tag(asset_id=asset), plant.valve()
    plant.engineer.post(f"{SCADA}/controls", {"tag_id": mine, "writable": True})
    hidden = plant.order(other)
    try:
        limited = plant.admin.limited(asset, role="operator")
        answer = plant.ask(other, by=limited)
        assert (answer.status, answer.error["details"][0]["field"]) == (422, "tag_id")
        assert limited.get(f"{SCADA}/commands/{hidden}").status == 404
        assert plant.act(hidden, "cancel", limited).status == 404
        answer_key = key()
        seen = plant.ask(mine, by=limited, key=answer_key).data["id"]
        listed = limited.get(f"{SCADA}/commands").data
        assert [command["id"] for command in listed] == [seen]
        assert [c["id"] for c in limited.get(f"{SCADA}/controls").data] == [mine]
        asked = {"tag_id": mine, "value": 1.0, "key": answer_key}
        plant.admin.patch(f"/api/v1/tags/{mine}", {"asset_id": None})
        again = limited.post(f"{SCADA}/commands", asked)
        assert (again.status, again.error["details"][0]["field"]) == (422, "tag_id")
    finally:
        plant.sql("UPDATE platform.membership SET assets = NULL")
    plant.act(seen, "cancel", plant.manager)


def test_commands_are_listed_filtered_and_written_as_csv(plant: Plant) -> None:
    tag = plant.valve()
    command = plant.order(tag, 6.25, reason="=1+1")
    [listed] = plant.operator.get(f"{SCADA}/commands", tag_id=tag, state="armed").data
    assert (listed["id"], listed["value"], listed["reason"]) == (command, 6.25, "=1+1")
    file = plant.operator.get(f"{SCADA}/commands", tag_id=tag, format="csv").text
    assert "'=1+1" in file
    assert command in file
    assert not re.search("steps|token", file.splitlines()[0])


def test_what_can_be_made_writable(plant: Plant) -> None:
    def control(tag: int, **body: Any) -> Any:
        return plant.engineer.post(f"{SCADA}/controls", {"tag_id": tag, "writable": True, **body})

    def field(answer: Any) -> str:
        assert answer.status == 422, answer.body
        return str(answer.error["details"][0]["field"])

    assert field(control(plant.tag(register=10_000))) == "address.register"
    assert field(control(999_999)) == "tag_id"
    assert field(control(plant.tag(), minimum=2, maximum=1)) == "minimum"
    assert field(control(plant.tag(), readback_tag_id=999_999)) == "tag_id"
    tag = plant.valve()
    assert field(control(tag)) == "tag_id"
    assert field(plant.engineer.patch(f"{SCADA}/controls/{tag}", {"tag_id": 1})) == "tag_id"
    # what its limits are about stays what it is
    path = f"{SCADA}/tags/{tag}"
    assert field(plant.engineer.patch(path, {"address": {"register": 7}})) == "address"
    assert field(plant.engineer.patch(path, {"scale": 10})) == "scale"
    device = f"{SCADA}/devices/{plant.device['id']}"
    answer = plant.engineer.patch(device, {"driver": "readonly"})
    assert field(answer) == "driver, options"
    assert "cannot write" in answer.error["message"]
    assert plant.engineer.patch(path, {"enabled": True}).status == 200
    plant.engineer.patch(f"{SCADA}/controls/{tag}", {"writable": False})
    assert plant.engineer.patch(path, {"scale": 10}).status == 200
    assert plant.engineer.delete(f"{SCADA}/controls/{tag}").status == 200
