"""Files of wells and wellbores: columns that people have, warnings, dry runs; and finding wells."""

import itertools
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from wellhead.testing import Answer, ApiClient

WELLS = "/api/v1/wells"
_NUMBERS = itertools.count(11)


class File:
    """Three rows of wells, which no other test has; the third's number is malformed."""

    def __init__(self, api: ApiClient) -> None:
        self.api = api
        self.number = next(_NUMBERS)
        self.pad = f"Pad {self.number}"
        api.post("/api/v1/assets", {"kind": "pad", "name": self.pad})
        self.text = (
            "name,us_well_number,alias,parent,elevation_unit,kb_elevation,status\n"
            f"W-1,42-5{self.number}-20130,BB-14; Old Faithful,{self.pad},ft,3586.5,testing\n"
            f"W-2,425{self.number}20131,,{self.pad},,,drilling\n"
            f"W-3,123-543-{self.number}7AZ,,{self.pad},,,drilling\n"
        )

    def send(self, path: str = "bulk", text: str | None = None, **query: str) -> Answer:
        headers = {"Content-Type": "text/csv"}
        sent = self.text if text is None else text
        path = f"{WELLS}/{path}"
        return self.api.request("POST", path, query=query, headers=headers, text=sent)

    def found(self, **query: str) -> list[str]:
        pad = self.api.get("/api/v1/assets", kind="pad", name=self.pad).data[0]["id"]
        wells = self.api.get(WELLS, sort="name", parent_asset_id=pad, **query).data
        return [well["name"] for well in wells]


@pytest.fixture
def file(shared_api: ApiClient) -> File:
    return File(shared_api)


def test_a_file_of_wells_with_columns_that_people_have(file: File) -> None:
    tried = file.send(dry_run="true")
    assert (tried.data["created"], file.found()) == (3, [])
    rows = file.send().data["rows"]
    assert [len(row["warnings"]) for row in rows] == [0, 0, 1]
    [warning] = rows[2]["warnings"]
    malformed = f"123-543-{file.number}7AZ"
    assert (warning["field"], warning["value"]) == ("identifiers.0.value", malformed)
    assert "digits only" in warning["message"]
    assert tried.data["rows"] == [row | {"id": None} for row in rows]

    first, _, third = (file.api.get(f"{WELLS}/{row['id']}").data for row in rows)
    assert first["identifiers"][0]["normalised"] == f"425{file.number}201300000"
    assert [alias["name"] for alias in first["aliases"]] == ["BB-14", "Old Faithful"]
    assert first["datums"] == [{"code": "KB", "elevation": 3586.5, "unit": "ft"}]
    kept = third["identifiers"][0]
    assert (kept["value"], kept["normalised"]) == (malformed, None)


def test_a_malformed_number_is_an_error_where_people_enter_it(shared_api: ApiClient) -> None:
    number = {"kind": "canada_uwi", "value": "100/16-09"}
    alone = shared_api.post(WELLS, {"name": "M-1", "identifiers": [number]})
    assert (alone.status, alone.error["details"][0]["field"]) == (422, "identifiers.0.value")
    row = {"name": "M-1", "uwi": "100/16-09"}
    entered = shared_api.post(f"{WELLS}/bulk", {"items": [row], "mode": "entry"})
    assert entered.error["details"][0]["field"] == "items.0.identifiers.0.value"
    imported = shared_api.post(f"{WELLS}/bulk", {"items": [row]}).data
    assert imported["rows"][0]["warnings"][0]["value"] == "100/16-09"


def test_rows_that_cannot_be_are_told_one_by_one(file: File) -> None:
    rows: list[tuple[dict[str, Any], str]] = [
        ({"name": "R-1", "parent": "Pad Z"}, "parent"),
        ({"name": "R-2", "kb_elevation": 12}, "elevation_unit"),
        ({"name": "R-3", "us_well_number": ""}, "us_well_number"),
        ({"name": "R-4", "parent": file.pad}, ""),
        ({"name": "R-4", "parent": file.pad}, "name"),
    ]
    items = [row for row, _ in rows]
    answer = file.api.post(f"{WELLS}/bulk", {"items": items, "on_error": "skip"}).data
    said = [row["errors"][0]["field"] if row["errors"] else "" for row in answer["rows"]]
    assert said == [field for _, field in rows]
    assert file.found() == ["R-4"]


