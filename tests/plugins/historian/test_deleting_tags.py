"""A tag made by mistake can be deleted; one with readings, or that anything names, cannot."""

import datetime as dt
import threading
import uuid
from typing import Any

import psycopg
import pytest
from flask import Flask

from wellhead import sdk
from wellhead.testing import Answer, ApiClient, wait_until
from wellhead_historian import api as historian
from wellhead_historian.forwarding.session import store_readings
from wellhead_historian.testing import BASE, batch_of
from wellhead_scada.commands.models import Command
from wellhead_uplink.models import Edge, EdgeTag

pytestmark = pytest.mark.one_app

TAGS = "/api/v1/tags"


def make(api: ApiClient, name: str = "MISTAKE", **fields: Any) -> int:
    return int(api.post(TAGS, {"name": name, "unit": "bar", **fields}).data["id"])


def holders(answer: Answer) -> list[str]:
    assert (answer.status, answer.error["code"]) == (409, "tag_in_use"), answer.body
    details = answer.error["details"]
    assert all(detail["field"] == "id" and detail["remedy"] for detail in details)
    messages = [detail["message"] for detail in details]
    assert answer.error["message"].endswith(" stays: " + "; ".join(messages))
    return messages


def test_a_tag_made_by_mistake_is_deleted_and_its_name_is_free_again(api: ApiClient) -> None:
    tag = make(api)
    path = f"{TAGS}/{tag}"
    stale = api.get(path).headers["ETag"]
    api.patch(path, {"description": "Somebody thought of it after all"})
    refused = api.request("DELETE", path, headers={"If-Match": stale})
    assert refused.status == 412
    assert api.delete(path).status == 200
    assert api.get(path).status == 404
    assert api.delete(path).status == 404
    [audited] = api.get("/api/v1/audit", table="historian_tag", action="delete").data
    assert audited["record_id"] == str(tag)
    assert make(api) > tag, "a number is never used again"


def test_a_tag_with_readings_stays_also_when_they_are_past(
    api: ApiClient, app: Flask, connection: psycopg.Connection[Any]
) -> None:
    tag = make(api)
    with app.app_context(), sdk.tenant("default"):
        store_readings([batch_of(historian.create_source("device"), [(tag, BASE, 1.0, 192)])])
        sdk.db.session.commit()
    for _ in range(2):
        refused = api.delete(f"{TAGS}/{tag}")
        assert holders(refused) == ["it has or had readings"]
        assert refused.error["message"] == "The tag MISTAKE stays: it has or had readings"
        with connection.transaction():  # as retention leaves it
            connection.execute("DELETE FROM historian_hot")
    assert api.get(f"{TAGS}/{tag}").status == 200


def test_what_names_a_tag_is_named_and_stays(api: ApiClient) -> None:
    """Also a field tag, which the database alone would delete with it."""
    modbus = {"name": "PLC", "driver": "modbus", "options": {"host": "127.0.0.1", "port": 1502}}
    device = api.post("/api/v1/scada/devices", modbus).data["id"]
    group = {"device_id": device, "name": "1 s", "period_ms": 1000}
    field_tag = {
        "device_id": device,
        "scan_group_id": api.post("/api/v1/scada/scan-groups", group).data["id"],
        "name": "W-01.PT",
        "unit": "bar",
        "datatype": "int16",
        "address": {"table": "holding", "address": 0},
    }
    tag = api.post("/api/v1/scada/tags", field_tag).data["id"]
    calculation = {"name": "TWICE", "unit": "bar", "expression": "{W-01.PT} + {W-01.PT}"}
    calculated = api.post(f"{TAGS}/calculations", calculation).data["tag_id"]
    refused = api.delete(f"{TAGS}/{tag}")
    assert holders(refused) == [
        "input of calculation 'TWICE' refers to it",
        "field tag 'W-01.PT' of device 'PLC' refers to it",
    ]
    assert [detail["remedy"] for detail in refused.error["details"]] == [
        "Delete that first, or have it name another; GET /api/v1/tags/calculations lists "
        "calculations",
        "Delete that first, or have it name another; GET /api/v1/scada/tags lists field tags",
    ]
    assert holders(api.delete(f"{TAGS}/{calculated}")) == ["calculation 'TWICE' refers to it"]
    for number in range(4):
        other = calculation | {"name": f"SUM {number}"}
        assert api.post(f"{TAGS}/calculations", other).status == 201
    assert holders(api.delete(f"{TAGS}/{tag}"))[0] == (
        "5 inputs (of calculation 'SUM 0', of calculation 'SUM 1', of calculation 'SUM 2', …) "
        "refer to it"
    )
    for row in api.get(f"{TAGS}/calculations").data:
        if row["name"] != "TWICE":
            assert api.delete(f"{TAGS}/calculations/{row['tag_id']}").status == 200
    assert api.get(f"/api/v1/scada/tags/{tag}").status == 200
    for path in (f"{TAGS}/calculations/{calculated}", f"/api/v1/scada/tags/{tag}"):
        assert api.delete(path).status == 200
    for one in (calculated, tag):
        assert api.delete(f"{TAGS}/{one}").status == 200


