"""Daily drilling reports: what they hold, and activities that tile the rig's day."""

import csv
import io

import pytest
from flask import Flask

from wellhead import sdk
from wellhead_wells.models import Wellbore
from wellhead_wells.surveys.service import create_survey, make_definitive

from .conftest import DRILLING, WELLS, Site, inches
from .reporting import REPORTS, activity, day_of, step, write

FULL = {
    "depth_start": 2_000.0,
    "depth_end": 2_150.0,
    "depth_unit": "m",
    "depth_datum": "KB",
    "summary": "Drilled 12 1/4 in from 2,000 to 2,150 m.",
    "forecast": "Drill to section TD.",
    "weather": "Calm",
    "persons_on_board": 87,
    "safety_events": [{"kind": "drill", "description": "Kick drill, 60 s"}],
    "afe": "AFE-17",
}


def test_a_report_holds_a_day_of_a_rig(crew: Site) -> None:
    crew.api.patch(f"{WELLS}/{crew.well['id']}", {"spud_date": "2026-06-01"})
    report = write(crew, "2026-06-10", **FULL)
    assert report | FULL == report
    assert (report["number"], report["state"], report["revision"]) == (1, "draft", 1)
    assert (report["progress"], report["spud_day"]) == (150.0, 10)
    assert (report["begins_at"], report["ends_at"], report["time_zone"]) == (
        "2026-06-10T05:00:00Z",
        "2026-06-11T05:00:00Z",
        "America/Chicago",
    )
    assert crew.api.get(f"{REPORTS}/{report['id']}").data == report
    feet = crew.api.get(f"{REPORTS}/{report['id']}", units="oilfield").data
    assert feet["depth_end"] == pytest.approx(2_150 / 0.3048)

    assert write(crew, "2026-06-11")["number"] == 2
    again = crew.api.post(
        REPORTS, crew.body(rig_id=crew.rig["id"], report_date="2026-06-10", number=3)
    )
    assert (again.status, again.error["code"]) == (409, "conflict")
    crew.refused("reports", "number", rig_id=crew.rig["id"], report_date="2026-06-12", number=2)
    upward = FULL | {"depth_end": 1_900.0}
    crew.refused("reports", "depth_end", rig_id=crew.rig["id"], report_date="2026-06-12", **upward)
    listed = crew.api.get(
        REPORTS, sort="report_date", order="desc", wellbore_id=crew.bore["id"]
    ).data
    assert [one["number"] for one in listed] == [2, 1]

    crew.api.patch(f"{DRILLING}/rigs/{crew.rig['id']}", {"time_zone": "Europe/Oslo"})
    moved = crew.api.patch(f"{REPORTS}/{report['id']}", {"remarks": "Rig moved"}).data
    assert moved["time_zone"] == "America/Chicago"
    moved = crew.api.patch(f"{REPORTS}/{report['id']}", {"report_date": "2026-06-10"}).data
    assert moved["begins_at"] == "2026-06-09T22:00:00Z"


def test_activities_tile_days_of_23_24_and_25_hours(crew: Site) -> None:
    for date, hours in (("2026-06-10", 24), ("2026-03-08", 23), ("2026-11-01", 25)):
        submit_full_day(crew, date, hours)


def submit_full_day(crew: Site, date: str, hours: int) -> None:
    lines = day_of(
        date,
        {"at": "00:00:00", "depth_from": 2_000, "depth_to": 2_100},
        {"at": "12:00:00", "code": "8", "class": "downtime", "detail": "Top drive"},
        {"at": "18:00:00", "code": "6"},
    )
    report = write(crew, date, activities=lines, **FULL)
    assert sum(row["hours"] for row in report["activities"]) == hours
    assert report["activities"][1]["local_start"].startswith(f"{date}T12:00:00-0")
    found = crew.api.get(f"{REPORTS}/{report['id']}/time-breakdown").data
    assert found["total"]["hours"] == hours
    assert found["total"]["npt_percent"] == pytest.approx(100 * 6 / hours)
    assert step(crew.api, report, "submit").data["state"] == "submitted"


