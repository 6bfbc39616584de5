"""Wells over the API: created, read, listed, changed and deleted; each a node of the plant tree."""

from typing import Any

import pytest

from wellhead.testing import Answer, ApiClient

pytestmark = pytest.mark.one_app

WELLS = "/api/v1/wells"
FULL: dict[str, Any] = {
    "name": "Bluebonnet 14-2H",
    "identifiers": [{"kind": "us_well_number", "value": "42-501-20130"}],
    "aliases": [{"name": "BB-14", "system": "lease"}],
    "country": "US",
    "field": "Wasson",
    "operator": "Caprock Energy",
    "status": "active -- producing",
    "status_effective_at": "2024-03-01T06:00:00-06:00",
    "status_remark": "first oil",
    "well_type": "producer",
    "purpose": "development",
    "fluid": "oil-gas",
    "spud_date": "2023-11-05",
    "latitude": 33.27689,
    "longitude": -101.74841,
    "source_crs": "NAD27 / Texas North Central",
    "source_x": 702_113.4,
    "source_y": 612_004.9,
    "ground_elevation": 3_561.0,
    "elevation_unit": "ft",
    "datums": [{"code": "KB", "elevation": 3_586.5, "unit": "ft"}],
    "depth_datum": "KB",
}


def create(api: ApiClient, **fields: Any) -> dict[str, Any]:
    answer = api.post(WELLS, {"name": "W-1"} | fields)
    assert answer.status == 201, answer.body
    data: dict[str, Any] = answer.data
    return data


def test_a_well_is_created_and_read_back(api: ApiClient) -> None:
    made = create(api, **FULL)
    read = api.get(f"{WELLS}/{made['id']}").data
    assert read == made
    for name, value in FULL.items():
        if name.startswith("status_"):
            assert name not in read
        elif name not in ("identifiers", "aliases"):
            assert read[name] == value, name
    assert read["identifiers"] == [
        {
            "kind": "us_well_number",
            "value": "42-501-20130",
            "normalised": "42501201300000",
            "warning": None,
        }
    ]
    assert read["aliases"] == [{"name": "BB-14", "system": "lease"}]
    assert read["created_at"].endswith("Z")


def test_a_name_is_all_a_well_needs(api: ApiClient) -> None:
    made = create(api)
    assert made["status"] == "proposed"
    assert made["country"] is None
    assert made["identifiers"] == made["aliases"] == made["datums"] == []


def test_a_well_is_an_asset_of_its_name(api: ApiClient) -> None:
    pad = api.post("/api/v1/assets", {"kind": "pad", "name": "Pad A"}).data
    well = create(api, parent_asset_id=pad["id"])
    asset = api.get(f"/api/v1/assets/{well['asset_id']}").data
    assert (asset["kind"], asset["name"], asset["parent_id"]) == ("well", "W-1", pad["id"])

    api.patch(f"{WELLS}/{well['id']}", {"name": "W-1A", "parent_asset_id": None})
    asset = api.get(f"/api/v1/assets/{well['asset_id']}").data
    assert (asset["name"], asset["parent_id"]) == ("W-1A", None)

    api.patch(f"/api/v1/assets/{well['asset_id']}", {"name": "W-1B", "parent_id": pad["id"]})
    well = api.get(f"{WELLS}/{well['id']}").data
    assert (well["name"], well["parent_asset_id"]) == ("W-1B", pad["id"])


def test_a_well_hangs_under_a_field_facility_or_pad(api: ApiClient) -> None:
    other = create(api)
    for parent in (other["asset_id"], other["id"]):
        answer = api.post(WELLS, {"name": "W-2", "parent_asset_id": parent})
        assert answer.status == 422
        assert answer.error["details"][0]["field"] == "parent_asset_id"
        asked = "field, facility or pad" if parent == other["asset_id"] else "no such asset"
        assert asked in answer.error["message"]