def test_what_nobody_deletes_is_no_way_out(api: ApiClient, app: Flask) -> None:
    """Commands are kept, and a mapping of an edge's tag until the edge is forgotten: who is told to
    delete those would look for a request that is not there."""
    tag = make(api)
    asset = uuid.UUID(api.post("/api/v1/assets", {"kind": "pad", "name": "Pad 3"}).data["id"])
    now = dt.datetime.now(dt.UTC)
    with app.app_context(), sdk.tenant("default"):
        command = Command(
            tag_id=tag, value=1.0, state="failed", why="", key="1", request="",
            requested_by=uuid.uuid4(), requested_by_email="a@example.com", expires_at=now,
            ended_at=now, steps=[],
        )  # fmt: skip
        edge = Edge(name="pad3", asset_id=asset, stream=uuid.uuid4())
        sdk.db.session.add_all([command, edge])
        sdk.db.session.flush()
        sdk.db.session.add(
            EdgeTag(
                edge_id=edge.id, stream=edge.stream, edge_tag=1, tag_id=tag, name="P",
                datatype="float64",
            )
        )  # fmt: skip
        sdk.db.session.commit()
    refused = api.delete(f"{TAGS}/{tag}")
    assert holders(refused) == ["command refers to it", "edge tag of edge 'pad3' refers to it"]
    assert [detail["remedy"] for detail in refused.error["details"]] == [
        "Stop what brings its readings, a field tag say, and keep it as what it was: commands are "
        "kept for good; GET /api/v1/scada/commands lists commands",
        "Have `wellhead uplink forget EDGE` run for the edge, if it sends no more, first; "
        "GET /api/v1/uplink/edges lists edges",
    ]


def test_a_reading_that_comes_at_the_same_moment_is_waited_for(
    api: ApiClient, connection: psycopg.Connection[Any]
) -> None:
    tag = make(api)
    answers: list[Answer] = []
    waiting = (
        "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE NOT granted AND datname = current_database()"
    )
    with connection.transaction():
        source = connection.execute(
            "INSERT INTO historian_source (name) VALUES ('device') RETURNING id"
        ).fetchone()
        assert source is not None
        connection.execute("INSERT INTO historian_tag_source VALUES (%s, %s)", (tag, source[0]))
        deleting = threading.Thread(
            target=lambda: answers.append(api.delete(f"{TAGS}/{tag}")), daemon=True
        )
        deleting.start()
        wait_until(lambda: bool(connection.execute(waiting).fetchall()), 20)
    deleting.join(20)
    assert holders(answers[0]) == ["it has or had readings"]


def test_only_who_describes_tags_deletes_them_and_only_those_that_they_see(api: ApiClient) -> None:
    north, south = (
        api.post("/api/v1/assets", {"kind": "field", "name": name}).data["id"]
        for name in ("North", "South")
    )
    tags = [make(api, name, asset_id=asset) for name, asset in (("N", north), ("S", south))]
    assert api.as_role("operator").delete(f"{TAGS}/{tags[0]}").status == 403
    engineer = api.limited(north, role="engineer")
    assert [engineer.delete(f"{TAGS}/{tag}").status for tag in tags] == [200, 404]


def test_who_may_not_see_what_names_a_tag_is_told_only_that_there_is_something(
    api: ApiClient,
) -> None:
    asset = api.post("/api/v1/assets", {"kind": "field", "name": "North"}).data["id"]
    tag = make(api, asset_id=asset)
    secret = {"name": "SECRET", "unit": "bar", "expression": "{MISTAKE} * 2"}
    assert api.post(f"{TAGS}/calculations", secret).status == 201
    limited = api.limited(asset, role="engineer").delete(f"{TAGS}/{tag}")
    role = {"name": "describer", "permissions": ["historian.read", "historian.edit"]}
    assert api.post("/api/v1/roles", role).status == 201
    [viewer] = api.get("/api/v1/users", email="viewer@example.com").data
    path = f"/api/v1/users/{viewer['id']}"
    assert api.patch(path, {"roles": ["describer"]}).status == 200
    unknowing = api.as_role("viewer").delete(f"{TAGS}/{tag}")
    for refused in (limited, unknowing):
        assert holders(refused) == ["input refers to it"]
        assert "SECRET" not in str(refused.body)


def test_what_a_plugin_that_is_off_has_of_a_tag_counts_too(
    api: ApiClient, database_admin_url: str
) -> None:
    tag = make(api)
    with psycopg.connect(database_admin_url, autocommit=True) as connection:
        connection.execute("SET search_path = tenant_default")
        connection.execute("CREATE TABLE uplink_gone (tag_id int REFERENCES historian_tag)")
        connection.execute("GRANT SELECT ON uplink_gone TO PUBLIC")
        connection.execute("INSERT INTO uplink_gone VALUES (%s)", (tag,))
        try:
            refused = api.delete(f"{TAGS}/{tag}")
            assert holders(refused) == ["1 record of the plugin uplink, which is off, refers to it"]
            assert "`wellhead plugin purge uplink`" in refused.error["details"][0]["remedy"]
        finally:
            connection.execute("DROP TABLE uplink_gone")
    assert api.delete(f"{TAGS}/{tag}").status == 200
