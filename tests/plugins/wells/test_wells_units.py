"""Depths and elevations in the units asked for; what is stored stays as it was entered."""

import csv
import io

import pytest

from wellhead.testing import ApiClient

pytestmark = pytest.mark.one_app

WELLS = "/api/v1/wells"


@pytest.fixture
def well(api: ApiClient) -> str:
    body = {
        "name": "A-1",
        "ground_elevation": 100.0,
        "elevation_unit": "m",
        "datums": [{"code": "KB", "elevation": 410.0, "unit": "ft"}],
    }
    key: str = api.post(WELLS, body).data["id"]
    bore = {"name": "A-1 H", "md": 3000.0, "tvd": 2500.0, "depth_unit": "m", "depth_datum": "KB"}
    assert api.post(f"{WELLS}/{key}/wellbores", bore).status == 201
    return key


def test_a_record_in_oilfield_and_metric_units(api: ApiClient, well: str) -> None:
    oilfield = api.get(f"{WELLS}/{well}", units="oilfield").data
    metric = api.get(f"{WELLS}/{well}", units="metric").data
    entered = api.get(f"{WELLS}/{well}").data

    assert oilfield["ground_elevation"] == pytest.approx(328.084, abs=1e-3)
    assert oilfield["elevation_unit"] == "ft"
    assert (oilfield["datums"][0]["elevation"], oilfield["datums"][0]["unit"]) == (410.0, "ft")
    assert metric["datums"][0]["elevation"] == pytest.approx(124.968)
    assert metric["datums"][0]["unit"] == "m"
    assert (entered["ground_elevation"], entered["elevation_unit"]) == (100.0, "m")
    assert (entered["datums"][0]["elevation"], entered["datums"][0]["unit"]) == (410.0, "ft")


def test_lists_and_files_too(api: ApiClient, well: str) -> None:
    (bore,) = api.get(f"{WELLS}/{well}/wellbores", units="oilfield").data
    assert (round(bore["md"]), round(bore["tvd"]), bore["depth_unit"]) == (9843, 8202, "ft")
    assert bore["tvd_subsea"] == pytest.approx(8202.1 - 410, abs=0.1)
    response = api.app.test_client().get(
        f"{WELLS}?units=oilfield&format=csv", headers={"Authorization": f"Bearer {api.token}"}
    )
    (row,) = csv.DictReader(io.StringIO(response.get_data(as_text=True)))
    assert (row["elevation_unit"], round(float(row["ground_elevation"]))) == ("ft", 328)


def test_an_etag_is_of_the_record_and_not_of_its_units(api: ApiClient, well: str) -> None:
    tag = api.get(f"{WELLS}/{well}", units="oilfield").headers["ETag"]
    answer = api.request(
        "PATCH", f"{WELLS}/{well}", json={"operator": "Acme"}, headers={"If-Match": tag}
    )
    assert answer.status == 200, answer.body
    assert answer.data["ground_elevation"] == 100.0, "a change answers as entered"


def test_units_of_nothing_are_an_unknown_parameter(api: ApiClient) -> None:
    answer = api.get("/api/v1/assets", units="metric")
    assert (answer.status, answer.error["details"][0]["field"]) == (422, "units")
    refused = api.get(WELLS, units="furlongs")
    assert (
        "oilfield or metric" in refused.error["message"]
        or "metric or oilfield" in (refused.error["message"])
    )


def test_the_documentation_names_the_field_of_each_unit(api: ApiClient) -> None:
    document = api.get("/api/v1/openapi.json").body
    bore = document["components"]["schemas"]["Wellbore"]["properties"]
    assert bore["md"]["x-unit-field"] == "depth_unit"
    parameters = document["paths"]["/api/v1/wells/{id}"]["get"]["parameters"]
    assert "units" in [parameter.get("name") for parameter in parameters]