def test_a_name_is_taken_once_under_one_parent(api: ApiClient) -> None:
    pad = api.post("/api/v1/assets", {"kind": "pad", "name": "Pad A"}).data
    create(api)
    assert api.post(WELLS, {"name": "W-1"}).error["code"] == "conflict"
    there = create(api, parent_asset_id=pad["id"])
    moved = api.patch(f"{WELLS}/{there['id']}", {"parent_asset_id": None})
    assert moved.status == 409
    assert moved.error["details"][0]["field"] == "name"


def test_a_patch_changes_what_it_names_and_nothing_else(api: ApiClient) -> None:
    made = create(api, **FULL)
    path = f"{WELLS}/{made['id']}"
    changed = api.patch(path, {"operator": "Mesa Petroleum", "spud_date": None}).data
    assert changed["updated_at"] > made["updated_at"]
    expected = made | {"operator": "Mesa Petroleum", "spud_date": None}
    assert changed | {"updated_at": None} == expected | {"updated_at": None}


def test_lists_sent_replace_those_stored(api: ApiClient) -> None:
    path = f"{WELLS}/{create(api, **FULL)['id']}"
    changed = api.patch(
        path,
        {
            "aliases": [{"name": "Old Faithful"}, {"name": "BB-14", "system": "field"}],
            "datums": [
                {"code": "RT", "elevation": 1_093.0, "unit": "m"},
                {"code": "MSL", "elevation": 0, "unit": "m"},
            ],
        },
    ).data
    assert changed["aliases"] == [
        {"name": "BB-14", "system": "field"},
        {"name": "Old Faithful", "system": None},
    ]
    assert [datum["code"] for datum in changed["datums"]] == ["MSL", "RT"]


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"name": ""}, "name", "Length must be between 1 and 100"),
    ({"name": "a\nb"}, "name", "one line"),
    ({"name": "a\u200bb"}, "name", "one line"),
    ({"name": " W"}, "name", "blank"),
    ({"status": "producing"}, "status", "Must be one of: proposed"),
    ({"country": "USA"}, "country", "ISO 3166-1"),
    ({"country": "US\n"}, "country", "ISO 3166-1"),
    ({"latitude": 91, "longitude": 0}, "latitude", "less than or equal to 90"),
    ({"latitude": 33.2}, "longitude", "go together"),
    ({"longitude": -102.8}, "latitude", "go together"),
    ({"source_x": 1.0, "source_y": 2.0}, "source_crs", "means nothing without it"),
    ({"source_x": 1.0}, "source_y", "go together"),
    ({"ground_elevation": 12.0}, "elevation_unit", "means nothing without it"),
    ({"elevation_unit": "feet"}, "elevation_unit", "Must be one of: m, ft"),
    ({"depth_datum": "XX"}, "depth_datum", "Must be one of: KB"),
    (
        {"datums": [{"code": "MSL", "elevation": 3, "unit": "m"}]},
        "datums",
        "mean sea level, whose elevation is 0",
    ),
    (
        {
            "ground_elevation": 100,
            "elevation_unit": "ft",
            "datums": [{"code": "GL", "elevation": 100, "unit": "m"}],
        },
        "datums",
        "datum GL and ground_elevation (100.0 ft) differ",
    ),
    (
        {"datums": [{"code": "KB", "elevation": 1, "unit": "m"}] * 2},
        "datums",
        "in the list twice",
    ),
    ({"datums": [{"code": "KB", "unit": "m"}]}, "datums.0.elevation", "Missing data"),
    ({"aliases": [{"name": "x"}, {"name": "x"}]}, "aliases", "in the list twice"),
    ({"nmae": "W"}, "nmae", "Unknown field"),
    ({"asset_id": "0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a"}, "asset_id", "Unknown field"),
]


def test_a_new_well_that_cannot_be_is_explained(api: ApiClient) -> None:
    for fields, field, message in REFUSED:
        check_refused(api.post(WELLS, {"name": "W-1"} | fields), field, message)
    assert api.get(WELLS).meta["total"] == 0


def test_a_change_that_cannot_be_is_explained_and_leaves_all_as_it_was(api: ApiClient) -> None:
    made = create(api)
    path = f"{WELLS}/{made['id']}"
    for fields, field, message in REFUSED:
        check_refused(api.patch(path, fields), field, message)
    check_refused(api.patch(path, {"status_remark": "why"}), "status", "Send the new status too")
    assert api.get(path).data == made


