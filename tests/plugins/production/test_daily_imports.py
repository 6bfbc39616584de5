"""Daily records from files: a decade at once, with what is wrong by row."""

from typing import Any

import pytest

from wellhead.testing import Answer

from .conftest import PRODUCTION, Site

HEADER = "well,facility,production_date,hours_on,oil,gas,water,liquid_unit,gas_unit\n"


def send(site: Site, text: str, **query: Any) -> Answer:
    return site.api.request(
        "POST",
        f"{PRODUCTION}/daily-records/import",
        query=query,
        text=text,
        headers={"Content-Type": "text/csv"},
    )


def line(site: Site, date: str, rest: str = "24,100,50,30,STB,Mscf", well: int = 0) -> str:
    return f"{site.wells[well]['name']},{site.facility['name']},{date},{rest}\n"


def test_a_file_is_tried_stored_and_read_back(site: Site) -> None:
    text = HEADER + line(site, "2026-06-01") + "\n" + line(site, "2026-06-02", ",,,30,,", 1)
    tried = send(site, text, dry_run="true")
    assert tried.data == {
        "created": 2, "replaced": 0, "skipped": 0, "failed": 0, "dry_run": True, "rows": [],
    }  # fmt: skip
    period = {"facility_id": site.facility["id"]}
    assert site.get("daily-records", **period).meta["total"] == 0
    assert send(site, text).data["created"] == 2
    first, second = site.get("daily-records", **period).data
    assert (first["oil"], first["liquid_unit"], first["gas_unit"]) == (100, "STB", "Mscf")
    assert first["standard_conditions"] == "60F_14.696psia"
    assert (first["day_hours"], first["method"], first["disposition"]) == (
        24,
        "measured",
        "produced",
    )
    assert first["gas_oil_ratio"] == pytest.approx(500)
    assert (second["oil"], second["water"], second["hours_on"]) == (None, 30, None)
    assert second["liquid_unit"] == "Sm3"
    audit = site.api.get("/api/v1/audit", record_id="import").data[-1]["new"]
    assert audit["created"] == 2
    assert (audit["first"], audit["last"]) == ("2026-06-01", "2026-06-02")


def test_the_list_as_a_file_comes_back_as_it_was(site: Site) -> None:
    day = site.day("2026-06-01", oil=1.25, choke=32, choke_unit="in64", remark='=1+1, as "was"')
    file = site.get("daily-records", facility_id=site.facility["id"], format="csv").text
    assert site.api.delete(f"{PRODUCTION}/daily-records/{day['id']}").status == 200
    assert send(site, file).data["created"] == 1
    (again,) = site.get("daily-records", facility_id=site.facility["id"]).data
    own = {"id", "created_at", "updated_at"}
    assert {key: again[key] for key in again.keys() - own} == {
        key: day[key] for key in day.keys() - own
    }


def test_what_is_wrong_is_told_by_row_in_the_shape_of_every_import(site: Site) -> None:
    text = (
        HEADER
        + line(site, "2026-06-01")
        + line(site, "2026-06-01", "24,101,50,30,STB,Mscf")
        + line(site, "2026-03-07", "23.5,100,50,30,STB,Mscf")
        + line(site, "2026-06-03", "24,lots,50,30,STB,Mscf")
        + line(site, "2026-06-04", "24,100,-50,30,gal,Mscf")
        + f"nowhere,{site.facility['name']},2026-06-05,,,,,,\n"
        + line(site, "tomorrow")
        + line(site, "2099-01-01")
        + "short,row\n"
        + line(site, "2026-06-06", "0,100,50,30,STB,Mscf")
    )
    refused = send(site, text)
    assert refused.status == 422
    assert "8 of 10 rows cannot be created, so none was" in refused.error["message"]
    assert refused.error["details"][0]["field"] == "items.1.production_date"
    assert site.get("daily-records", facility_id=site.facility["id"]).meta["total"] == 0
    kept = send(site, text, on_error="skip").data
    assert (kept["created"], kept["failed"]) == (2, 8)
    found = {
        row["index"]: [(detail["field"], detail["message"]) for detail in row["errors"]]
        for row in kept["rows"]
        if row["errors"]
    }
    details = [detail for row in kept["rows"] for detail in row["errors"] + row["warnings"]]
    assert all(detail["remedy"] for detail in details)
    assert found[1] == [("production_date", "line 2 is of the same well, day and disposition")]
    assert found[2] == [("hours_on", "the production day 2026-03-07 has 23 h")]
    assert found[3] == [("oil", "Not a valid number.")]
    assert {field for field, _ in found[4]} == {"gas", "liquid_unit"}
    assert found[5] == [("well", "no well is called so")]
    assert found[6][0][0] == "production_date"
    assert found[7] == [("production_date", "the production day has not begun")]
    assert found[8] == [("", "has 2 cells, the header 9")]
    assert [(row["index"], row["line"]) for row in kept["rows"]][-1] == (9, 11)
    (warning,) = kept["rows"][-1]["warnings"]
    assert warning["message"] == "the well has volumes without an hour on"


