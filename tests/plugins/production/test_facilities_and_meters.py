"""Facilities with their clock, meters with their corrections."""

from typing import Any

from wellhead import sdk
from wellhead_historian.api import create_tag

from .conftest import PRODUCTION, Site


def test_a_facility_is_an_asset_with_a_clock_and_conditions(site: Site) -> None:
    api = site.api
    field = api.post("/api/v1/assets", {"kind": "field", "name": f"Field {site.number}"}).data
    node = api.post(
        "/api/v1/assets", {"kind": "facility", "name": "Station", "parent_id": field["id"]}
    ).data
    station = site.add(
        "facilities", name="Station", parent_asset_id=field["id"], time_zone="Europe/Oslo"
    )
    assert station["asset_id"] == node["id"]  # the node that was there is its own
    assert station["production_day_start"] == "00:00"
    assert station["standard_conditions"] == "15C_101.325kPa"
    within = site.add(
        "facilities", name="Separator", parent_asset_id=node["id"], time_zone="Europe/Oslo"
    )
    assert within["parent_asset_id"] == node["id"]
    path = f"{PRODUCTION}/facilities/{within['id']}"
    assert api.patch(path, {"name": "V-101", "time_zone": "Asia/Kolkata"}).status == 200
    assert api.get(f"/api/v1/assets/{within['asset_id']}").data["name"] == "V-101"
    assert api.delete(f"{PRODUCTION}/facilities/{station['id']}").status == 409
    assert api.delete(path).status == 200


def test_what_a_facility_cannot_be(site: Site) -> None:
    path = f"{PRODUCTION}/facilities"
    lost = site.api.post(path, {"name": "X", "time_zone": "Europe/Atlantis"})
    assert (lost.status, lost.error["details"][0]["field"]) == (422, "time_zone")
    taken = site.api.post(path, {"name": site.facility["name"], "time_zone": "UTC"})
    assert (taken.status, taken.error["details"][0]["field"]) == (409, "name")


def test_clock_and_conditions_stay_once_there_are_days(site: Site) -> None:
    path = f"{PRODUCTION}/facilities/{site.facility['id']}"
    assert site.api.patch(path, {"production_day_start": "07:00"}).status == 200
    site.day("2026-06-01", oil=1)
    for change in (
        {"production_day_start": "06:00"},
        {"time_zone": "UTC"},
        {"standard_conditions": "15C_101.325kPa"},
    ):
        answer = site.api.patch(path, change)
        assert answer.status == 409
        assert answer.error["details"][0]["field"] == next(iter(change))
    assert site.api.patch(path, {"kind": "platform"}).status == 200


def test_a_meter_has_a_tag_and_says_what_it_signals(site: Site) -> None:
    with site.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        tag_id = create_tag(name=f"FT {site.number}", datatype="float64", unit="bbl").id
        sdk.db.session.commit()
    fields: dict[str, Any] = {"name": "FT-1", "fluid": "oil", "position": "sales"}
    refused: list[tuple[str, dict[str, Any]]] = [
        ("tag_signal", {"tag_id": tag_id}),
        ("tag_id", {"tag_signal": "rate"}),
        ("tag_id", {"tag_id": 2_000_000_000, "tag_signal": "rate"}),
        ("rollover", {"tag_id": tag_id, "tag_signal": "rate", "rollover": 1e6}),
    ]
    for field, change in refused:
        site.refused("meters", field, **fields | change)
    meter = site.put("meters", **fields, tag_id=tag_id, tag_signal="totaliser", rollover=1e6)
    assert (meter["factor"], meter["rollover"]) == (1.0, 1e6)
    site.refused("meters", "name", **fields)
    found = site.get("meters", facility_id=site.facility["id"], fluid="oil")
    assert [row["name"] for row in found.data] == ["FT-1"]


def test_corrections_of_a_meter_cover_each_day_once(site: Site) -> None:
    meter = site.put("meters", name="FT-2", fluid="gas", position="sales")
    fields = {"meter_id": meter["id"], "reason": "Proving"}
    first = site.add(
        "meter-corrections", **fields, first_day="2026-05-01", last_day="2026-05-10", factor=1.002
    )
    site.add("meter-corrections", **fields, first_day="2026-05-11", factor=0.998)
    for first_day, last_day in (("2026-05-10", "2026-05-10"), ("2026-06-01", None)):
        answer = site.api.post(
            f"{PRODUCTION}/meter-corrections",
            fields | {"first_day": first_day, "last_day": last_day, "factor": 1},
        )
        assert (answer.status, answer.error["details"][0]["field"]) == (409, "first_day")
    path = f"{PRODUCTION}/meter-corrections/{first['id']}"
    assert site.api.patch(path, {"last_day": "2026-04-01"}).status == 422
    assert site.api.patch(path, {"last_day": "2026-05-05"}).data["last_day"] == "2026-05-05"
    assert site.api.delete(path).status == 200
    assert site.get("meter-corrections", meter_id=meter["id"]).meta["total"] == 1


def test_what_a_meter_has_measured_stays_what_it_is(site: Site) -> None:
    meter = site.put("meters", name="FT-9", fluid="oil", position="sales")
    path = f"{PRODUCTION}/meters/{meter['id']}"
    assert site.api.patch(path, {"fluid": "water"}).data["fluid"] == "water"
    site.api.patch(path, {"fluid": "oil"})
    shown = {"production_date": "2026-06-01", "indicated": 5, "unit": "STB"}
    site.add("meter-totals", meter_id=meter["id"], **shown)
    refused = site.api.patch(path, {"fluid": "water"})
    assert (refused.status, refused.error["details"][0]["field"]) == (409, "fluid")
    assert site.api.patch(path, {"fluid": "oil", "factor": 1.1}).data["factor"] == 1.1


def test_what_keeps_a_record_is_said_as_people_know_it(site: Site) -> None:
    name = site.facility["name"]
    tag = site.api.post("/api/v1/tags", {"name": f"FT {name}", "unit": "m3/d"}).data["id"]
    meter = {"fluid": "oil", "position": "sales", "tag_id": tag, "tag_signal": "rate"}
    for meters in ("M-2", "M-1"):
        site.put("meters", name=meters, **meter)
    refused = site.api.delete(f"/api/v1/tags/{tag}").error["details"]
    assert [detail["message"] for detail in refused] == [
        f"2 meters ('M-1' of facility '{name}', 'M-2' of facility '{name}') refer to it"
    ]
    station = site.api.delete(f"{PRODUCTION}/facilities/{site.facility['id']}")
    assert station.error["message"] == "Other records refer to it: 2 meters ('M-1', 'M-2')"
    site.day("2026-06-01", oil=1)
    well = site.api.delete(f"/api/v1/wells/{site.well_id}")
    assert well.error["message"] == f"Other records refer to it: daily record of facility '{name}'"
    assert "GET /api/v1/production/daily-records lists" in well.error["details"][0]["remedy"]
