"""Identifiers of wells over the API: kept as entered, compared by what they mean."""

from typing import Any

import pytest
from flask import Flask

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_wells.service import create_well

pytestmark = pytest.mark.one_app

WELLS = "/api/v1/wells"


def body(name: str, *identifiers: tuple[str, str]) -> dict[str, Any]:
    return {
        "name": name,
        "identifiers": [{"kind": kind, "value": value} for kind, value in identifiers],
    }


def test_identifiers_of_three_countries_keep_their_spelling_and_order(api: ApiClient) -> None:
    sent = [
        ("us_well_number", "05-001-09582"),
        ("canada_uwi", "100/16-09-010-09W1/00"),
        ("norway_name", "NO 15/9-F-1 C"),
        ("npdid", "07405"),
        ("other", "UK 211/29a-A37"),
    ]
    made = api.post(WELLS, body("W-1", *sent)).data
    found = [
        (item["kind"], item["value"], item["normalised"], item["warning"])
        for item in made["identifiers"]
    ]
    assert found == [
        ("us_well_number", "05-001-09582", "05001095820000", None),
        ("canada_uwi", "100/16-09-010-09W1/00", "100160901009W100", None),
        ("norway_name", "NO 15/9-F-1 C", "15/9-F-1 C", None),
        ("npdid", "07405", "7405", None),
        ("other", "UK 211/29a-A37", "UK 211/29A-A37", None),
    ]
    assert api.get(f"{WELLS}/{made['id']}").data == made


def test_a_malformed_identifier_names_itself_and_the_remedy(api: ApiClient) -> None:
    answer = api.post(WELLS, body("W-1", ("npdid", "7405"), ("us_well_number", "5001095820000")))
    assert answer.status == 422
    assert answer.error["details"] == [
        {
            "field": "identifiers.1.value",
            "value": "5001095820000",
            "message": "a US well number has 10, 12 or 14 digits, this has 13",
            "remedy": "Expected 10, 12 or 14 digits, hyphens allowed, like 42-501-20130-03-00; "
            "a leading zero may have been lost in a spreadsheet",
        }
    ]
    for value in (12345678, None, "", "x" * 65):
        refused = api.post(
            WELLS, body("W-1") | {"identifiers": [{"kind": "npdid", "value": value}]}
        )
        assert refused.status == 422, value
    refused = api.post(WELLS, body("W-1", ("api", "42-501-20130")))
    assert refused.error["details"][0]["field"] == "identifiers.0.kind"


def test_one_number_belongs_to_one_well(api: ApiClient) -> None:
    api.post(WELLS, body("W-1", ("us_well_number", "42-501-20130"), ("other", "A-1")))
    taken = api.post(WELLS, body("W-2", ("us_well_number", "42501201300300")))
    assert taken.status == 409
    assert taken.error["details"][0]["field"] == "identifiers.0.value"
    assert "well W-1 has this identifier" in taken.error["message"]
    assert api.post(WELLS, body("W-2", ("other", "A-1"))).status == 201
    twice = api.post(WELLS, body("W-3", ("npdid", "7405"), ("npdid", "07405")))
    assert twice.status == 422
    assert "in the list twice" in twice.error["message"]


def test_identifiers_can_be_respelt_exchanged_and_removed(api: ApiClient) -> None:
    well = api.post(WELLS, body("W-1", ("us_well_number", "4250120130"), ("npdid", "1"))).data
    path = f"{WELLS}/{well['id']}"

    def change(*identifiers: tuple[str, str]) -> list[str]:
        answer = api.patch(path, {"identifiers": body("", *identifiers)["identifiers"]})
        return [item["value"] for item in answer.data["identifiers"]]

    assert change(("npdid", "1"), ("us_well_number", "42-501-20130-00")) == ["1", "42-501-20130-00"]
    assert change(("us_well_number", "42-501-20131")) == ["42-501-20131"]
    assert change() == []
    broken = api.patch(path, {"identifiers": [{"kind": "npdid"}]})
    assert broken.error["details"][0]["field"] == "identifiers.0.value"


def test_an_import_keeps_malformed_identifiers_with_a_warning(app: Flask, api: ApiClient) -> None:
    with app.app_context(), sdk.tenant("default"):
        for name in ("R-1", "R-2"):  # two wells may share a number that nobody can read
            create_well(body(name, ("us_well_number", "123-543-987AZ")), imported=True)
        with pytest.raises(sdk.WellheadError, match="digits only"):
            create_well(body("R-3", ("us_well_number", "123-543-987AZ")))
        sdk.db.session.commit()
    found = api.get(WELLS, name="R-2").data[0]["identifiers"][0]
    assert (found["value"], found["normalised"]) == ("123-543-987AZ", None)
    assert "digits only" in found["warning"]


def test_wells_are_exported_edited_and_sent_back(api: ApiClient) -> None:
    body = {
        "name": "W-77",
        "identifiers": [{"kind": "npdid", "value": "7405"}],
        "aliases": [{"name": "-1.5", "system": None}],
        "datums": [{"code": "KB", "elevation": -1.5, "unit": "m"}],
        "country": "NO",
        "latitude": -1.5,
        "longitude": 2.0,
        "spud_date": "2020-02-03",
    }
    first = api.post("/api/v1/wells", body).data
    text = api.get("/api/v1/wells", format="csv").text
    text = text.replace("W-77", "W-78").replace("7405", "7406")
    sent = {"Content-Type": "text/csv"}

    answer = api.request("POST", "/api/v1/wells/bulk", headers=sent, text=text)

    second = api.get(f"/api/v1/wells/{answer.data['rows'][0]['id']}").data
    assert [number["value"] for number in second["identifiers"]] == ["7406"]
    own = {"id", "asset_id", "name", "identifiers", "created_at", "updated_at"}
    assert {key: second[key] for key in second.keys() - own} == {
        key: first[key] for key in first.keys() - own
    }
