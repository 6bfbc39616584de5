"""Surveys from CSV files: as companies name the columns, all or nothing, row by row."""

from typing import Any

import pytest

from wellhead import sdk
from wellhead.testing import Answer, ApiClient
from wellhead_wells.surveys.imports import read_table

WELLS = "/api/v1/wells"
FILE = """\
Station,MD (ft),Inc (deg),Azi,TVD
1,0,0,0,0
2,3500,15,20,3460.1
3,3600,25,45,3554.1
"""
HEADER = {"name": "MWD", "kind": "mwd", "azimuth_reference": "true"}


def send(api: ApiClient, bore: str, file: str, **query: Any) -> Answer:
    return api.request(
        "POST",
        f"{bore}/surveys/import",
        query=HEADER | query,
        text=file,
        headers={"Content-Type": "text/csv"},
    )


def test_a_file_is_tried_imported_and_comes_back_as_it_was(
    shared_api: ApiClient,
) -> None:
    api = shared_api
    well = api.post(WELLS, {"name": "W-1", "depth_datum": "KB"}).data
    bores = f"{WELLS}/{well['id']}/wellbores"
    bore = f"{bores}/{api.post(bores, {'name': 'OH', 'md': 3600, 'depth_unit': 'ft'}).data['id']}"

    broken = FILE.replace("15", "195").replace("3600", "3600 ft") + "4,3500,30,\n5,3400,1,1,0\n"
    tried = send(api, bore, broken, dry_run="true").data
    assert (tried["created"], tried["failed"], tried["survey"]) == (2, 3, None)
    assert [len(row["errors"]) for row in tried["rows"]] == [0, 1, 1, 1, 0]
    assert tried["rows"][1]["errors"][0] == {
        "field": "inclination",
        "value": "195",
        "message": "Must be 0 to 180 degrees.",
        "remedy": "Correct the row",
    }
    assert "Has 4 cells, the header 5" in tried["rows"][3]["errors"][0]["message"]
    refused = send(api, bore, broken)
    assert refused.status == 422
    fields = [detail["field"] for detail in refused.error["details"]]
    assert fields == ["rows.1.inclination", "rows.2.md", "rows.3"]
    unsorted = send(api, bore, FILE + "4,3500,30,40,0\n", dry_run="true").data
    assert "not below the row above, 3600" in unsorted["rows"][3]["errors"][0]["message"]

    fine = send(api, bore, FILE, dry_run="true").data
    assert (fine["created"], fine["failed"], fine["ignored"]) == (3, 0, ["Station", "TVD"])
    assert api.get(f"{bore}/surveys").data == [], "nothing is stored by a dry run"
    made = send(api, bore, FILE, tool="MWD+IFR1", source="Survey Co").data["survey"]
    assert (made["version"], made["station_count"], made["source"]) == (1, 3, "Survey Co")
    path = f"{bore}/surveys/{made['id']}"
    shown = api.get(path).data["stations"]
    assert shown == {"md": [0, 3_500, 3_600], "inclination": [0, 15, 25], "azimuth": [0, 20, 45]}

    file = api.get(path, format="csv")
    assert file.text.splitlines()[0].startswith(
        "md (ft),inclination (deg),azimuth (deg),tvd (ft),north (ft),east (ft),dls (deg_100ft)"
    )
    again = send(api, bore, file.text, replaces=made["id"]).data["survey"]
    assert api.get(f"{bore}/surveys/{again['id']}").data["stations"] == shown

    for text, query, field, message in (
        ("a,b\n1,2\n", {}, "header", "no column md, inclination, azimuth"),
        ("md,inc\n1,2\n", {}, "header", "no column azimuth"),
        (FILE, {"depth_unit": "m"}, "header", "is in ft, the import in m"),
        (FILE.replace("(deg)", "(rad)"), {}, "header", "is in rad"),
        (FILE.replace("Station", "depth"), {}, "header", "second column of md"),
        ("md,inc,azi\n", {}, "stations", "one station at least"),
        (FILE, {"kind": "guess"}, "kind", "one of"),
    ):
        wrong = send(api, bore, text, **query)
        assert wrong.status == 422, (text, wrong.body)
        assert wrong.error["details"][0]["field"] == field
        assert message in str(wrong.error), wrong.error
    assert (
        api.post(f"{bore}/surveys/import?name=a&kind=mwd&azimuth_reference=true", {}).status == 415
    )


def test_rows_that_are_too_many_are_not_read_one_by_one() -> None:
    """A mebibyte of rows that are wrong in three ways each would be told of in fifty."""
    rows = "md,inc,azi\n" + "x,x,x\n" * 10_001
    with pytest.raises(sdk.WellheadError, match="10,000 stations at most"):
        read_table(rows.encode(), "m")


def test_a_sidetracks_file_from_the_surface_gives_what_is_below_its_kickoff(
    shared_api: ApiClient,
) -> None:
    api = shared_api
    well = api.post(WELLS, {"name": "W-2", "depth_datum": "KB"}).data
    bores = f"{WELLS}/{well['id']}/wellbores"
    parent = api.post(bores, {"name": "OH", "md": 3600, "depth_unit": "ft"}).data["id"]
    side = {"wellbore_type": "sidetrack", "parent_id": parent, "kickoff_md": 3500}
    made = api.post(bores, {"name": "ST1", "depth_unit": "ft"} | side).data["id"]
    bore = f"{bores}/{made}"
    tried = send(api, bore, FILE, dry_run="true").data
    assert (tried["created"], tried["failed"]) == (2, 0)
    told = [[problem["value"] for problem in row["warnings"]] for row in tried["rows"]]
    assert told == [["0"], [], []]
    survey = send(api, bore, FILE).data["survey"]
    assert api.get(f"{bore}/surveys/{survey['id']}").data["stations"]["md"] == [3500, 3600]
    refused = send(api, bore, FILE.replace("3,3600,25,45,3554.1\n", "").replace("3500", "3400"))
    assert refused.error["details"][0]["field"] == "stations.md.1"
    assert "nothing of this is ST1's own" in refused.error["message"]