def test_many_wells_take_few_statements(file: File) -> None:
    """What a thousand wells cost is what each asks the database: one by one it is twelve times."""
    items = [
        {"name": f"B-{n}", "npdid": str(5_000 + n), "alias": f"A-{n}", "parent": file.pad}
        for n in range(100)
    ]
    statements: list[str] = []

    def seen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", seen)
    try:
        answer = file.api.post(f"{WELLS}/bulk", {"items": items})
    finally:
        event.remove(Engine, "before_cursor_execute", seen)
    assert answer.data["created"] == 100
    assert len(statements) < 6 * len(items)


def test_a_file_of_wellbores_of_many_wells(file: File) -> None:
    third = file.send().data["rows"][2]["id"]
    named = f"The third of {file.number}"
    file.api.patch(f"{WELLS}/{third}", {"aliases": [{"name": named}]})
    text = (
        "well,name,wellbore_type,parent,kickoff_md,md,depth_unit,depth_datum,us_well_number\n"
        f"{named},OH,initial,,,9000,ft,KB,\n"
        f"{named},ST1,sidetrack,OH,6000,9500,ft,KB,42501\n"
        f"42-5{file.number}-20131-00-00,OH,initial,,,3000,m,RT,\n"
        "nobody,OH,initial,,,3000,m,RT,\n"
    )
    rows = file.send("wellbores/bulk", text, on_error="skip").data["rows"]
    assert [row["id"] is not None for row in rows] == [True, True, True, False]
    assert "digits" in rows[1]["warnings"][0]["message"]
    assert rows[3]["errors"][0]["field"] == "well"
    bores = file.api.get(f"{WELLS}/{third}/wellbores", sort="name").data
    assert [bore["name"] for bore in bores] == ["OH", "ST1"]
    assert bores[1]["parent_id"] == bores[0]["id"]


def test_wells_are_found_by_any_name_and_any_spelling(file: File) -> None:
    second = file.send().data["rows"][1]["id"]
    bore = {"name": "W-2 ST1", "identifiers": [{"kind": "norway_name", "value": "15/9-F-1 C"}]}
    assert file.api.post(f"{WELLS}/{second}/wellbores", bore).status == 201
    county = f"5{file.number}"
    for text, names in {
        "old faith": ["W-1"],
        "w-": ["W-1", "W-2", "W-3"],
        f"42{county}201300300": ["W-1"],
        f"42-{county}-20130": ["W-1"],
        f"42 {county} 20130 00 00": ["W-1"],
        f"{county}-2013": ["W-1", "W-2"],
        f"{file.number}7az": ["W-3"],
        "15/9-f-1c": ["W-2"],
        "%": [],
        "st1": ["W-2"],
    }.items():
        assert file.found(search=text) == names, text


def test_wells_are_found_by_pad_facility_and_field(shared_api: ApiClient) -> None:
    ids: dict[str, str] = {}
    for kind, name, parent in (
        ("field", "Wasson", None),
        ("facility", "Battery 1", "Wasson"),
        ("pad", "Pad A", "Battery 1"),
        ("pad", "Pad B", "Wasson"),
    ):
        asset = {"kind": kind, "name": name, "parent_id": parent and ids[parent]}
        ids[name] = shared_api.post("/api/v1/assets", asset).data["id"]
    for name, parent in (("A-1", "Pad A"), ("A-2", "Pad A"), ("B-1", "Pad B"), ("F-1", "Wasson")):
        well = {"name": name, "parent_asset_id": ids[parent]}
        assert shared_api.post(WELLS, well).status == 201

    def found(**query: str) -> list[str]:
        return [well["name"] for well in shared_api.get(WELLS, sort="name", **query).data]

    assert found(parent_asset_id=ids["Pad A"]) == ["A-1", "A-2"]
    assert found(under=ids["Battery 1"]) == ["A-1", "A-2"]
    assert found(under=ids["Wasson"]) == ["A-1", "A-2", "B-1", "F-1"]
    facility = {"kind": "facility", "name": "x", "parent_id": ids["Pad A"]}
    assert shared_api.post("/api/v1/assets", facility).status == 422
