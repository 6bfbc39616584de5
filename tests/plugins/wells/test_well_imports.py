"""Files of wells and wellbores: columns that people have, warnings, dry runs; and finding wells."""

from typing import Any

from wellhead.testing import Answer, ApiClient

WELLS = "/api/v1/wells"
FILE = """\
name,us_well_number,alias,parent,elevation_unit,kb_elevation,status,latitude,longitude
W-1,42-501-20130,BB-14; Old Faithful,Pad A,ft,3586.5,active -- producing,33.17,-102.82
W-2,4250120131,,Pad A,,,drilling,33.18,-102.83
W-3,123-543-987AZ,,,,,drilling,,
"""


def send(api: ApiClient, path: str, text: str, **query: str) -> Answer:
    headers = {"Content-Type": "text/csv"}
    return api.request("POST", f"{WELLS}/{path}", query=query, headers=headers, text=text)


def found(api: ApiClient, **query: str) -> list[str]:
    return [well["name"] for well in api.get(WELLS, sort="name", **query).data]


def test_a_file_of_wells_with_columns_that_people_have(api: ApiClient) -> None:
    api.post("/api/v1/assets", {"kind": "pad", "name": "Pad A"})
    tried = send(api, "bulk", FILE, dry_run="true")
    assert (tried.data["created"], found(api)) == (3, [])
    rows = send(api, "bulk", FILE).data["rows"]
    assert [len(row["warnings"]) for row in rows] == [0, 0, 1]
    [warning] = rows[2]["warnings"]
    assert (warning["field"], warning["value"]) == ("identifiers.0.value", "123-543-987AZ")
    assert "digits only" in warning["message"]
    assert tried.data["rows"] == [row | {"id": None} for row in rows]

    first, _, third = (api.get(f"{WELLS}/{row['id']}").data for row in rows)
    assert first["identifiers"][0]["normalised"] == "42501201300000"
    assert [alias["name"] for alias in first["aliases"]] == ["BB-14", "Old Faithful"]
    assert first["datums"] == [{"code": "KB", "elevation": 3586.5, "unit": "ft"}]
    assert first["parent_asset_id"] is not None
    kept = third["identifiers"][0]
    assert (kept["value"], kept["normalised"]) == ("123-543-987AZ", None)


def test_a_malformed_number_is_an_error_where_people_enter_it(api: ApiClient) -> None:
    number = {"kind": "canada_uwi", "value": "100/16-09"}
    alone = api.post(WELLS, {"name": "W-1", "identifiers": [number]})
    assert (alone.status, alone.error["details"][0]["field"]) == (422, "identifiers.0.value")
    row = {"name": "W-1", "uwi": "100/16-09"}
    entered = api.post(f"{WELLS}/bulk", {"items": [row], "mode": "entry"})
    assert entered.error["details"][0]["field"] == "items.0.identifiers.0.value"
    imported = api.post(f"{WELLS}/bulk", {"items": [row]}).data
    assert imported["rows"][0]["warnings"][0]["value"] == "100/16-09"


def test_rows_that_cannot_be_are_told_one_by_one(api: ApiClient) -> None:
    rows: list[tuple[dict[str, Any], str]] = [
        ({"name": "W-1", "parent": "Pad Z"}, "parent"),
        ({"name": "W-2", "kb_elevation": 12}, "elevation_unit"),
        ({"name": "W-3", "us_well_number": ""}, "us_well_number"),
        ({"name": "W-4"}, ""),
        ({"name": "W-4"}, "name"),
    ]
    answer = api.post(f"{WELLS}/bulk", {"items": [row for row, _ in rows], "on_error": "skip"}).data
    said = [row["errors"][0]["field"] if row["errors"] else "" for row in answer["rows"]]
    assert said == [field for _, field in rows]
    assert found(api) == ["W-4"]


def test_a_file_of_wellbores_of_many_wells(api: ApiClient) -> None:
    api.post("/api/v1/assets", {"kind": "pad", "name": "Pad A"})
    send(api, "bulk", FILE)
    text = (
        "well,name,wellbore_type,parent,kickoff_md,md,depth_unit,depth_datum,us_well_number\n"
        "W-3,OH,initial,,,9000,ft,KB,\n"
        "W-3,ST1,sidetrack,OH,6000,9500,ft,KB,42501\n"
        "42-501-20131-00-00,OH,initial,,,3000,m,RT,\n"
        "nobody,OH,initial,,,3000,m,RT,\n"
    )
    rows = send(api, "wellbores/bulk", text, on_error="skip").data["rows"]
    assert [row["id"] is not None for row in rows] == [True, True, True, False]
    assert "digits" in rows[1]["warnings"][0]["message"]
    assert rows[3]["errors"][0]["field"] == "well"
    [well] = api.get(WELLS, name="W-3").data
    bores = api.get(f"{WELLS}/{well['id']}/wellbores", sort="name").data
    assert [bore["name"] for bore in bores] == ["OH", "ST1"]
    assert bores[1]["parent_id"] == bores[0]["id"]


def test_wells_are_found_by_any_name_and_any_spelling(api: ApiClient) -> None:
    api.post("/api/v1/assets", {"kind": "pad", "name": "Pad A"})
    send(api, "bulk", FILE)
    second = api.get(WELLS, name="W-2").data[0]["id"]
    bore = {"name": "W-2 ST1", "identifiers": [{"kind": "norway_name", "value": "15/9-F-1 C"}]}
    assert api.post(f"{WELLS}/{second}/wellbores", bore).status == 201
    for text, names in {
        "old faith": ["W-1"],
        "w-": ["W-1", "W-2", "W-3"],
        "42501201300300": ["W-1"],
        "42-501-20130": ["W-1"],
        "42 501 20130 00 00": ["W-1"],
        "501-2013": ["W-1", "W-2"],
        "987az": ["W-3"],
        "15/9-f-1c": ["W-2"],
        "%": [],
        "st1": ["W-2"],
    }.items():
        assert found(api, search=text) == names, text


def test_wells_are_found_by_pad_facility_and_field(api: ApiClient) -> None:
    ids: dict[str, str] = {}
    for kind, name, parent in (
        ("field", "Wasson", None),
        ("facility", "Battery 1", "Wasson"),
        ("pad", "Pad A", "Battery 1"),
        ("pad", "Pad B", "Wasson"),
    ):
        asset = {"kind": kind, "name": name, "parent_id": parent and ids[parent]}
        ids[name] = api.post("/api/v1/assets", asset).data["id"]
    for name, parent in (("A-1", "Pad A"), ("A-2", "Pad A"), ("B-1", "Pad B"), ("F-1", "Wasson")):
        assert api.post(WELLS, {"name": name, "parent_asset_id": ids[parent]}).status == 201
    assert found(api, parent_asset_id=ids["Pad A"]) == ["A-1", "A-2"]
    assert found(api, under=ids["Battery 1"]) == ["A-1", "A-2"]
    assert found(api, under=ids["Wasson"]) == ["A-1", "A-2", "B-1", "F-1"]
    facility = {"kind": "facility", "name": "x", "parent_id": ids["Pad A"]}
    assert api.post("/api/v1/assets", facility).status == 422
