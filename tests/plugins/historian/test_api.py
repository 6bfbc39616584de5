"""The HTTP API: what it answers, what it refuses and how it says so."""

from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_historian import api as historian
from wellhead_historian.models import Tag
from wellhead_historian.store.choice import make_writer
from wellhead_historian.testing import BASE, FAR, batch_of, scan

pytestmark = pytest.mark.one_app

FIRST = "2025-06-15T15:06:40Z"  # BASE
LATER = "2025-06-15T15:06:41Z"


@pytest.fixture
def field(app: Flask, settings: sdk.Settings) -> list[int]:
    """Three tags with ten scans 100 ms apart from BASE on, and one without readings."""
    with app.app_context(), sdk.tenant("default"):
        asset = sdk.Asset(kind="field", name="North")
        sdk.db.session.add(asset)
        sdk.db.session.flush()
        made = [
            historian.create_tag(name=f"P-{n}", datatype="float32", unit="bar", asset_id=asset.id)
            for n in range(4)
        ]
        source = historian.create_source("group")
        assert historian.create_source("group") == source
        ids = [tag.id for tag in made]
        sdk.db.session.commit()
    tags = np.array(ids[:3], np.int32)
    with sdk.connect(settings, "default") as connection:
        store = make_writer(connection)
        batches = [scan(source, BASE + n * 100_000, tags, first=n * 10) for n in range(10)]
        late = batch_of(source, [(ids[2], BASE + 200_000, float("nan"), 24)])
        with connection.transaction():
            store.write([*batches, late], FAR)
    return ids


def test_tags_are_listed_filtered_and_sorted(api: ApiClient, field: list[int]) -> None:
    answer = api.get("/api/v1/tags", order="desc", per_page=2)
    assert [tag["name"] for tag in answer.data] == ["P-3", "P-2"]
    assert answer.meta == {"total": 4, "page": 1, "per_page": 2}
    (one,) = api.get("/api/v1/tags", name="P-1").data
    assert (one["id"], one["unit"], one["datatype"]) == (field[1], "bar", "float32")
    assert len(api.get("/api/v1/tags", asset_id=one["asset_id"]).data) == 4
    assert api.get("/api/v1/tags", colour="red").status == 422


def test_readings_as_columns(api: ApiClient, field: list[int]) -> None:
    answer = api.get(f"/api/v1/tags/{field[2]}/readings", **{"from": FIRST, "to": LATER})
    assert answer.data["t"] == [BASE + n * 100_000 for n in range(10)]
    assert answer.data["v"] == [2.0, 12.0, None, *(n * 10.0 + 2 for n in range(3, 10))]
    assert answer.data["q"] == [192, 192, 24, *[192] * 7]
    assert answer.meta == {
        "count": 10,
        "unit": "bar",
        "units": None,
        "source": "raw",
        "method": None,
        "truncated": False,
        "next": None,
    }


def test_a_cut_answer_says_where_to_go_on(api: ApiClient, field: list[int]) -> None:
    path = f"/api/v1/tags/{field[0]}/readings"
    start: str | None = FIRST
    times: list[int] = []
    while start:
        answer = api.get(path, **{"from": start, "limit": 4})
        times += answer.data["t"]
        assert answer.meta["truncated"] is (answer.meta["next"] is not None)
        start = answer.meta["next"]
    assert times == [BASE + n * 100_000 for n in range(10)]


def test_from_and_to_take_zones_and_fractions(api: ApiClient, field: list[int]) -> None:
    path = f"/api/v1/tags/{field[0]}/readings"
    span = {"from": "2025-06-15T17:06:40.1+02:00", "to": "2025-06-15T15:06:40.300000Z"}
    assert api.get(path, **span).data["t"] == [BASE + 100_000, BASE + 200_000]


@pytest.mark.parametrize(
    ("query", "field_at_fault", "value"),
    [
        ({"from": "yesterday"}, "from", "yesterday"),
        ({"from": "2025-02-30T00:00:00Z"}, "from", "2025-02-30T00:00:00Z"),
        ({"from": "2025-06-15T15:06:40"}, "from", "2025-06-15T15:06:40"),
        ({"from": FIRST, "to": "2025-06-15 15:06 Z"}, "to", "2025-06-15 15:06 Z"),
        ({"from": LATER, "to": FIRST}, "to", FIRST),
        ({"from": FIRST, "to": FIRST}, "to", FIRST),
        ({"from": FIRST, "limit": "100001"}, "limit", 100_001),
    ],
)
def test_queries_that_cannot_be_name_field_value_and_remedy(
    api: ApiClient, field: list[int], query: dict[str, str], field_at_fault: str, value: Any
) -> None:
    answer = api.get(f"/api/v1/tags/{field[0]}/readings", **query)
    assert (answer.status, answer.error["code"]) == (422, "validation_failed")
    (detail,) = answer.error["details"]
    assert (detail["field"], detail["value"]) == (field_at_fault, value)
    assert detail["remedy"]


