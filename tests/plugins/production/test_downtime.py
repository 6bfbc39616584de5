"""Downtime: times, hours by production day, what it deferred."""

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead_production.calc.day_hours import deferred, hours_in_days

from .allocating import Tests
from .conftest import PRODUCTION, Site
from .test_daily_imports import HEADER, line, send

NOON = "2026-06-01T17:00:00Z"
"""12:00 in Chicago, six hours after the production day has begun."""


def down(site: Site, start: str, end: str | None, **fields: Any) -> Any:
    body = {"well_id": site.well_id, "reason": "power failure"} | fields
    return site.put("downtime", start_at=start, end_at=end, **body)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 90)), max_size=8), st.integers(1, 9))
def test_what_days_say_together_is_what_the_events_lasted(
    events: list[tuple[int, int]], days: int
) -> None:
    """Hours that no day sees are those outside of all days; no event is lost at a day's edge."""
    edges = np.arange(days + 1) * 24 * 3600
    starts = np.array([3600 * start for start, _ in events], np.int64)
    stops = starts + np.array([3600 * hours for _, hours in events], np.int64)
    found = hours_in_days(edges[:-1], edges[1:], starts, stops)
    inside = np.clip(np.minimum(stops, edges[-1]) - np.minimum(starts, edges[-1]), 0, None)
    assert found.sum() * 3600 == pytest.approx(inside.sum())


def test_a_rate_is_deferred_by_the_hour() -> None:
    assert deferred(240.0, np.array([0.0, 6.0, 25.0])).tolist() == [0.0, 60.0, 250.0]


def test_hours_on_and_down_are_the_day(site: Site) -> None:
    down(site, NOON, "2026-06-02T14:00:00Z")  # 18 h of the first day, 3 h of the second
    site.day("2026-06-01", hours_on=6)
    site.day("2026-06-02", hours_on=20)
    asked = {"well_id": site.well_id, "from": "2026-06-01", "to": "2026-06-30"}
    first, second = site.get("well-hours", **asked).data
    assert (first["day_hours"], first["hours_on"], first["hours_down"]) == (24, 6, 18)
    assert first["unexplained"] == pytest.approx(0)
    assert (second["hours_down"], second["unexplained"]) == (3, pytest.approx(1))


def test_a_day_of_25_hours_is_down_for_25_hours(site: Site) -> None:
    """Chicago's clock goes back at 07:00 UTC of 1 November 2026, in the day that began at 06:00."""
    event = down(site, "2026-10-31T11:00:00Z", "2026-11-01T12:00:00Z")
    (day,) = site.get(f"downtime/{event['id']}/deferment").data["days"]
    assert (day["production_date"], day["hours"]) == ("2026-10-31", 25)
    message = site.refused("daily-records", "hours_on", **site.body("2026-10-31", hours_on=1))
    assert "25.00 h of the day's 25 h are taken" in message


def test_hours_that_do_not_fit_are_refused_whichever_comes_later(site: Site) -> None:
    down(site, NOON, "2026-06-02T11:00:00Z")
    site.refused("daily-records", "hours_on", **site.body("2026-06-01", hours_on=7))
    found = send(site, HEADER + line(site, "2026-06-01", "7,1,,,,"))
    assert found.error["details"][0]["field"] == "items.0.hours_on"
    site.day("2026-06-05", hours_on=20)
    times = {"start_at": "2026-06-05T11:00:00Z", "end_at": "2026-06-05T16:00:00Z"}
    event = {"well_id": site.well_id, "reason": "weather"}
    assert "was on for 20 h of 24 h" in site.refused("downtime", "start_at", **event, **times)
    site.put("downtime", **event, **times | {"end_at": "2026-06-05T15:00:00Z"})


def test_a_well_is_down_once_at_a_time(site: Site) -> None:
    event = down(site, NOON, None)
    body = {"well_id": site.well_id, "reason": "workover", "start_at": "2026-07-01T00:00:00Z"}
    assert "is down already" in site.refused("downtime", "start_at", **body)
    path = f"{PRODUCTION}/downtime/{event['id']}"
    assert site.api.patch(path, {"end_at": "2026-06-01T16:00:00Z"}).status == 422
    assert site.api.patch(path, {"end_at": "2026-06-01T18:00:00Z"}).status == 200
    site.put("downtime", **body)
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)).isoformat()
    other = {"well_id": site.wells[1]["id"], "reason": "workover", "start_at": later}
    site.refused("downtime", "start_at", **other)
    assert site.api.delete(path).status == 200


def test_deferred_volumes_follow_the_rate_that_is_entered(site: Site) -> None:
    rates = {
        "potential_oil": {"value": 240, "unit": "STB/d"},
        "potential_gas": {"value": 24, "unit": "Mscf/d"},
    }
    event = down(site, NOON, "2026-06-02T13:00:00Z", **rates)
    path = f"downtime/{event['id']}/deferment"
    found = site.get(path, units="oilfield").data
    assert found["basis"] == "entered with the event"
    assert (found["hours"], found["water"]) == (20, None)
    assert (found["oil"], found["unit"]) == (pytest.approx(200), "STB")
    assert (found["gas"], found["gas_unit"]) == (pytest.approx(20), "Mscf")
    assert [day["hours"] for day in found["days"]] == [18, 2]
    assert [day["oil"] for day in found["days"]] == pytest.approx([180, 20])
    assert found["standard_conditions"] == "60F_14.696psia"


def test_deferred_volumes_follow_the_newest_validated_test(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = Tests()
    tests.add(site.well_id, "2026-05-01", oil=24.0)
    tests.add(site.well_id, "2026-05-20", oil=48.0)
    tests.add(site.well_id, "2026-06-20", oil=96.0)
    monkeypatch.setattr("wellhead_production.deferment.validated_rates", tests.rates)
    event = down(site, NOON, "2026-06-01T18:00:00Z")
    found = site.get(f"downtime/{event['id']}/deferment").data
    assert (found["oil"], found["gas"]) == (pytest.approx(2), None)
    assert found["basis"].startswith("validated test of 2026-05-20")


def test_without_a_rate_or_a_test_nobody_knows_what_was_deferred(site: Site) -> None:
    event = down(site, NOON, "2026-06-01T18:00:00Z")
    found = site.get(f"downtime/{event['id']}/deferment").data
    assert (found["basis"], found["oil"], found["hours"]) == (None, None, 1)


@pytest.mark.parametrize("field", ["start_at", "end_at"])
def test_downtime_is_of_this_century(site: Site, field: str) -> None:
    times = {"start_at": "2026-06-01T00:00:00Z", "end_at": "2026-06-01T02:00:00Z"}
    year = "0001" if field == "start_at" else "9999"
    body = {"well_id": site.well_id, "reason": "weather"} | times
    wrong = body | {field: f"{year}-01-01T01:00:00Z"}
    assert "a century away" in site.refused("downtime", field, **wrong)
    path = f"{PRODUCTION}/downtime/{site.put('downtime', **body)['id']}"
    assert site.api.patch(path, {field: wrong[field]}).error["details"][0]["field"] == field
