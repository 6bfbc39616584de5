"""/api/v1/scada: what is stored, what is refused and with which remedy."""

import re
import uuid
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg.types.json import Jsonb

from wellhead import sdk
from wellhead.auth.identity import acting_as
from wellhead.testing import ApiClient
from wellhead_scada.gateway.database import Database
from wellhead_scada.live import tags_of_devices

pytestmark = pytest.mark.one_app

DEVICES = "/api/v1/scada/devices"
GROUPS = "/api/v1/scada/scan-groups"
TAGS = "/api/v1/scada/tags"
PLC: dict[str, Any] = {
    "name": "PLC-1",
    "driver": "modbus",
    "options": {"host": "127.0.0.1", "port": 1502, "unit": 1},
}
TEMPERATURE: dict[str, Any] = {
    "name": "W-01.TT-101",
    "unit": "degC",
    "datatype": "int16",
    "address": {"table": "holding", "address": 0},
    "scale": 0.1,
    "offset": -40,
    "description": "Wellhead temperature",
}


class Field:
    """A device with a scan group, through the API."""

    def __init__(self, api: ApiClient) -> None:
        self.api = api
        self.device = api.post(DEVICES, PLC).data
        self.group = api.post(
            GROUPS, {"device_id": self.device["id"], "name": "1 s", "period_ms": 1000}
        ).data

    def tag(self, **changed: Any) -> Any:
        body = {
            **TEMPERATURE,
            "device_id": self.device["id"],
            "scan_group_id": self.group["id"],
            **changed,
        }
        return self.api.post(TAGS, {key: value for key, value in body.items() if value is not None})


@pytest.fixture
def field(api: ApiClient) -> Field:
    return Field(api)


def detail(answer: Any) -> dict[str, Any]:
    assert answer.status == 422, answer.body
    found: dict[str, Any] = answer.error["details"][0]
    return found


def test_a_device_is_created_read_changed_and_deleted(api: ApiClient) -> None:
    created = api.post(DEVICES, PLC)
    assert created.status == 201
    device = created.data
    assert (device["gateway"], device["enabled"], device["timeout_s"]) == ("main", True, 2.0)
    assert device["state"]["status"] == "unknown"
    assert "has never been heard: start it with `wellhead gateway" in device["state"]["reason"]
    path = f"{DEVICES}/{device['id']}"
    assert api.patch(path, {"enabled": False}).data["state"]["status"] == "disabled"
    assert api.get(path).data["state"]["reason"] == "switched off in its configuration"
    listed = api.get(DEVICES, name="PLC-1")
    assert (listed.meta["total"], listed.data[0]["id"]) == (1, device["id"])
    assert api.delete(path).status == 200
    assert api.get(path).status == 404


def test_one_call_creates_the_historians_tag_and_how_it_is_read(field: Field) -> None:
    answer = field.tag()
    assert answer.status == 201
    tag = answer.data
    assert tag["name"] == "W-01.TT-101"
    assert (tag["unit"], tag["scale"], tag["offset"]) == ("degC", 0.1, -40)
    known = field.api.get(f"/api/v1/tags/{tag['id']}").data
    assert (known["name"], known["unit"], known["datatype"]) == ("W-01.TT-101", "degC", "int16")
    assert field.api.get(TAGS, device_id=field.device["id"]).meta["total"] == 1
    assert field.api.get(TAGS, name="W-01.TT-101", sort="name").data[0]["id"] == tag["id"]
    changed = field.api.patch(f"{TAGS}/{tag['id']}", {"datatype": "uint16", "scale": 1})
    assert (changed.data["datatype"], changed.data["scale"]) == ("uint16", 1)
    assert field.api.get(f"/api/v1/tags/{tag['id']}").data["datatype"] == "uint16"


def test_a_tag_that_is_refused_leaves_nothing_behind(field: Field) -> None:
    assert field.tag(scan_group_id=str(uuid.uuid4())).status == 422
    assert field.tag(asset_id=str(uuid.uuid4())).status == 422
    assert field.api.get("/api/v1/tags").meta["total"] == 0
    assert field.tag().status == 201
    assert field.tag().status == 409, "the name is taken"