def test_every_gap_and_overlap_keeps_a_report_from_being_submitted(crew: Site) -> None:
    lines = [
        activity("2026-06-10T01:00:00", "2026-06-10T06:00:00"),
        activity("2026-06-10T05:30:00", "2026-06-10T20:00:00", depth_to=2_200.0),
        activity("2026-06-10T21:00:00-05:00", "2026-06-11T05:00:00Z"),
    ]
    report = write(crew, "2026-06-10", activities=lines, **FULL)
    answer = step(crew.api, report, "submit")
    assert (answer.status, answer.error["code"]) == (422, "report_incomplete")
    assert [(one["field"], one["message"]) for one in answer.error["details"]] == [
        (
            "activities",
            "nothing is entered for 2026-06-10T00:00:00-05:00 to 2026-06-10T01:00:00-05:00 (1 h), "
            "next to activity 0",
        ),
        (
            "activities.1",
            "activities 0 and 1 overlap 2026-06-10T05:30:00-05:00 to 2026-06-10T06:00:00-05:00 "
            "(0.5 h)",
        ),
        (
            "activities",
            "nothing is entered for 2026-06-10T20:00:00-05:00 to 2026-06-10T21:00:00-05:00 (1 h), "
            "next to activity 1 and 2",
        ),
        ("depth_end", "an activity is at 2200 m, below the hole"),
    ]
    assert crew.api.get(f"{REPORTS}/{report['id']}").data["state"] == "draft"


def test_activities_that_cannot_be_are_refused_at_once(crew: Site) -> None:
    def refused(date: str, field: str, start: str, end: str) -> str:
        fields = {"rig_id": crew.rig["id"], "report_date": date}
        return crew.refused("reports", field, activities=[activity(start, end)], **fields)

    twice = refused(
        "2026-11-01", "activities.0.start_at", "2026-11-01T01:30:00", "2026-11-01T06:00:00"
    )
    assert "2026-11-01T01:30:00-05:00 or 2026-11-01T01:30:00-06:00" in twice
    never = refused(
        "2026-03-08", "activities.0.end_at", "2026-03-08T00:00:00", "2026-03-08T02:30:00"
    )
    assert "never" in never
    late = refused(
        "2026-06-10", "activities.0.end_at", "2026-06-10T20:00:00", "2026-06-11T01:00:00"
    )
    assert "2026-06-10T00:00:00-05:00 to 2026-06-11T00:00:00-05:00" in late
    refused("2026-06-10", "activities.0.start_at", "2026-06-09T23:00:00", "2026-06-10T01:00:00")
    refused("2026-06-10", "activities.0.end_at", "2026-06-10T06:00:00", "2026-06-10T06:00:00")
    crew.refused("reports", "report_date", rig_id=crew.rig["id"], report_date="9999-12-31")

    report = write(
        crew, "2026-06-10", activities=[activity("2026-06-10T06:00", "2026-06-10T07:00")]
    )
    moved = crew.api.patch(f"{REPORTS}/{report['id']}", {"report_date": "2026-06-12"})
    assert moved.error["details"][0]["field"] == "activities.0.start_at"


def fill_the_day(crew: Site, shared_app: Flask) -> None:
    """What other records say of 2026-06-10, and of days before and after."""
    km = {"depth_unit": "m", "depth_datum": "KB"}
    crew.put(
        "sections", number=1, diameter=inches(12.25), top_md=1_500, bottom_md=2_150,
        start_at="2026-06-08T00:00:00Z", **km,
    )  # fmt: skip
    crew.put("runs", number=2, time_in="2026-06-08T08:00:00Z", time_out="2026-06-10T05:00:00Z")
    run = crew.put("runs", number=3, time_in="2026-06-10T08:00:00Z", components=[{"type": "motor"}])
    grade = dict(zip(
        ("inner", "outer", "dull_characteristic", "location", "bearing", "gauge",
         "other_characteristic", "reason_pulled"),
        (1, 2, "WT", "A", "X", "I", "CT", "TD"), strict=True,
    ))  # fmt: skip
    crew.add("bit-records", run_id=run["id"], number="5", size=inches(12.25), dull_grade=grade)
    density = {"value": 10.5, "unit": "ppg"}
    for time in ("2026-06-10T04:59:59Z", "2026-06-10T20:00:00Z", "2026-06-11T05:00:00Z"):
        crew.put("mud-reports", reported_at=time, md=2_100, density=density, **km)
    for time in ("2026-06-09T20:00:00Z", "2026-06-10T22:00:00Z"):
        crew.put("casing-strings", size=inches(9.625), shoe_md=2_145, set_at=time, **km)
    with shared_app.app_context(), sdk.tenant("default"):
        bore = sdk.db.session.get(Wellbore, crew.bore["id"])
        assert bore is not None
        columns = {"md": [0, 2_000, 2_100, 2_200], "inclination": [0, 30, 31.5, 33]}
        stations = columns | {"azimuth": [0, 45, 45, 45]}
        survey = create_survey(
            bore, {"name": "MWD", "kind": "mwd", "azimuth_reference": "grid", "stations": stations}
        )
        make_definitive(survey, "the only one")
        sdk.db.session.commit()


