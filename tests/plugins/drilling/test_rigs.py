"""Rigs in the plant tree, and where they work."""

import pytest

from .conftest import DRILLING, Site


def test_a_rig_is_an_asset_and_works_on_one_wellbore_at_a_time(crew: Site) -> None:
    api, site = crew.api, crew
    pad = api.post("/api/v1/assets", {"kind": "pad", "name": "P-1"}).data
    rig = site.add(
        "rigs",
        name="Rig 9",
        parent_asset_id=pad["id"],
        contractor="Nordic Drilling",
        rig_type="land",
        rig_class="1500 hp AC",
        power={"value": 1500, "unit": "hp"},
        time_zone="Europe/Oslo",
        report_day_start="06:00",
    )
    asset = api.get(f"/api/v1/assets/{rig['asset_id']}").data
    assert (asset["kind"], asset["name"], asset["parent_id"]) == ("rig", "Rig 9", pad["id"])
    path = f"{DRILLING}/rigs/{rig['id']}"
    assert api.get(path).data["power"] == {"value": 1500, "unit": "hp"}
    shown = api.get(path, units="metric").data["power"]
    assert shown == {"value": pytest.approx(1118.55, abs=0.01), "unit": "kW"}
    assert api.patch(path, {"name": "Rig 10", "parent_asset_id": None}).status == 200
    assert api.get(f"/api/v1/assets/{rig['asset_id']}").data["name"] == "Rig 10"
    assert api.get(f"{DRILLING}/rigs", contractor="Nordic Drilling").meta["total"] == 1
    assert api.get(f"{DRILLING}/rigs", name="Rig 10").data[0]["report_day_start"] == "06:00"
    assert api.delete(path).status == 200
    assert api.get(f"/api/v1/assets/{rig['asset_id']}").status == 404
    for field, value in (
        ("time_zone", "Mars/Olympus"),
        ("report_day_start", "24:00"),
        ("power", {"value": 1500, "unit": "bar"}),
        ("name", site.rig["name"]),
    ):
        answer = api.post(f"{DRILLING}/rigs", {"name": "Rig 9", "time_zone": "UTC", field: value})
        assert answer.status in (409, 422)
        assert answer.error["details"][0]["field"].startswith(field)

    at_work = {"rig_id": site.rig["id"]}
    first = site.put(
        "rig-assignments", **at_work, start_at="2026-03-01T00:00:00Z", end_at="2026-04-01T00:00:00Z"
    )
    site.put("rig-assignments", **at_work, start_at="2026-04-01T00:00:00Z")
    message = site.refused(
        "rig-assignments", "start_at", **at_work, start_at="2026-03-31T00:00:00Z"
    )
    assert "at work elsewhere" in message
    site.refused(
        "rig-assignments",
        "end_at",
        **at_work,
        start_at="2026-02-01T00:00:00Z",
        end_at="2026-01-01T00:00:00Z",
    )
    listed = api.get(f"{DRILLING}/rig-assignments", wellbore_id=site.bore["id"])
    assert [row["start_at"] for row in listed.data] == [first["start_at"], "2026-04-01T00:00:00Z"]
    assert api.delete(f"{DRILLING}/rigs/{site.rig['id']}").status == 409

    site.put("sections", number=1, diameter={"value": 17.5, "unit": "in"})
    other = api.post("/api/v1/wells", {"name": "Elsewhere"}).data
    here = api.limited(site.well["asset_id"], role="engineer")
    assert here.get(f"{DRILLING}/sections").meta["total"] == 1
    assert here.get(f"{DRILLING}/rigs").data == []
    run = site.put("runs", number=1, rig_id=site.rig["id"])
    changed = here.patch(f"{DRILLING}/runs/{run['id']}", {"objective": "Drill ahead"})
    assert changed.data["rig_id"] == site.rig["id"]  # which they may leave but not choose
    assert here.patch(f"{DRILLING}/runs/{run['id']}", {"rig_id": site.rig["id"]}).status == 422
    elsewhere = api.limited(other["asset_id"], role="engineer")
    assert elsewhere.get(f"{DRILLING}/sections").data == []
    refused = elsewhere.post(f"{DRILLING}/runs", {"wellbore_id": site.bore["id"], "number": 2})
    assert refused.error["details"][0]["field"] == "wellbore_id"