def test_deleting_a_device_keeps_tags_and_a_new_one_goes_on_with_them(field: Field) -> None:
    tag = field.tag().data
    refused = field.api.delete(f"{GROUPS}/{field.group['id']}")
    assert refused.status == 409, "it has a tag"
    assert refused.error["message"] == (
        f"Other records refer to it: field tag '{tag['name']}' of device '{field.device['name']}'"
    )
    assert field.api.delete(f"{DEVICES}/{field.device['id']}").status == 200
    assert field.api.get(f"{TAGS}/{tag['id']}").status == 404
    assert field.api.get(f"/api/v1/tags/{tag['id']}").status == 200
    again = Field(field.api)
    described = {"name": None, "unit": None, "description": None}
    answer = again.tag(tag_id=tag["id"], **described)
    assert answer.status == 201
    assert (answer.data["id"], answer.data["name"]) == (tag["id"], "W-01.TT-101")
    taken = detail(again.tag(tag_id=tag["id"], **described))
    assert taken["field"] == "tag_id"
    assert field.api.delete(f"{TAGS}/{tag['id']}").status == 200
    assert again.api.delete(f"{GROUPS}/{again.group['id']}").status == 200


IMPOSSIBLE_DEVICES: list[tuple[dict[str, Any], str, Any, str]] = [
    ({"driver": "modbsu"}, "driver", "modbsu", 'Did you mean "modbus"?'),
    ({"options": {"hots": "10.0.0.1"}}, "options.hots", "10.0.0.1", 'Did you mean "host"?'),
    ({"options": {}}, "options.host", None, "IP address or name of the device"),
    ({"options": {"host": "a", "port": 99999}}, "options.port", 99999, "TCP port"),
    ({"timeout_s": 0}, "timeout_s", 0, "60"),
    ({"gateway": "No One"}, "gateway", "No One", "a-z"),
    ({"name": ""}, "name", "", "Length"),
]
IMPOSSIBLE_TAGS: list[tuple[dict[str, Any], str | None, Any, str]] = [
    ({"address": {"table": "holdng", "address": 0}}, "address.table", "holdng", "holding"),
    ({"address": {"table": "holding"}}, "address.address", None, "address base"),
    ({"address": {"tabel": "holding", "address": 0}}, "address.tabel", "holding", '"table"'),
    ({"datatype": "flaot32"}, "datatype", "flaot32", 'Did you mean "float32"?'),
    ({"datatype": "float32", "address": {"table": "coil", "address": 1}}, None, None, ""),
    ({"scale": 0}, "scale", 0, "other than 0"),
    ({"name": None}, "name", None, "tag_id"),
    ({"tag_id": 77, "name": None, "unit": None, "description": None}, "tag_id", 77, "no such"),
]


def test_what_cannot_be_is_refused_with_field_value_and_remedy(field: Field) -> None:
    for change, name, value, says in IMPOSSIBLE_DEVICES:
        found = detail(field.api.post(DEVICES, {**PLC, "name": "other", **change}))
        assert found["field"] == name
        assert found.get("value") == value
        assert says in found["message"] + found.get("remedy", "")
    for change, tag_field, value, says in IMPOSSIBLE_TAGS:
        found = detail(field.tag(**change))
        if tag_field is not None:
            assert found["field"] == tag_field
            assert found.get("value") == value
        assert found.get("remedy") or "Must" in found["message"]
        assert says in found["message"] + found.get("remedy", "")
    assert field.api.get(DEVICES).meta["total"] == 1
    assert field.api.get("/api/v1/tags").meta["total"] == 0


def test_what_belongs_to_the_historian_is_changed_there(field: Field) -> None:
    tag = field.tag().data
    found = detail(field.api.patch(f"{TAGS}/{tag['id']}", {"unit": "degF"}))
    assert found["field"] == "unit"
    assert f"PATCH /api/v1/tags/{tag['id']}" in found["remedy"]
    other = field.api.post(DEVICES, {**PLC, "name": "PLC-2"}).data
    for path in (f"{TAGS}/{tag['id']}", f"{GROUPS}/{field.group['id']}"):
        assert detail(field.api.patch(path, {"device_id": other["id"]}))["field"] == "device_id"
        assert field.api.patch(path, {"device_id": field.device["id"]}).status == 200


def test_scan_groups_have_a_least_period(field: Field) -> None:
    group = {"device_id": field.device["id"], "name": "fast", "period_ms": 99}
    assert detail(field.api.post(GROUPS, group))["field"] == "period_ms"
    assert field.api.post(GROUPS, {**group, "period_ms": 100}).status == 201
    assert field.api.post(GROUPS, {**group, "period_ms": 100}).status == 409
    missing = field.api.post(GROUPS, {**group, "device_id": str(uuid.uuid4()), "period_ms": 100})
    assert "GET /api/v1/scada/devices" in detail(missing)["remedy"]