@pytest.mark.parametrize("query", [{}, {"from": FIRST, "limit": "0"}, {"from": FIRST, "until": ""}])
def test_missing_and_unknown_parameters(api: ApiClient, field: list[int], query: Any) -> None:
    assert api.get(f"/api/v1/tags/{field[0]}/readings", **query).status == 422


def test_latest_of_one_and_of_many(api: ApiClient, field: list[int]) -> None:
    one = api.get(f"/api/v1/tags/{field[1]}/latest").data
    assert one == {
        "tag": field[1],
        "time": "2025-06-15T15:06:40.900000Z",
        "value": 91.0,
        "state": None,
        "quality": 192,
        "status": "good",
        "unit": "bar",
        "quantity": None,
    }
    never = api.get(f"/api/v1/tags/{field[3]}/latest").data
    assert (never["time"], never["value"], never["status"]) == (None, None, "no reading yet")
    many = api.get("/api/v1/tags/latest", ids=f"{field[3]}, {field[1]},{field[0]},{field[0]}")
    assert many.data == {
        "tag": field[:2],
        "t": [BASE + 900_000] * 2,
        "v": [90.0, 91.0],
        "q": [192, 192],
    }


@pytest.mark.parametrize("ids", ["", "1,x", "1,-2", "0", "4294967296", "1,,2"])
def test_ids_that_are_none(api: ApiClient, ids: str) -> None:
    answer = api.get("/api/v1/tags/latest", ids=ids)
    assert answer.status == 422
    assert answer.error["details"][0]["field"] == "ids"


def test_of_two_sources_at_one_time_the_last_that_arrived_is_the_latest(
    api: ApiClient, app: Flask, settings: sdk.Settings, field: list[int]
) -> None:
    with app.app_context(), sdk.tenant("default"):
        device, correction = map(historian.create_source, ("device", "correction"))
        sdk.db.session.commit()
    for n in range(6):
        time = BASE + (n + 1) * 1_000_000
        sources = (device, correction) if n % 2 else (correction, device)
        with sdk.connect(settings, "default") as connection:
            for value, source in enumerate(sources):
                batch = batch_of(source, [(tag, time, 5.0 + value, 192) for tag in field[:2]])
                with connection.transaction():
                    make_writer(connection).write([batch], FAR)
        latest = api.get("/api/v1/tags/latest", ids=f"{field[0]},{field[1]}").data
        assert (latest["t"], latest["v"]) == ([time] * 2, [6.0, 6.0])
        stored = api.get(f"/api/v1/tags/{field[0]}/readings", **{"from": FIRST}).data
        assert (stored["t"][-1], stored["v"][-1]) == (time, 6.0)


@pytest.mark.parametrize("path", ["", "/latest", "/readings?from=2025-06-15T15:06:40Z"])
def test_a_tag_that_is_not_there(api: ApiClient, path: str) -> None:
    assert api.get(f"/api/v1/tags/2000000000{path}").status == 404
    assert api.get(f"/api/v1/tags/99999999999999999999{path}").status == 404


def test_a_tag_is_described_but_its_unit_is_fixed_by_its_readings(
    api: ApiClient, field: list[int]
) -> None:
    path = f"/api/v1/tags/{field[0]}"
    changed = api.patch(path, {"description": "Tubing head pressure", "unit": "bar"})
    assert changed.data["description"] == "Tubing head pressure"
    refused = api.patch(path, {"unit": "psi"})
    assert (refused.status, refused.error["details"][0]["field"]) == (422, "unit")
    assert api.patch(f"/api/v1/tags/{field[3]}", {"unit": "psi"}).data["unit"] == "psi"
    assert api.patch(path, {"datatype": "int16"}).status == 422
    taken = api.patch(path, {"name": "P-1"})
    assert taken.status == 409
    assert taken.error["message"] == "There is one already: another has the name P-1"
    [detail] = taken.error["details"]
    assert (detail["message"], detail["value"]) == ("another has the name P-1", "P-1")
    assert api.patch(path, {"name": ""}).status == 422


def test_a_tag_without_a_device_is_created_filled_and_described(api: ApiClient) -> None:
    states = {"0": "Shut", "1": "Open"}
    path = "/api/v1/tags"
    made = api.post(path, {"name": "W-01.DIP", "unit": "m", "step": True, "description": "By hand"})
    assert made.status == 201, made.body
    assert (made.data["datatype"], made.data["unit"], made.data["step"]) == ("float64", "m", True)
    assert made.data["tag_class"] == "default"
    valve = api.post(path, {"name": "W-01.MV", "datatype": "int64", "states": states}).data
    body = {"tag": [made.data["id"], "W-01.MV"], "t": [FIRST, FIRST], "v": [1.5, "Open"]}
    assert api.request("POST", f"{path}/imports", query={"id": "dip"}, json=body).status == 200
    assert api.get(f"{path}/{made.data['id']}/latest").data["value"] == 1.5
    assert api.get(f"{path}/{valve['id']}/latest").data["state"] == "Open"
    again = api.patch(f"{path}/{valve['id']}", {**_written(valve), "description": "Master"})
    assert again.data["description"] == "Master"
    audited = api.get("/api/v1/audit", table="historian_tag").data
    assert [row["action"] for row in audited] == ["insert", "insert", "update"]