def test_a_report_is_a_page_to_print_and_a_table(crew: Site, shared_app: Flask) -> None:
    fill_the_day(crew, shared_app)
    evil = "<script>alert(1)</script>"
    lines = day_of(
        "2026-06-10",
        {"at": "00:00:00", "description": evil},
        {"at": "18:00:00", "class": "unplanned", "detail": "=1+1", "code": "19"},
    )
    costs = [{"code": "100", "amount": "1200.50", "currency": "USD", "vendor": "A & B"}]
    fields = FULL | {"remarks": evil}
    report = write(crew, "2026-06-10", activities=lines, cost_lines=costs, **fields)

    day = crew.api.get(f"{REPORTS}/{report['id']}/day", units="oilfield").data
    assert [one["number"] for one in day["sections"]] == [1]
    assert [one["number"] for one in day["runs"]] == [3]
    assert [one["number"] for one in day["bits"]] == ["5"]
    assert [one["md"] for one in day["mud_reports"]] == [pytest.approx(2_100 / 0.3048)]
    assert day["mud_reports"][0]["density"] == {"value": 10.5, "unit": "ppg"}
    assert [one["set_at"] for one in day["casing_strings"]] == ["2026-06-10T22:00:00Z"]
    [station] = day["survey_stations"]
    assert station == {
        "md": pytest.approx(2_100 / 0.3048), "inclination": 31.5, "azimuth": 45.0,
        "azimuth_reference": "grid", "depth_unit": "ft", "depth_datum": "KB",
    }  # fmt: skip
    assert day["sections"][0]["bottom_md"] == pytest.approx(2_150 / 0.3048)

    answer = crew.api.get(f"{REPORTS}/{report['id']}/html")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script" not in answer.headers["Content-Security-Policy"]
    page = answer.text
    assert evil not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2
    assert "//" not in page.replace("<!--", "")
    for text in (
        f"{crew.well['name']}, wellbore OH, rig {crew.rig['name']}", "6 h of\n24 h (25.0 %)",
        "1200.50 USD", "12.25 in", "2150 m", "9.625 in",
        "A &amp; B", "10.5 ppg", "1-2-WT-A-X-I-CT-TD", "45 grid", "19 Fishing",
        "2026-06-10 00:00-05:00 to 2026-06-11 00:00-05:00",
        "Kick drill, 60 s",
    ):  # fmt: skip
        assert text in page, text

    table = crew.api.get(f"{DRILLING}/activities", report_id=report["id"], format="csv").text
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [(row["hours"], row["class"], row["detail"]) for row in rows] == [
        ("18.0", "planned", ""),
        ("6.0", "unplanned", "'=1+1"),
    ]
    mine = {"wellbore_id": crew.bore["id"]}
    fishing = mine | {"class": "unplanned", "code": "19"}
    found = crew.api.get(f"{DRILLING}/activities", **fishing).data
    assert [one["report_id"] for one in found] == [report["id"]]
    assert crew.api.get(f"{DRILLING}/activities", **mine, **{"class": "downtime"}).data == []
    assert crew.api.get(f"{DRILLING}/activities", **{"class": "lost"}).status == 422


def test_who_does_not_see_the_wellbore_does_not_see_its_reports(crew: Site) -> None:
    report = write(
        crew, "2026-06-10", activities=[activity("2026-06-10T06:00", "2026-06-10T07:00")],
        cost_lines=[{"code": "1", "amount": "1", "currency": "USD"}],
    )  # fmt: skip
    other = crew.api.post("/api/v1/assets", {"kind": "field", "name": "Elsewhere"}).data
    for assets, count in (((other["id"],), 0), ((crew.well["asset_id"],), 1)):
        seer = crew.api.limited(*assets)
        for path in ("reports", "activities", "cost-lines"):
            assert len(seer.get(f"{DRILLING}/{path}").data) == count, path
        for path in ("", "/day", "/html", "/costs", "/time-breakdown", "/revisions"):
            assert seer.get(f"{REPORTS}/{report['id']}{path}").status == (200 if count else 404)
        for path in ("costs", "time-breakdown", "days-against-depth/plot"):
            found = seer.get(f"{DRILLING}/wells/{crew.well['id']}/{path}")
            assert found.status == (200 if count else 404)
