"""Surveys over the API: versions, the definitive one, paths, and what is told when they lack."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from pyproj import Geod

from wellhead.testing import ApiClient

WELLS = "/api/v1/wells"
FEET = 0.3048
BOOK: dict[str, Any] = {
    "name": "MWD run 1",
    "kind": "mwd",
    "tool": "MWD+IFR1+MS",
    "azimuth_reference": "grid",
    "grid_convergence": 1.5,
    "vertical_section_azimuth": 35,
    "stations": {"md": [0, 3_500, 3_600], "inclination": [0, 15, 25], "azimuth": [0, 20, 45]},
}
_NUMBERS = itertools.count(1)


@pytest.fixture
def api(shared_api: ApiClient) -> ApiClient:
    """Of one app for all tests here: each has a wellbore of its own."""
    return shared_api


@pytest.fixture
def bore(api: ApiClient) -> str:
    """A wellbore in feet below a kelly bushing 100 ft above the sea."""
    well = api.post(
        WELLS,
        {
            "name": f"W-{next(_NUMBERS)}",
            "latitude": 58.4,
            "longitude": 1.9,
            "datums": [{"code": "KB", "elevation": 100, "unit": "ft"}],
            "depth_datum": "KB",
        },
    ).data
    bores = f"{WELLS}/{well['id']}/wellbores"
    initial = {"name": "OH", "wellbore_type": "initial", "md": 3_600, "depth_unit": "ft"}
    return f"{bores}/{api.post(bores, initial).data['id']}"


def survey(api: ApiClient, bore: str, body: dict[str, Any] = BOOK, **fields: Any) -> str:
    answer = api.post(f"{bore}/surveys", body | fields)
    assert answer.status == 201, answer.body
    return f"{bore}/surveys/{answer.data['id']}"


def definitive(api: ApiClient, path: str, reason: str = "final") -> Any:
    answer = api.post(f"{path}/definitive", {"reason": reason})
    assert answer.status == 200, answer.body
    return answer.data


def test_a_change_is_a_version_and_one_is_definitive(api: ApiClient, bore: str) -> None:
    first = survey(api, bore)
    shown = api.get(first).data
    assert (shown["version"], shown["definitive"], shown["station_count"]) == (1, False, 3)
    assert (shown["depth_unit"], shown["depth_datum"]) == ("ft", "KB")
    assert shown["created_by"] == "admin@example.com"
    assert definitive(api, first)["definitive"] is True

    columns = BOOK["stations"] | {"inclination": [0, 15, 26]}
    key = shown["id"]
    second = survey(api, bore, stations=columns, replaces=key)
    assert api.get(first).data["stations"] == BOOK["stations"], "what was entered stays"
    late = api.post(f"{bore}/surveys", BOOK | {"replaces": key})
    assert (late.status, late.error["details"][0]["field"]) == (409, "replaces")
    assert "replaced by version 2" in late.error["message"]
    for method in ("PATCH", "PUT", "DELETE"):
        assert api.request(method, first, {}).status == 405

    listed = api.get(f"{bore}/surveys").data
    assert [(one["version"], one["definitive"]) for one in listed] == [(1, True), (2, False)]
    assert api.get(f"{bore}/surveys", definitive="true").meta["total"] == 1
    made = definitive(api, second, "inclination of the last station was misread")
    assert made["definitive_reason"] == "inclination of the last station was misread"
    assert made["definitive_by"] == "admin@example.com"
    assert api.get(first).data["definitive"] is False
    trail = api.get("/api/v1/audit", table="wells_survey", action="update", sort="id").data
    assert [entry["new"]["definitive"] for entry in trail[-2:]] == [False, True]
    assert trail[-1]["new"]["definitive_reason"] == made["definitive_reason"]

    assert api.post(f"{second}/definitive", {}).status == 422, "a reason is needed"
    kept = api.delete(bore)
    assert kept.status == 409
    assert "surveys, which are kept" in kept.error["message"]


def test_of_two_made_definitive_at_once_one_is(api: ApiClient, bore: str) -> None:
    paths = [survey(api, bore), survey(api, bore)]
    with ThreadPoolExecutor(2) as people:
        list(people.map(lambda path: definitive(api, path), paths))
    assert api.get(f"{bore}/surveys", definitive="true").meta["total"] == 1


def test_a_plan_is_compared_and_never_definitive(api: ApiClient, bore: str) -> None:
    plan = survey(api, bore, kind="plan", name="Plan 3")
    refused = api.post(f"{plan}/definitive", {"reason": "x"})
    assert (refused.status, refused.error["details"][0]["field"]) == (422, "kind")
    missing = api.get(f"{bore}/path")
    assert missing.status == 404
    assert "no definitive survey" in missing.error["message"]
    found = api.get(f"{bore}/path", survey=plan.rsplit("/", 1)[1])
    assert found.data["md"] == [0, 3_500, 3_600]


def test_a_survey_says_where_its_stations_are(api: ApiClient, bore: str) -> None:
    """The books' case, below a straight hole: every column beside the measured ones."""
    path = survey(api, bore)
    shown = api.get(path).data["positions"]
    tvd, north, east = (np.array(shown[name]) for name in ("tvd", "north", "east"))
    assert np.diff(tvd)[1] == pytest.approx(94.012, abs=5e-4)
    assert np.diff(north)[1] == pytest.approx(27.218, abs=5e-4)
    assert np.diff(east)[1] == pytest.approx(19.451, abs=5e-4)
    assert (shown["dls"][2], shown["dls_unit"]) == (pytest.approx(12.95, abs=5e-3), "deg_100ft")
    np.testing.assert_allclose(shown["tvd_subsea"], tvd - 100)
    np.testing.assert_allclose(shown["closure_distance"], np.hypot(north, east))
    assert shown["closure_azimuth"][2] == pytest.approx(np.degrees(np.arctan2(east, north))[2])
    plane = np.radians(35)
    np.testing.assert_allclose(
        shown["vertical_section"], north * np.cos(plane) + east * np.sin(plane), atol=1e-9
    )
    # grid north is 1.5° east of true north, so the way there from the wellhead is 1.5° further on
    azimuth, _, distance = Geod(ellps="WGS84").inv(
        1.9, 58.4, shown["longitude"][2], shown["latitude"][2]
    )
    assert azimuth == pytest.approx(shown["closure_azimuth"][2] + 1.5)
    assert distance == pytest.approx(shown["closure_distance"][2] * FEET)

    metric = api.get(path, units="metric").data
    assert metric["depth_unit"] == metric["positions"]["depth_unit"] == "m"
    assert metric["stations"]["md"][1] == pytest.approx(3_500 * FEET)
    np.testing.assert_allclose(metric["positions"]["tvd"], tvd * FEET)
    assert metric["positions"]["dls_unit"] == "deg_30m"
    assert metric["positions"]["dls"][2] == pytest.approx(shown["dls"][2] * 30 / 30.48)

    true = api.get(path, north="true").data
    assert true["stations"]["azimuth"] == [0, 20, 45], "as entered"
    np.testing.assert_allclose(true["positions"]["azimuth"], [1.5, 21.5, 46.5])
    assert true["positions"]["vertical_section_azimuth"] == 36.5
    np.testing.assert_allclose(true["positions"]["vertical_section"], shown["vertical_section"])


