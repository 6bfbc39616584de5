"""What the routes of readings answer to each question, and what they refuse."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from wellhead.testing import ApiClient
from wellhead_historian.http import export

from .conftest import END, FIRST, SECOND, START, Station

pytestmark = pytest.mark.one_app

HOUR = {"from": FIRST, "to": END}
QUERY = "/api/v1/tags/readings/query"
Path = Callable[[str], str]


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_picture_keeps_the_peak_and_the_gap(api: ApiClient, path: Path) -> None:
    answer = api.get(path("pressure"), **HOUR, points=50)
    values = answer.data["v"]
    assert answer.meta["source"] == "minute"  # 60 buckets are enough for 50 points
    assert (answer.meta["method"], answer.meta["truncated"]) == ("minmax", False)
    known = [value for value in values if value is not None]
    assert len(known) <= 50
    assert (max(known), min(known)) == (9999.0, 0.0)
    gap = values.index(None)
    assert abs(answer.data["t"][gap] - (START + 1800 * SECOND)) <= 60 * SECOND
    raw = api.get(path("pressure"), **HOUR, points=500, method="lttb")
    assert (raw.meta["source"], raw.meta["method"]) == ("raw", "lttb")
    assert 9999.0 in raw.data["v"]
    assert None in raw.data["v"]
    for quality, counted in (("good", 3540), ("usable", 3540), ("all", 3600)):
        assert api.get(path("pressure"), **HOUR, quality=quality).meta["count"] == counted
    asked = {**HOUR, "interval": "1h", "agg": "max,range,integral", "units": "oilfield"}
    answer = api.get(path("pressure"), **asked)
    assert answer.data["max"] == [pytest.approx(9999 * 14.5037738)]
    assert answer.data["range"] == [pytest.approx(9999 * 14.5037738)]
    assert answer.meta["units"] == {"max": "psi", "range": "psi", "integral": "psi·s"}
    body = {"tags": ["pressure"], "at": [FIRST, "2025-06-15T15:00:01Z"], "units": "oilfield"}
    [series] = api.post(QUERY, body).data["series"]
    assert (series["unit"], series["v"][1]) == ("psi", pytest.approx(14.5037738))


def test_aggregates_of_intervals(api: ApiClient, path: Path) -> None:
    names = "count,good,min,max,mean,first,last,range,sum,good_share,time_weighted_mean,integral"
    answer = api.get(path("pressure"), **HOUR, interval="15m", agg=names)
    data = answer.data
    assert data["t"] == [START + n * 900 * SECOND for n in range(4)]
    assert data["count"] == [900] * 4
    assert data["good"] == [900, 900, 840, 900]
    assert data["min"] == [0, 900, 1860, 2700]
    assert data["max"] == [899, 1799, 2699, 9999]
    assert (data["first"], data["last"]) == ([0, 900, 1860, 2700], [899, 1799, 2699, 3599])
    assert data["good_share"] == [1, 1, pytest.approx(840 / 900), 1]
    assert data["time_weighted_mean"][0] == pytest.approx(450.0)
    assert data["integral"][0] == pytest.approx(450.0 * 900)
    assert answer.meta["units"]["integral"] == "bar·s"
    assert (answer.meta["units"]["mean"], answer.meta["units"]["count"]) == ("bar", None)
    assert (answer.meta["source"], answer.meta["method"]) == ("minute", "aggregate")
    assert "v" not in data
    answer = api.get(path("silent"), **HOUR, interval="20m", agg="count,mean,integral")
    assert answer.data["count"] == [0, 0, 0]
    assert answer.data["mean"] == answer.data["integral"] == [None] * 3
    assert answer.meta["units"] == {"count": None, "mean": None, "integral": "s"}
    asked = {**HOUR, "interval": "1d", "tz": "Asia/Kolkata", "day_start": "06:00", "agg": "count"}
    answer = api.get(path("flow"), **asked)
    assert answer.data == {"t": [START - 52_200 * SECOND], "count": [60]}  # 06:00 in Kolkata
    file = api.get(path("flow"), **asked, format="csv")
    [line] = lines(file.text)
    assert line == {
        "t": "2025-06-15T00:30:00.000000Z",
        "local": "2025-06-15T06:00:00+05:30",
        "count": "60",
    }


def test_values_at_times_in_lines_and_steps(api: ApiClient, path: Path) -> None:
    times = "2025-06-15T15:00:00.5Z,2025-06-15T15:30:30Z,2025-06-15T17:00:00Z,2025-06-15T14:00:00Z"
    line = api.get(path("pressure"), at=times)
    assert line.data["v"] == [0.5, None, 3599.0, None]
    assert line.data["q"] == [192, 24, 68, 0]
    assert line.meta["method"] == "linear"
    step = api.get(path("pump"), at="2025-06-15T15:07:30Z,2025-06-15T15:11:00Z")
    assert (step.data["v"], step.meta["method"]) == ([1.0, 0.0], "step")
    text = api.get(path("message"), every="20m", **HOUR)
    assert text.data["v"] == ["=1+1", "one, two", "three"]
    answer = api.get(path("message"), **HOUR, interval="30m", agg="count,first,last")
    assert answer.data["count"] == [2, 2]
    assert answer.data["first"] == ["=1+1", "three"]
    assert answer.data["last"] == ["one, two", "four"]
    for refused, field in (({"interval": "30m", "agg": "max"}, "agg"), ({"points": 10}, "points")):
        wrong = api.get(path("message"), **HOUR, **refused)
        assert (wrong.status, wrong.error["details"][0]["field"]) == (422, field)
        assert "message" in wrong.error["details"][0]["remedy"]


@pytest.mark.parametrize("name", ["pressure", "message", "silent"])
def test_a_range_in_which_no_interval_begins_has_no_values(
    api: ApiClient, path: Path, name: str
) -> None:
    asked = {"from": "2025-06-15T15:01:00Z", "to": "2025-06-15T15:09:00Z", "every": "1h"}
    answer = api.get(path(name), **asked)
    assert (answer.status, answer.data) == (200, {"t": [], "v": [], "q": []})
    assert (answer.meta["count"], answer.meta["truncated"]) == (0, False)
    assert api.get(path(name), **asked, format="csv").text == "t,v,q\r\n"
    [series] = api.post(QUERY, {"tags": [name], **asked}).data["series"]
    assert series["v"] == []


def test_a_question_that_cannot_be_is_refused(api: ApiClient, path: Path) -> None:
    answer = api.get(path("pressure"), **HOUR, points=10, limit=5)
    assert (answer.status, answer.error["code"]) == (422, "validation_failed")
    [detail] = answer.error["details"]
    assert (detail["field"], detail["value"]) == ("limit", 5)
    assert detail["remedy"]
    for form in ({"limit": 5}, {"points": 10}):
        refused = api.get(path("pressure"), **HOUR, **form, format="jsonl")
        assert (refused.status, refused.error["details"][0]["field"]) == (422, "format")
    for wrong in ({"colour": "red"}, {"points": 10, "method": "mean"}):
        assert api.get(path("pressure"), **HOUR, **wrong).status == 422


def test_many_tags_in_one_request(api: ApiClient, station: Station) -> None:
    tags = [station.ids["flow"], "pump", "message", "pump", "nobody", 2_000_000]
    answer = api.post(QUERY, {"tags": tags, **HOUR, "limit": 3})
    assert answer.meta == {"missing": ["nobody", 2_000_000]}
    flow, pump, message = answer.data["series"]
    assert (flow["tag"], flow["name"], flow["unit"]) == (station.ids["flow"], "flow", "m3/d")
    assert (flow["v"], flow["next"]) == ([2.0] * 3, "2025-06-15T15:03:00Z")
    assert (pump["name"], len(pump["v"]), message["v"][1]) == ("pump", 3, "one, two")
    assert "count" not in pump  # of a series it is the aggregate
    counted = {"tags": ["flow"], **HOUR, "interval": "30m", "agg": ["count"]}
    assert len(api.post(QUERY, counted).data["series"][0]["count"]) == 2
    refused = api.request("POST", QUERY, query={"units": "oilfield"}, json=counted)
    assert (refused.status, refused.error["details"][0]["field"]) == (422, "units")
    few = api.post(QUERY, {"tags": ["flow"], **HOUR, "points": 2})
    assert few.status == 422, "a picture of two points loses peaks"
    misspelt = api.post(QUERY, {"tags": ["flow"], "from_": HOUR["from"]})
    assert '"from"' in misspelt.error["details"][0]["remedy"]
    drawn = api.post(QUERY, {"tags": ["flow", "pressure"], **HOUR, "points": 6})
    assert [series["source"] for series in drawn.data["series"]] == ["minute", "minute"]
    body = {"tags": ["flow", "pump"], **HOUR}
    assert api.post(QUERY, {**body, "limit": 50_000}).status == 200
    for wrong, field in (
        ({**body, "limit": 50_001}, "limit"),
        ({**HOUR, "tags": []}, "tags"),
        ({**HOUR, "tags": ["flow"] * 101}, "tags"),
        ({**HOUR, "tags": [1.5]}, "tags.0"),
        ({**body, "limit": 5, "format": "csv"}, "limit"),
        ({**body, "colour": "red"}, "colour"),
    ):
        refused = api.post(QUERY, wrong)
        assert (refused.status, refused.error["details"][0]["field"]) == (422, field)
    for unknown in ({**HOUR, "tags": ["nobody"]}, {**body, "tags": ["flow", 9], "format": "csv"}):
        assert api.post(QUERY, unknown).status == 404
    document = api.get("/api/v1/openapi.json").body["components"]["schemas"]
    asked = {"tags": ["flow"], **HOUR, "interval": "1h", "agg": ["max", "integral"]}
    [series] = api.post(QUERY, asked).data["series"]
    assert set(series) <= set(document["Series"]["properties"])
    latest = api.post("/api/v1/tags/latest", {"tags": ["pump"]}).data
    assert set(latest) <= set(document["ManyLatest"]["properties"])


def test_who_is_limited_to_assets_gets_their_tags_alone(api: ApiClient, station: Station) -> None:
    other = api.post("/api/v1/assets", {"kind": "pad", "name": "Other"}).data["id"]
    mine = api.limited(station.pad)
    assert len(mine.post(QUERY, {"tags": ["flow"], **HOUR}).data["series"]) == 1
    theirs = api.limited(other)
    for form in ("csv", "jsonl", "json"):
        answer = theirs.post(QUERY, {"tags": ["flow"], **HOUR, "format": form})
        assert answer.status == 404
    assert theirs.get(f"/api/v1/tags/{station.ids['flow']}/readings", **HOUR).status == 404


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PIECE", 700)


def test_a_file_without_limit_holds_all_readings(
    api: ApiClient, path: Path, small_pieces: None
) -> None:
    answer = api.request("GET", path("pressure"), query=HOUR, headers={"Accept": "text/csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "Content-Length" not in answer.headers
    found = lines(answer.text)
    assert [line["v"] for line in found[:2]] == ["0.0", "1.0"]
    assert len(found) == 3600
    assert found[1800] == {"t": "2025-06-15T15:30:00.000000Z", "v": "", "q": "24"}
    rows = [
        json.loads(row)
        for row in api.get(path("pressure"), **HOUR, format="jsonl").text.splitlines()
    ]
    assert len(rows) == 6
    assert [time for row in rows for time in row["t"]] == [START + n * SECOND for n in range(3600)]
    assert rows[2]["v"][1800 - 1400] is None


def test_s15_a_file_of_many_tags_names_them_and_holds_no_formula(
    api: ApiClient, station: Station, small_pieces: None
) -> None:
    body = {"tags": ["message", "pump", "silent"], **HOUR}
    file = api.post(QUERY, {**body, "format": "csv"})
    found = lines(file.text)
    assert [line["v"] for line in found[:2]] == ["'=1+1", "one, two"]
    assert [line["name"] for line in found] == ["message"] * 4 + ["pump"] * 12
    assert found[4] == {
        "tag": str(station.ids["pump"]),
        "name": "pump",
        "unit": "",
        "t": "2025-06-15T15:00:00.000000Z",
        "v": "0.0",
        "q": "192",
    }
    rows = [
        json.loads(row) for row in api.post(QUERY, {**body, "format": "jsonl"}).text.splitlines()
    ]
    assert [(row["name"], len(row["t"])) for row in rows] == [
        ("message", 4),
        ("pump", 12),
        ("silent", 0),
    ]
    values = {"tags": ["flow"], "at": [FIRST], "units": "oilfield", "format": "csv"}
    [line] = lines(api.post(QUERY, values).text)
    assert line["unit"] == "bbl/d"
    assert float(line["v"]) == pytest.approx(2 * 6.28981077)
    asked = {**body, "interval": "1h", "agg": ["count", "last"], "format": "csv", "tz": "UTC"}
    told = lines(api.post(QUERY, asked).text)
    assert [(line["name"], line["count"], line["last"]) for line in told] == [
        ("message", "4", "four"),
        ("pump", "12", "1.0"),
        ("silent", "0", ""),
    ]


def test_latest_values_by_id_name_and_asset(api: ApiClient, station: Station) -> None:
    latest = "/api/v1/tags/latest"
    answer = api.post(latest, {"tags": ["pressure", station.ids["message"], "nobody"]})
    assert answer.meta == {"count": 2, "missing": ["nobody"], "empty": []}
    assert answer.data["name"] == ["pressure", "message"]
    assert (answer.data["v"], answer.data["unit"]) == ([3599.0, "four"], ["bar", None])
    everything = api.post(latest, {"asset": station.pad, "units": "oilfield"}).data
    assert sorted(everything["name"]) == ["flow", "message", "pressure", "pump"]
    assert "On" in everything["state"]
    assert everything["unit"][everything["name"].index("pressure")] == "psi"
    file = api.post(latest, {"tags": ["pump"], "format": "csv"})
    assert lines(file.text)[0]["state"] == "On"
    wrong: tuple[dict[str, Any], ...] = ({}, {"tags": []}, {"tags": ["pump"], "asset": station.pad})
    for body in (*wrong, {"tags": [10**30]}):
        assert api.post(latest, body).status == 422
    other = api.post("/api/v1/assets", {"kind": "pad", "name": "Other"}).data["id"]
    limited = api.limited(other)
    assert limited.post(latest, {"asset": station.pad}).status == 422
    assert limited.post(latest, {"tags": ["pump"]}).meta == {
        "count": 0,
        "missing": ["pump"],
        "empty": [],
    }
    made = {
        name: api.post("/api/v1/tags", {"name": name, "asset_id": other}).data["id"]
        for name in ("idle", "unread")
    }
    told = api.post(latest, {"tags": ["idle", "pump", made["unread"], made["idle"], "nobody"]}).meta
    assert told == {
        "count": 1,
        "missing": ["nobody"],
        "empty": ["idle", made["unread"], made["idle"]],
    }
    assert sorted(api.post(latest, {"asset": other}).meta["empty"]) == sorted(made.values())
    ids = f"{made['idle']},{station.ids['pump']},2000000000"
    told = api.get(latest, ids=ids).meta
    assert told == {"count": 1, "missing": [2_000_000_000], "empty": [made["idle"]]}


def test_a_number_is_an_id_and_a_text_a_name_or_the_id_that_it_is(
    api: ApiClient, station: Station
) -> None:
    flow, pump = str(station.ids["flow"]), station.ids["pump"]
    found = api.post(QUERY, {"tags": [flow, pump, "0", "3000000000"], **HOUR})
    assert [series["name"] for series in found.data["series"]] == ["flow", "pump"]
    assert found.meta["missing"] == ["0", "3000000000"]
    named = api.post("/api/v1/tags", {"name": flow}).data["id"]
    found = api.post(QUERY, {"tags": [flow, int(flow)], **HOUR}).data["series"]
    assert [series["tag"] for series in found] == [named, int(flow)]


def test_a_question_for_no_tag_or_too_many_says_what_to_do(api: ApiClient) -> None:
    for path in (QUERY, "/api/v1/tags/latest"):
        body = HOUR if path == QUERY else {}
        [detail] = api.post(path, {"tags": [], **body}).error["details"]
        assert (detail["field"], detail["remedy"]) == ("tags", "Name at least one, by id or name")
        [detail] = api.post(path, {"tags": [1] * 20_000, **body}).error["details"]
        assert detail["value"] == 20_000
        assert "Ask in pieces" in detail["remedy"]