def _written(tag: dict[str, Any]) -> dict[str, Any]:
    """What was read of a tag, as it is sent back."""
    return {key: tag[key] for key in tag if key not in ("id", "created_at", "updated_at")}


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        ({}, 422, "name"),
        ({"name": " P"}, 422, "name"),
        ({"name": "P-1"}, 409, "name"),
        ({"name": "N", "datatype": "float33"}, 422, "datatype"),
        ({"name": "N", "unit": "barr"}, 422, "unit"),
        ({"name": "N", "unit": "bar", "datatype": "string"}, 422, "unit"),
        ({"name": "N", "tag_class": "custody"}, 422, "tag_class"),
        ({"name": "N", "asset_id": "00000000-0000-4000-8000-000000000000"}, 422, "asset_id"),
    ],
)
def test_a_tag_that_cannot_be_created_names_its_field(
    api: ApiClient, field: list[int], body: dict[str, Any], status: int, named: str
) -> None:
    answer = api.post("/api/v1/tags", body)
    assert (answer.status, answer.error["details"][0]["field"]) == (status, named)


def test_many_tags_are_created_at_once_and_by_those_who_may(
    api: ApiClient, field: list[int]
) -> None:
    text = "name,unit,datatype\nA,bar,\nP-1,bar,\nB,,string\n"
    sent = {"Content-Type": "text/csv"}
    refused = api.request("POST", "/api/v1/tags/bulk", headers=sent, text=text)
    assert refused.error["details"][0]["field"] == "items.1.name"
    text = text.replace("P-1", "P-9")
    assert api.request("POST", "/api/v1/tags/bulk", headers=sent, text=text).status == 200
    made = [api.get("/api/v1/tags", name=name).data[0] for name in ("A", "P-9", "B")]
    assert [tag["datatype"] for tag in made] == ["float64", "float64", "string"]
    asset = api.get(f"/api/v1/tags/{field[0]}").data["asset_id"]
    limited = api.limited(asset, role="engineer")
    assert limited.post("/api/v1/tags", {"name": "C"}).status == 422
    assert limited.post("/api/v1/tags", {"name": "C", "asset_id": asset}).status == 201


def test_roles(api: ApiClient, field: list[int]) -> None:
    path = f"/api/v1/tags/{field[0]}"
    for role, may_edit in (("viewer", 403), ("operator", 403), ("engineer", 200), ("manager", 200)):
        client = api.as_role(role)
        assert client.get(path).status == 200
        assert client.get(f"{path}/latest").status == 200
        assert client.patch(path, {"description": role}).status == may_edit
    assert api.anonymous().get(path).status == 401


def test_what_plugins_ask(app: Flask, field: list[int]) -> None:
    with app.app_context(), sdk.tenant("default"):
        found = historian.latest(np.array(field, np.int32))
        assert found.tags.tolist() == field[:3]
        readings = historian.history(field[0], BASE, BASE + 250_000)
        assert (len(readings.times), readings.next) == (3, None)
        tag = sdk.db.session.scalars(select(Tag).where(Tag.id == field[0])).one()
        answers = dict(sdk.ask("current_values", assets=[str(tag.asset_id)]))
        values = [v for v in answers["historian"] if v.tag in field]
        assert [v.name for v in values] == ["P-0", "P-1", "P-2", "P-3"]
        assert (values[0].value, values[0].quality, values[0].reason) == (90.0, 192, None)
        assert (values[3].value, values[3].reason) == (None, "no reading yet")
        snapshot = dict(sdk.ask("live_snapshot", tags=np.array(field, np.int32)))["historian"]
        assert snapshot is not None
        assert snapshot.tags.tolist() == field[:3]
        assert dict(sdk.ask("live_snapshot", tags=np.array([], np.int32)))["historian"] is None


@pytest.mark.parametrize("path", ["/latest?ids=1", "/{tag}/readings?from=" + FIRST])
def test_the_document_describes_all_of_the_answer(
    api: ApiClient, field: list[int], path: str
) -> None:
    document = api.get("/api/v1/openapi.json").body
    answer = api.get("/api/v1/tags" + path.format(tag=field[0]))
    route = "/api/v1/tags" + path.partition("?")[0].format(tag="{id}")
    response = document["paths"][route]["get"]["responses"]["200"]
    name = response["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    envelope = document["components"]["schemas"][name]["properties"]
    assert set(answer.body) == set(envelope)
    meta = envelope["meta"].get("$ref") or envelope["meta"]["allOf"][0]["$ref"]
    described = document["components"]["schemas"][meta.rpartition("/")[2]]["properties"]
    assert set(answer.meta) == set(described)