def test_a_day_that_is_there_is_an_error_left_alone_or_replaced(site: Site) -> None:
    day = site.day("2026-06-01", oil=1, remark="by hand")
    text = HEADER + line(site, "2026-06-01") + line(site, "2026-06-02")
    assert send(site, text).error["details"][0]["remedy"] == "Say existing=replace or existing=skip"
    skipped = send(site, text, existing="skip").data
    assert (skipped["created"], skipped["skipped"]) == (1, 1)
    replaced = send(site, text, existing="replace").data
    assert (replaced["created"], replaced["replaced"]) == (0, 2)
    again = site.get(f"daily-records/{day['id']}").data
    assert (again["oil"], again["remark"], again["created_at"]) == (100, None, day["created_at"])
    (change,) = site.api.get("/api/v1/audit", record_id=day["id"], action="update").data
    assert (change["old"]["oil"], change["new"]["oil"]) == (1, 100)
    assert change["old"]["remark"] == "by hand"


def test_hours_of_what_was_made_and_injected_share_the_day(site: Site) -> None:
    header = "well,facility,production_date,hours_on,disposition\n"
    made = line(site, "2026-06-01", "20,produced")
    pumped = line(site, "2026-06-01", "20,injected")
    (detail,) = send(site, header + made + pumped).error["details"]
    assert (detail["field"], detail["value"]) == ("items.1.hours_on", 20)
    assert detail["message"] == "20 h of the day's 24 h are taken by what it produced"
    assert send(site, header + made).data["created"] == 1
    assert send(site, header + pumped).error["details"][0]["message"] == detail["message"]
    both = header + line(site, "2026-06-01", "10,produced") + pumped.replace("20,inj", "14,inj")
    assert send(site, both, existing="replace").data["replaced"] == 1


def test_volumes_that_a_row_does_not_repeat_are_warned_of(site: Site) -> None:
    site.day("2026-06-01", oil=1, gas=2, remark="by hand")
    text = HEADER + line(site, "2026-06-01", "20,5,,,,")
    (row,) = send(site, text, existing="replace", dry_run="true").data["rows"]
    assert [(warning["field"], warning["message"]) for warning in row["warnings"]] == [
        ("gas", "the record has a volume of gas, which is not known by this row")
    ]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("", "body", None),
        ("well,facility,production_date,oli\n", "header", "oli"),
        ("well,well,facility,production_date\n", "header", "well"),
        ("well,facility,oil\n", "header", None),
        ("well,well_id,facility,production_date\n", "header", None),
        ('well,facility,production_date\n"a,b\n', "body", None),
    ],
)
def test_a_file_that_cannot_be(site: Site, text: str, field: str, value: str | None) -> None:
    answer = send(site, text)
    assert answer.status == 422
    assert answer.error["details"][0]["field"] == field
    assert answer.error["details"][0].get("value") == value


def test_a_body_of_another_kind_is_refused(site: Site) -> None:
    assert site.api.post(f"{PRODUCTION}/daily-records/import", {}).status == 415