def test_drivers_say_what_they_take(api: ApiClient) -> None:
    drivers = {driver["name"]: driver for driver in api.get("/api/v1/scada/drivers").data}
    modbus = drivers["modbus"]
    assert modbus["error"] is None
    assert "float32" in modbus["datatypes"]
    host = next(option for option in modbus["options"] if option["name"] == "host")
    assert host["description"]
    table = next(key for key in modbus["address"] if key["name"] == "table")
    assert "holding" in table["choices"]


def test_who_may_do_what(field: Field) -> None:
    tag = field.tag().data
    test = f"{DEVICES}/{field.device['id']}/test"
    for role, may_edit, may_test in (
        ("manager", False, True),
        ("engineer", True, True),
        ("operator", False, True),
        ("viewer", False, False),
    ):
        client = field.api.as_role(role)
        assert client.get(DEVICES).status == 200
        edited = client.patch(f"{TAGS}/{tag['id']}", {"scale": 2})
        assert edited.status == (200 if may_edit else 403)
        assert client.post(test).status == (504 if may_test else 403)
    assert field.api.anonymous().get(DEVICES).status == 401


def test_a_test_read_says_when_no_gateway_is_heard(field: Field, database_admin_url: str) -> None:
    path = f"{DEVICES}/{field.device['id']}"
    answer = field.api.post(f"{path}/test")
    assert answer.status == 504
    assert answer.error["code"] == "gateway_silent"
    assert "wellhead gateway --name main" in answer.error["message"]
    with psycopg.connect(database_admin_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO tenant_default.scada_gateway "
            "VALUES ('main', now(), now() - interval '42 s', '{}')"
        )
    reason = field.api.get(path).data["state"]["reason"]
    assert re.fullmatch(r"gateway 'main' not heard for (4[2-9]|5\d) s", reason), reason
    message = field.api.post(f"{path}/test").error["message"]
    assert re.search(r"not heard for (4[2-9]|5\d) s", message), message


def test_every_change_tells_the_gateways(field: Field, database_admin_url: str) -> None:
    heard: list[str] = []
    with psycopg.connect(database_admin_url, autocommit=True) as connection:
        connection.execute("LISTEN wellhead_events")
        tag = field.tag().data
        field.api.patch(f"{TAGS}/{tag['id']}", {"scale": 2})
        field.api.delete(f"{TAGS}/{tag['id']}")
        field.api.patch(f"{GROUPS}/{field.group['id']}", {"period_ms": 500})
        field.api.delete(f"{GROUPS}/{field.group['id']}")
        field.api.patch(f"{DEVICES}/{field.device['id']}", {"gateway": "rig7"})
        field.api.delete(f"{DEVICES}/{field.device['id']}")
        for notification in connection.notifies(timeout=10, stop_after=8):
            heard.append(notification.payload)
    assert len(heard) == 8, heard
    assert all('"scada.changed"' in payload for payload in heard)
    assert sum("rig7" in payload for payload in heard) == 2


def test_a_changed_driver_must_read_the_tags_there_are(field: Field) -> None:
    field.tag()
    found = detail(field.api.patch(f"{DEVICES}/{field.device['id']}", {"options": {"port": 1}}))
    assert found["field"] == "options.host"
    again = field.api.patch(f"{DEVICES}/{field.device['id']}", {"driver": "modbus"})
    assert again.status == 200


def test_the_health_page_names_the_gateways_and_live_clients_may_name_devices(
    field: Field, app: Flask
) -> None:
    parts = {part["part"]: part for part in field.api.get("/api/v1/health").data}
    assert parts["scada: gateway main"]["detail"] == "never heard"
    assert not parts["scada: gateway main"]["ok"]
    tag = field.tag().data
    with app.app_context(), sdk.tenant("default"):
        assert tags_of_devices([field.device["id"]]).tolist() == [tag["id"]]
        assert tags_of_devices([str(uuid.uuid4())]).tolist() == []
        with pytest.raises(ValueError, match="not a device id: 7"):
            tags_of_devices([7])


