"""Looking at what a device has, and the tags made of it; through a whole gateway it is in
tests/system/test_gateway_process.py."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import pytest

from wellhead import sdk
from wellhead.app import create_app
from wellhead.testing import ApiClient
from wellhead.testing.plugins import PluginWorkshop
from wellhead_scada import browsing
from wellhead_scada.gateway import browse as gateway
from wellhead_scada.gateway.browse import browse_device
from wellhead_scada.testing import Bench, device, group, play
from wellhead_scada.testing.field import Mode
from wellhead_scada.testing.sender import SendingDriver, SendingField

PLUGIN = """
@hookimpl
def drivers():
    return [
        sdk.Lazy("memory", "Memory", "wellhead_scada.testing.field:MemoryDriver"),
        sdk.Lazy("sending", "Sending", "wellhead_scada.testing.sender:SendingDriver"),
    ]
"""


@pytest.fixture
def api(workshop: PluginWorkshop, settings: sdk.Settings) -> Iterator[ApiClient]:
    """Of an app with a driver that can browse and one that cannot."""
    workshop.plugin("acme", PLUGIN, head="from wellhead import sdk\n")
    app = create_app(sdk.Runtime.make(settings))
    yield ApiClient(app).as_role("engineer")
    with app.app_context():
        sdk.db.engine.dispose()


def make(api: ApiClient, driver: str) -> dict[str, Any]:
    body = {"name": driver, "driver": driver, "options": {"line": "1"}}
    made: dict[str, Any] = api.post("/api/v1/scada/devices", body).data
    return made


def browse(api: ApiClient, made: dict[str, Any], **asked: Any) -> Any:
    return api.post(f"/api/v1/scada/devices/{made['id']}/browse", asked)


def test_drivers_say_whether_they_browse_write_and_push(api: ApiClient) -> None:
    drivers = {driver["name"]: driver for driver in api.get("/api/v1/scada/drivers").data}
    memory, sending = drivers["memory"], drivers["sending"]
    assert (memory["browse"], memory["writes"], memory["pushes"]) == (None, False, False)
    assert (sending["writes"], sending["pushes"]) == (True, True)
    [count] = sending["browse"]
    assert (count["name"], count["default"], count["description"]) == (
        "count",
        3,
        "How many to tell of",
    )


def test_a_driver_that_cannot_browse_is_refused_with_a_remedy(api: ApiClient) -> None:
    refused = browse(api, make(api, "memory"))
    assert refused.status == 422
    [detail] = refused.error["details"]
    assert (detail["field"], detail["value"]) == ("driver", "memory")
    assert "/api/v1/scada/templates" in detail["remedy"]


def test_what_cannot_be_asked_is_said_before_anybody_is_asked(api: ApiClient) -> None:
    made = make(api, "sending")
    for asked, field in (
        ({"arguments": {"cuont": 3}}, "arguments.cuont"),
        ({"arguments": {"count": "many"}}, "arguments.count"),
        ({"scan_group_id": "6b8c1c0e-0000-4000-8000-000000000000"}, "scan_group_id"),
        ({"seconds": 500}, "seconds"),
        ({"prefix": "a\nb"}, "prefix"),
    ):
        refused = browse(api, made, **asked)
        assert (refused.status, refused.error["details"][0]["field"]) == (422, field)


def test_no_gateway_and_no_permission(api: ApiClient) -> None:
    made = make(api, "sending")
    silent = browse(api, made)
    assert (silent.status, silent.error["code"]) == (504, "gateway_silent")
    assert browse(api.as_role("operator"), made).status == 403


# --- the gateway's side -----------------------------------------------------------------------


def look(driver: type[SendingDriver], seconds: float = 5.0, **arguments: Any) -> dict[str, Any]:
    """What browsing a device of this driver answers."""
    field = SendingField()
    field.driver = type("FieldSender", (driver,), {"lines": field.lines, "sending": field.sending})
    found: list[dict[str, Any]] = []

    async def story(bench: Bench) -> None:
        asked = {"arguments": arguments, "seconds": seconds}
        found.append(await browse_device(bench.engine, "pump", asked, 5.0))

    play(story, device("pump", group(1)), field=field)
    return found[0]


def test_what_a_device_has_is_answered() -> None:
    answer = look(SendingDriver, count=2)
    assert (answer["ok"], answer["reason"], answer["complete"]) == (True, None, True)
    assert [found["name"] for found in answer["found"]] == ["r0", "r1"]
    assert answer["found"][1]["address"] == {"register": 1}


class Odd(SendingDriver):
    """Calls things as nothing should be called."""

    async def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[sdk.Found]]:
        yield [
            sdk.Found("a\0\udc00", "int16", {"path": ["b\0"], "n": math.inf}, value=math.nan),
            sdk.Found("folder", branch="folder"),
        ]


def test_what_the_database_cannot_hold_is_replaced() -> None:
    odd, folder = look(Odd)["found"]
    assert (odd["name"], odd["value"]) == ("a\ufffd?", None)
    assert odd["address"] == {"path": ["b\ufffd"], "n": None}
    assert (folder["address"], folder["branch"]) == (None, "folder")


class Endless(SendingDriver):
    """Has ever more; `ended`: how often it was told to stop."""

    ended = 0

    async def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[sdk.Found]]:
        try:
            while True:
                await asyncio.sleep(0.001)
                yield [sdk.Found("more")] * arguments["count"]
        finally:
            Endless.ended += 1


def test_what_does_not_end_is_stopped_and_said_to_be_incomplete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateway, "MOST_FOUND", 25)
    full = look(Endless, count=10)
    assert (full["ok"], full["complete"], len(full["found"])) == (True, False, 25)
    monkeypatch.setattr(gateway, "MOST_FOUND", 10**9)
    late = look(Endless, seconds=0.1, count=1)
    assert (late["ok"], late["complete"]) == (True, False)
    assert late["found"]
    assert Endless.ended == 2


class Stuck(SendingDriver):
    async def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[sdk.Found]]:
        yield [sdk.Found("first")]
        await self._silence()


def test_a_device_that_fails_meanwhile_is_said_with_what_was_found() -> None:
    answer = look(Stuck)
    assert (answer["ok"], answer["complete"]) == (False, False)
    assert "no answer within 0.2 s" in answer["reason"]
    assert [found["name"] for found in answer["found"]] == ["first"]


def test_a_device_that_is_down_says_why() -> None:
    field = SendingField()
    field.lines["pump"].mode = Mode.REFUSES
    asked = {"arguments": {}, "seconds": 5.0}
    found: list[dict[str, Any]] = []

    async def story(bench: Bench) -> None:
        found.append(await browse_device(bench.engine, "pump", asked, 5.0))

    play(story, device("pump", group(1)), field=field)
    assert (found[0]["ok"], found[0]["found"]) == (False, [])
    assert "connection refused" in found[0]["reason"]


# --- tags of it -------------------------------------------------------------------------------


def test_each_address_becomes_a_tag_of_a_name_and_unit_that_can_be() -> None:
    found: list[dict[str, Any]] = [
        {"name": "P", "datatype": "int16", "address": {"register": 1}, "unit": "bar"},
        {"name": "P", "datatype": "string", "address": {"register": 2}, "unit": "bar"},
        {"name": " a\tb ", "datatype": None, "address": {"register": 3}, "unit": "grumbits"},
        {"name": "x" * 300, "datatype": "int16", "address": {"register": 4}, "unit": None},
        {"name": "folder", "datatype": None, "address": None, "unit": None},
    ]
    tags = list(
        browsing._tags([each | {"description": "d"} for each in found], SendingDriver, "W1.")
    )
    assert [tag["name"] for tag in tags] == ["W1.P", "W1.P 2", "W1. a b", ("W1." + "x" * 300)[:200]]
    assert [tag["unit"] for tag in tags] == ["bar", None, None, None]
    assert [tag["datatype"] for tag in tags] == ["int16", "string", None, "int16"]
    assert tags[0]["address"] == {"register": 1}
