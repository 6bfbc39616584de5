"""Completions, zones and perforations: where they may be, what hangs on them, and their TVD."""

import itertools
from typing import Any

import pytest
from flask import Flask

from wellhead import sdk
from wellhead.testing import Answer, ApiClient
from wellhead_wells.models import Wellbore
from wellhead_wells.surveys.service import create_survey, make_definitive

WELLS = "/api/v1/wells"
_NUMBERS = itertools.count(1)
WELL: dict[str, Any] = {
    "ground_elevation": 1_000.0,
    "elevation_unit": "ft",
    "datums": [{"code": "KB", "elevation": 1_025.0, "unit": "ft"}],
    "depth_datum": "KB",
}


@pytest.fixture
def bore(shared_api: ApiClient) -> dict[str, Any]:
    well = shared_api.post(WELLS, WELL | {"name": f"W-{next(_NUMBERS)}"}).data["id"]
    made: dict[str, Any] = shared_api.post(
        f"{WELLS}/{well}/wellbores", {"name": "OH", "md": 10_000, "depth_unit": "ft"}
    ).data
    return made


def create(api: ApiClient, what: str, **fields: Any) -> dict[str, Any]:
    answer = api.post(f"{WELLS}/{what}", fields)
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.data
    return made


def complete(api: ApiClient, bore: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return create(
        api,
        "completions",
        **{"wellbore_id": bore["id"], "name": "C-1", "kind": "cased and perforated", **fields},
    )


def refused(answer: Answer, field: str, said: str) -> None:
    assert answer.status == 422, answer.body
    assert answer.error["details"][0]["field"] == field, answer.error
    assert said in answer.error["message"], answer.error


def test_a_completion_is_a_node_that_tags_hang_on(
    shared_api: ApiClient, bore: dict[str, Any]
) -> None:
    made = complete(shared_api, bore, status="open", status_since="2024-03-02", run_on="2024-03-01")
    asset = shared_api.get(f"/api/v1/assets/{made['asset_id']}").data
    assert (asset["kind"], asset["parent_id"]) == ("completion", bore["asset_id"])
    assert made["well_id"] == bore["well_id"]
    path = f"{WELLS}/completions/{made['id']}"
    assert shared_api.patch(path, {"name": "Upper"}).data["name"] == "Upper"
    assert shared_api.get(f"/api/v1/assets/{made['asset_id']}").data["name"] == "Upper"
    assert shared_api.delete(f"{WELLS}/{bore['well_id']}/wellbores/{bore['id']}").status == 409
    below = {"kind": "equipment", "name": "ESP", "parent_id": made["asset_id"]}
    pump = shared_api.post("/api/v1/assets", below).data
    assert shared_api.delete(path).status == 409
    shared_api.delete(f"/api/v1/assets/{pump['id']}")
    assert shared_api.delete(path).status == 200
    assert shared_api.get(f"/api/v1/assets/{made['asset_id']}").status == 404


def test_depths_are_kept_as_entered_and_shown_in_units(
    shared_api: ApiClient, bore: dict[str, Any]
) -> None:
    made = complete(shared_api, bore, top_md=9_000, bottom_md=9_500)
    assert (made["depth_unit"], made["depth_datum"]) == ("ft", "KB"), "the wellbore's"
    shot = create(
        shared_api,
        "perforations",
        completion_id=made["id"],
        top_md=2_750,
        bottom_md=2_760,
        depth_unit="m",
        depth_datum="GL",
        shot_on="2024-03-02",
        shot_density={"value": 6, "unit": "spf"},
        phasing=60,
        status="open",
    )
    path = f"{WELLS}/perforations/{shot['id']}"
    assert shared_api.get(path).data == shot
    metric = shared_api.get(path, units="metric").data
    assert metric["shot_density"]["value"] == pytest.approx(6 / 0.3048)
    assert shared_api.get(path, units="oilfield").data["top_md"] == pytest.approx(2_750 / 0.3048)
    refused(
        shared_api.patch(
            path, {"top_md": 2_735}
        ),  # 8,973 ft from the ground are 8,998 ft from the KB
        "top_md",
        "not within completion C-1 (9000 to 9500 ft KB)",
    )


def test_what_cannot_be_in_a_wellbore(shared_api: ApiClient, bore: dict[str, Any]) -> None:
    first = complete(
        shared_api, bore, top_md=9_000, bottom_md=9_500, status="open", run_on="2020-01-01"
    )
    path = f"{WELLS}/completions/{first['id']}"
    for fields, field, said in (
        ({"top_md": 9_600}, "bottom_md", "is not below top_md"),
        ({"bottom_md": 10_001}, "bottom_md", "ends below wellbore OH, whose md is 10000 ft KB"),
        ({"top_md": None}, "top_md", "go together"),
        ({"ended_on": "2019-12-31"}, "ended_on", "before run_on"),
        ({"depth_datum": "DF"}, "datum", "elevation of DF"),
        ({"wellbore_id": bore["well_id"]}, "wellbore_id", "stays as it is"),
    ):
        refused(shared_api.patch(path, fields), field, said)
    second = {
        "wellbore_id": bore["id"],
        "name": "C-2",
        "kind": "open hole",
        "status": "open",
        "run_on": "2022-05-01",
        "top_md": 9_400,
        "bottom_md": 9_900,
    }
    refused(shared_api.post(f"{WELLS}/completions", second), "top_md", "overlaps completion C-1")
    assert shared_api.patch(path, {"ended_on": "2022-04-30"}).status == 200
    assert shared_api.post(f"{WELLS}/completions", second).status == 201
    refused(
        shared_api.patch(f"{WELLS}/{bore['well_id']}/wellbores/{bore['id']}", {"md": 9_800}),
        "md",
        "completion C-2 (9400 to 9900 ft KB) ends below",
    )
    refused(
        shared_api.post(f"{WELLS}/completions", second | {"wellbore_id": first["id"]}),
        "wellbore_id",
        "no such wellbore",
    )


def test_zones_lie_beside_each_other_and_perforations_within_them(
    shared_api: ApiClient, bore: dict[str, Any]
) -> None:
    made = complete(shared_api, bore, top_md=9_000, bottom_md=9_500)
    own = {"completion_id": made["id"]}
    items = [
        own | {"name": "A", "formation": "San Andres", "top_md": 9_000, "bottom_md": 9_200},
        own | {"name": "B", "formation": "Clearfork", "top_md": 9_150, "bottom_md": 9_400},
        own | {"name": "C", "formation": "Clearfork", "top_md": 9_200, "bottom_md": 9_400},
        own | {"name": "C", "top_md": 9_410, "bottom_md": 9_420},
    ]
    rows = shared_api.post(f"{WELLS}/zones/bulk", {"items": items, "on_error": "skip"}).data["rows"]
    assert [row["id"] is not None for row in rows] == [True, False, True, False]
    assert "overlaps zone A" in rows[1]["errors"][0]["message"]
    [zone] = shared_api.get(f"{WELLS}/zones", formation="Clearfork", well_id=bore["well_id"]).data
    shot = own | {"zone_id": zone["id"], "shot_on": "2024-03-02", "status": "open"}
    first = create(shared_api, "perforations", **shot, top_md=9_210, bottom_md=9_220)
    refused(
        shared_api.post(f"{WELLS}/perforations", shot | {"top_md": 9_190, "bottom_md": 9_205}),
        "top_md",
        "not within zone C",
    )
    again = shot | {"top_md": 9_215, "bottom_md": 9_225}
    refused(shared_api.post(f"{WELLS}/perforations", again), "top_md", "shot on another day")
    create(shared_api, "perforations", **again | {"shot_on": "2024-06-01"})
    squeezed = {"status": "squeezed", "status_since": "2024-05-01"}
    path = f"{WELLS}/perforations/{first['id']}"
    assert shared_api.patch(path, squeezed).data["status"] == "squeezed"
    refused(
        shared_api.patch(path, {"status_since": "2024-03-01"}), "status_since", "before shot_on"
    )
    found = shared_api.get(f"{WELLS}/perforations", zone_id=zone["id"], status="open").data
    assert [one["top_md"] for one in found] == [9_215]
    refused(
        shared_api.patch(f"{WELLS}/zones/{zone['id']}", {"top_md": 9_212}), "top_md", "not within"
    )
    assert shared_api.delete(f"{WELLS}/zones/{zone['id']}").status == 409


def test_tvd_comes_from_the_definitive_survey(
    shared_app: Flask, shared_api: ApiClient, bore: dict[str, Any]
) -> None:
    made = complete(shared_api, bore, top_md=9_000, bottom_md=9_500)
    assert (made["top_tvd"], made["bottom_tvd"]) == (None, None)
    with shared_app.app_context(), sdk.tenant("default"):
        drilled = sdk.db.session.get(Wellbore, bore["id"])
        assert drilled is not None
        stations = {"md": [0, 3_000, 9_300], "inclination": [0, 0, 0], "azimuth": [0, 0, 0]}
        survey = create_survey(
            drilled,
            {
                "name": "MWD",
                "kind": "mwd",
                "azimuth_reference": "true",
                "depth_unit": "ft",
                "depth_datum": "GL",
                "stations": stations,
            },
        )
        make_definitive(survey, "the only one")
        sdk.db.session.commit()
    there = shared_api.get(f"{WELLS}/completions", wellbore_id=bore["id"]).data[0]
    assert there["top_tvd"] == pytest.approx(9_000)
    assert there["bottom_tvd"] is None, "the survey ends at 9,325 ft from the KB"


def test_a_user_limited_to_assets_sees_the_completions_beneath(
    shared_api: ApiClient, bore: dict[str, Any]
) -> None:
    made = complete(shared_api, bore, top_md=9_000, bottom_md=9_500)
    zone = create(
        shared_api, "zones", completion_id=made["id"], name="A", top_md=9_000, bottom_md=9_100
    )
    elsewhere = shared_api.post("/api/v1/assets", {"kind": "pad", "name": "Elsewhere"}).data["id"]
    other = shared_api.limited(elsewhere, role="engineer")
    assert other.get(f"{WELLS}/zones").data == []
    assert other.get(f"{WELLS}/zones/{zone['id']}").status == 404
    new = {"completion_id": made["id"], "name": "B", "top_md": 9_200, "bottom_md": 9_300}
    refused(other.post(f"{WELLS}/zones", new), "completion_id", "no such completion")
    mine = shared_api.limited(bore["asset_id"], role="engineer")
    assert mine.get(f"{WELLS}/zones/{zone['id']}").data == zone