def check_refused(answer: Answer, field: str, message: str) -> None:
    assert answer.status == 422, answer.body
    assert answer.error["details"][0]["field"] == field
    assert message in answer.error["message"]


def test_ground_level_may_be_given_twice_when_it_is_the_same(api: ApiClient) -> None:
    made = create(
        api,
        ground_elevation=100,
        elevation_unit="m",
        datums=[{"code": "GL", "elevation": 328.084, "unit": "ft"}],
    )
    assert made["datums"][0]["elevation"] == 328.084


def test_wells_are_paged_sorted_and_filtered(api: ApiClient) -> None:
    pad = api.post("/api/v1/assets", {"kind": "pad", "name": "Pad A"}).data
    for number in range(5):
        create(
            api,
            name=f"W-{number}",
            status="drilling" if number % 2 else "active -- producing",
            field="Wasson" if number < 3 else "Slaughter",
            operator=f"Operator {number}",
            country="US",
            parent_asset_id=pad["id"] if number == 4 else None,
        )
    page = api.get(WELLS, page=2, per_page=2)
    assert [well["name"] for well in page.data] == ["W-2", "W-3"]
    assert page.meta == {"total": 5, "page": 2, "per_page": 2}

    def names(**query: str) -> list[str]:
        return [well["name"] for well in api.get(WELLS, **query).data]

    assert names(sort="name", order="desc")[0] == "W-4"
    assert names(sort="operator")[0] == "W-0"
    assert names(status="drilling") == ["W-1", "W-3"]
    assert names(status="active -- producing", field="Slaughter") == ["W-4"]
    assert names(operator="Operator 2") == ["W-2"]
    assert names(name="W-3") == ["W-3"]
    assert names(country="NO") == []
    assert names(parent_asset_id=pad["id"]) == ["W-4"]

    unknown = api.get(WELLS, stauts="drilling")
    assert unknown.status == 422
    assert "status" in unknown.error["details"][0]["remedy"]
    assert api.get(WELLS, status="producing").status == 422
    assert api.get(WELLS, sort="latitude").status == 422


def test_a_well_is_deleted_with_its_asset_and_all_it_owns(api: ApiClient) -> None:
    made = create(api, **FULL)
    assert api.delete(f"{WELLS}/{made['id']}").status == 200
    assert api.get(f"{WELLS}/{made['id']}").status == 404
    assert api.get(f"/api/v1/assets/{made['asset_id']}").status == 404
    create(api, **FULL)  # name and identifier are free again


def test_a_well_that_something_depends_on_stays(api: ApiClient) -> None:
    well = create(api)
    path = f"{WELLS}/{well['id']}"
    bore = api.post(f"{path}/wellbores", {"name": "OH"}).data
    refused = api.delete(path)
    assert refused.status == 409
    assert "1 wellbore" in refused.error["message"]
    api.delete(f"{path}/wellbores/{bore['id']}")

    pump = api.post(
        "/api/v1/assets", {"kind": "equipment", "name": "ESP", "parent_id": well["asset_id"]}
    ).data
    refused = api.delete(path)
    assert refused.status == 409
    assert "equipment ESP" in refused.error["message"]
    assert api.delete(f"/api/v1/assets/{well['asset_id']}").status == 409
    api.delete(f"/api/v1/assets/{pump['id']}")
    assert api.delete(path).status == 200


def test_a_well_that_is_not_there_is_404(api: ApiClient) -> None:
    nobody = f"{WELLS}/0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a"
    for path in (nobody, f"{nobody}/wellbores", f"{nobody}/status", f"{nobody}/live"):
        assert api.get(path).status == 404, path
    assert api.patch(nobody, {"name": "x"}).status == 404
    assert api.delete(nobody).status == 404
    assert api.post(f"{nobody}/wellbores", {"name": "OH"}).status == 404
    assert api.post(f"{nobody}/status", {"status": "drilling"}).status == 404