def test_magnetic_azimuths_need_their_declination(api: ApiClient, bore: str) -> None:
    body = {name: value for name, value in BOOK.items() if name != "grid_convergence"}
    magnetic = body | {"azimuth_reference": "magnetic"}
    refused = api.post(f"{bore}/surveys", magnetic)
    assert refused.error["details"][0]["field"] == "magnetic_declination"
    path = survey(api, bore, magnetic, magnetic_declination=-3)
    found = api.get(path).data["positions"]
    assert found["north_reference"] == "true"
    np.testing.assert_allclose(found["azimuth"], [357, 17, 42])

    grid = api.get(survey(api, bore, body)).data["positions"]
    assert grid["latitude"] is None
    assert "grid_convergence" in grid["location_note"]
    lost = api.get(path, north="grid").data
    assert (lost["positions"], lost["stations"]["md"]) == (None, [0, 3_500, 3_600])
    assert "grid_convergence" in lost["positions_note"]


def test_a_path_is_asked_by_depth_by_tvd_and_by_step(api: ApiClient, bore: str) -> None:
    definitive(api, survey(api, bore))
    path = f"{bore}/path"
    whole = api.get(path).data
    at = api.get(path, at="3500,3550,100.5").data
    assert at["md"] == [3_500, 3_550, 100.5]
    assert at["tvd"][0] == whole["tvd"][1]
    assert whole["tvd"][1] < at["tvd"][1] < whole["tvd"][2]
    assert 15 < at["inclination"][1] < 25
    back = api.get(path, tvd=str(at["tvd"][1])).data
    assert back["md"] == [pytest.approx(3_550)]
    steps = api.get(path, every=1_000).data
    assert steps["md"] == [0, 1_000, 2_000, 3_000, 3_600]
    assert api.get(path, every=500, units="metric").data["md"][:3] == [0, 500, 1_000]

    for query, field, message in (
        ({"at": "3601"}, "md", "outside of the survey"),
        ({"at": "1", "every": "2"}, "every", "goes not with at"),
        ({"every": "0.1"}, "every", "more than 10,000 points"),
        ({"at": "1,x"}, "at", "Not a valid number"),
        ({"every": "0"}, "every", "greater than 0"),
        ({"datum": "RT"}, "to_datum", "not know the elevation of RT"),
    ):
        refused = api.get(path, **query)
        assert refused.status == 422, query
        assert refused.error["details"][0]["field"] == field
        assert message in refused.error["message"]


def test_what_is_no_survey_is_refused(api: ApiClient, bore: str) -> None:
    for change, field, message in (
        (columns([0, 0], [0, 0]), "stations.md.1", "not below the station before"),
        (columns([0], []), "stations", "1 md, 0 inclination"),
        (columns([], []), "stations", "one station at least"),
        (columns([60_001], [0]), "stations.md.0", "deeper than any hole"),
        (columns([*range(10_001)], [0] * 10_001), "stations", "10,000 stations at most"),
        (columns([0], [181]), "stations.inclination.0", "0 to 180 degrees"),
        ({"azimuth_reference": "north"}, "azimuth_reference", "one of"),
        ({"replaces": "0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a"}, "replaces", "no such survey"),
        ({"version": 7}, "version", "it is answered, never sent"),
    ):
        refused = api.post(f"{bore}/surveys", BOOK | change)
        assert refused.status == 422, refused.body
        assert refused.error["details"][0]["field"] == field
        assert message in str(refused.error)
    assert api.get(f"{bore}/surveys").data == []


def columns(md: list[float], inclination: list[float]) -> dict[str, Any]:
    return {"stations": {"md": md, "inclination": inclination, "azimuth": [0.0] * len(md)}}