def test_r4_the_health_page_says_that_a_spool_loses_readings_or_that_they_wait(
    field: Field, database_admin_url: str
) -> None:
    def spools(shortage: str | None, error: str | None = None) -> list[tuple[bool, str]]:
        with psycopg.connect(database_admin_url) as connection:
            connection.execute(
                "INSERT INTO tenant_default.scada_gateway (name, started_at, heard_at, detail) "
                "VALUES ('main', now(), clock_timestamp(), %s) ON CONFLICT (name) DO UPDATE "
                "SET heard_at = excluded.heard_at, detail = excluded.detail",
                (Jsonb({"spool_shortage": shortage, "not_stored": error}),),
            )
        parts = field.api.get("/api/v1/health").data
        name = "scada: spool of gateway main"
        return [(part["ok"], part["detail"]) for part in parts if part["part"] == name]

    assert spools("the spool is full") == [(False, "readings are lost: the spool is full")]
    assert spools(None, "made anew") == [(False, "readings wait: made anew")]
    assert spools(None) == []


def test_the_live_topic_devices_is_cut_to_the_assets_of_the_user(
    app: Flask, api: ApiClient, field: Field
) -> None:
    pads = [
        api.post("/api/v1/assets", {"kind": "pad", "name": name}).data["id"] for name in ("1", "2")
    ]
    mine, _ = (field.tag(name=pad, asset_id=pad).data["id"] for pad in pads)
    viewer = uuid.UUID(int=0)
    limited = sdk.Identity(
        viewer, "", "default", (), frozenset(), viewer, assets=(uuid.UUID(pads[0]),)
    )
    with app.app_context(), sdk.tenant("default"), acting_as(limited):
        assert tags_of_devices([field.device["id"]]).tolist() == [mine]


def test_how_a_device_is_doing_makes_no_edit_collide(
    field: Field, api: ApiClient, database_admin_url: str
) -> None:
    path = f"{DEVICES}/{field.device['id']}"
    tag = api.get(path).headers["ETag"]
    with psycopg.connect(database_admin_url) as connection:
        connection.execute(
            "INSERT INTO tenant_default.scada_gateway (name, started_at, heard_at, detail)"
            " VALUES ('main', now(), now(), '{}')"
        )
    seen = api.request("GET", path, headers={"If-None-Match": tag})
    assert seen.status == 200, "the state is another"
    assert seen.headers["ETag"] != tag
    first = api.request("PATCH", path, {"description": "A"}, headers={"If-Match": tag})
    assert first.status == 200
    late = api.request("PATCH", path, {"description": "B"}, headers={"If-Match": tag})
    assert late.status == 412


def test_a_field_tags_etag_covers_the_historians_tag(field: Field, api: ApiClient) -> None:
    tag = field.tag().data
    path = f"{TAGS}/{tag['id']}"
    changed = api.patch(path, {"scale": 2})
    assert changed.headers["ETag"] == api.get(path).headers["ETag"]
    api.patch(f"/api/v1/tags/{tag['id']}", {"unit": "degF"})
    late = {"If-Match": changed.headers["ETag"]}
    assert api.request("PATCH", path, {"scale": 3}, headers=late).status == 412


def sent_back(api: ApiClient, path: str, old: str, new: str) -> Any:
    """The list as CSV, with another name in it, sent as it is to be created."""
    text = api.get(path, format="csv").text.replace(old, new)
    headers = {"Content-Type": "text/csv"}
    return api.request("POST", f"{path}/bulk", headers=headers, text=text).data


def test_devices_and_tags_are_exported_edited_and_sent_back(field: Field, api: ApiClient) -> None:
    field.tag(exception={"deadband": 0.5})
    for path, old, new in ((DEVICES, PLC["name"], "PLC-2"), (TAGS, TEMPERATURE["name"], "TT-2")):
        [row] = sent_back(api, path, old, new)["rows"]
        [first, second] = api.get(path, sort="created_at").data
        assert (second["name"], str(second["id"])) == (new, row["id"])
        own = {"id", "name", "created_at", "updated_at", "state"}
        assert {key: second[key] for key in second.keys() - own} == {
            key: first[key] for key in first.keys() - own
        }


def test_many_tags_wake_a_gateway_once(
    field: Field, api: ApiClient, database_admin_url: str
) -> None:
    place = {"device_id": field.device["id"], "scan_group_id": field.group["id"]}
    items = [TEMPERATURE | place | {"name": f"T{number}"} for number in range(50)]
    with psycopg.connect(database_admin_url, autocommit=True) as listener:
        listener.execute("LISTEN wellhead_events")
        assert api.post(f"{TAGS}/bulk", {"items": items}).data["created"] == 50
        first = list(listener.notifies(timeout=10, stop_after=1))
        heard = [*first, *listener.notifies(timeout=1)]
    assert len([event for event in heard if "scada.changed" in event.payload]) == 1


@pytest.mark.parametrize(
    "held",
    [{"step": True}, {"states": {"0": "Shut", "1": "Open"}, "unit": None}],
    ids=["step", "states"],
)
def test_a_swinging_door_is_for_values_that_go_in_lines(field: Field, held: dict[str, Any]) -> None:
    door = {"exception": {"swinging_door": 0.5}}
    refused = detail(field.tag(**held, **door))
    assert (refused["field"], refused["value"]) == ("exception.swinging_door", 0.5)
    assert 'Use {"deadband": 0.5}' in refused["remedy"]
    made = field.tag(**held, exception={"deadband": 0.5})
    path = f"{TAGS}/{made.data['id']}"
    assert detail(field.api.patch(path, door))["field"] == "exception.swinging_door"
    records = field.api.get("/api/v1/scada/config").data["records"]
    records["scada.tags"][0] |= door
    answer = field.api.post("/api/v1/scada/config", {"records": records})
    assert "swinging_door" in str(answer.error["details"]), answer.body
    assert field.api.get(path).data["exception"] == {"deadband": 0.5}
    field.api.patch(f"/api/v1/tags/{made.data['id']}", {"step": False})
    assert field.api.patch(path, door).status == 200


def test_a_tag_with_a_swinging_door_does_not_become_a_switch(field: Field) -> None:
    made = field.tag(exception={"swinging_door": 0.5}, unit=None, scale=None, offset=None)
    path = f"{TAGS}/{made.data['id']}"
    coil = {"datatype": "bool", "address": {"table": "coil", "address": 1}}
    assert detail(field.api.patch(path, coil))["field"] == "exception.swinging_door"
    assert field.api.get(path).data["datatype"] == "int16"
    assert field.api.patch(path, coil | {"exception": None}).status == 200


@pytest.mark.parametrize(
    ("before", "change", "named"),
    [
        ({}, {"step": True}, ("step", True)),
        ({}, {"states": {"0": "Shut"}}, ("states", "{'0': 'Shut'}")),
        ({}, {"step": True, "states": {"0": "Shut"}}, ("step", True)),
        ({"step": False, "states": {"0": "Shut"}}, {"step": None}, ("step", None)),
    ],
    ids=["step", "states", "both", "step-as-the-states-suggest"],
)
def test_a_tag_with_a_swinging_door_does_not_become_one_that_holds(
    field: Field, before: dict[str, Any], change: dict[str, Any], named: tuple[str, Any]
) -> None:
    """The other direction: the historian's fields are changed while the door is there."""
    made = field.tag(exception={"swinging_door": 0.5}, unit=None, **before).data
    path, field_path = f"/api/v1/tags/{made['id']}", f"{TAGS}/{made['id']}"
    refused = detail(field.api.patch(path, change))
    assert (refused["field"], refused.get("value")) == named
    assert "exception.swinging_door of 0.5" in refused["message"]
    assert f'{{"exception": {{"deadband": 0.5}}}} by PATCH to {field_path}' in refused["remedy"]
    assert {key: field.api.get(path).data[key] for key in before} == before
    for harmless in ({"description": "Casing"}, {"step": False}, {"states": None}):
        assert field.api.patch(path, harmless).status == 200
    assert field.api.patch(field_path, {"exception": {"deadband": 0.5}}).status == 200
    assert field.api.patch(path, change).status == 200


def test_a_tag_may_report_by_exception_and_its_gateway_is_told(
    field: Field, settings: sdk.Settings
) -> None:
    rule = {"deadband": 0.5, "max_interval_s": 300}
    made = field.tag(exception=rule)
    assert made.data["exception"] == rule
    path = f"{TAGS}/{made.data['id']}"
    database = Database(settings, "default", "main")

    def told() -> Any:
        return database.load().devices[0].groups[0].tags[0].exception

    assert told() == rule
    for wrong in ({"max_interval_s": 5}, rule | {"swinging_door": 1}, {"deadband": -1}, {"x": 1}):
        assert detail(field.api.patch(path, {"exception": wrong}))["field"].startswith("exception")
    below = detail(field.api.patch(path, {"exception": {"deadband": -1}}))
    assert (below["field"], below["value"]) == ("exception.deadband.value", -1)
    records = field.api.get("/api/v1/scada/config").data["records"]
    [tag] = records["scada.tags"]
    assert tag["exception"] == rule
    tag["exception"] = {"swinging_door": 0.2}
    assert field.api.post("/api/v1/scada/config", {"records": records}).status == 200
    assert told() == {"swinging_door": 0.2}
    assert field.api.patch(path, {"exception": None}).data["exception"] is None
    assert told() is None
