"""The way of a test: what is asked of it, who answers for it, and what is kept."""

import datetime as dt
import uuid
from typing import Any

import pytest
from flask import Flask

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_well_testing.newest_rates import newest_rates

from .conftest import RATES, TESTING, TESTS, Lease, of


def told(api: ApiClient, test: str) -> list[tuple[str, str]]:
    """(level, field) of each finding."""
    found = api.get(f"{TESTS}/{test}/checks").data
    return [(one["level"], one["field"]) for one in found]


def test_a_test_is_planned_begins_and_is_validated_by_somebody(lease: Lease) -> None:
    api = lease.api
    path = f"{TESTS}/{lease.test(start_at=None, end_at=None)['id']}"
    for step, code in (("validate", "well_test_not_running"), ("reopen", "well_test_open")):
        assert api.post(f"{path}/{step}", {"reason": "why not"}).error["code"] == code
    soon = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat()
    assert api.post(f"{path}/start", {"start_at": soon}).status == 422
    begun = api.post(f"{path}/start", {"start_at": "2026-03-01T06:00:00Z"}).data
    assert (begun["state"], begun["start_at"]) == ("running", "2026-03-01T06:00:00Z")
    assert api.post(f"{path}/start", {}).error["code"] == "well_test_not_planned"
    missing = api.post(f"{path}/validate", {}).error
    assert missing["code"] == "well_test_incomplete"
    assert [one["field"] for one in missing["details"]] == ["end_at"]
    assert api.patch(path, {"end_at": "2026-03-02T06:00:00Z", **RATES}).status == 200
    assert api.as_role("operator").post(f"{path}/validate", {}).status == 403
    done = api.as_role("engineer").post(f"{path}/validate", {}).data
    assert (done["state"], done["decided_by"]) == ("validated", "engineer@example.com")
    assert done["decided_at"] is not None


def test_what_was_validated_changes_only_by_opening_it_again(lease: Lease) -> None:
    api, test = lease.api, lease.test(**RATES)["id"]
    path = f"{TESTS}/{test}"
    step = lease.add("rate-steps", test_id=test, start_at="2026-03-01T06:00:00Z", **RATES)
    run = lease.gauge(test)
    assert lease.bring(run, ["t,p", "0,2500", "20,2300"], elapsed="h").status == 201
    assert api.post(f"{path}/validate", {"reason": "Steady since noon"}).status == 200
    steps = f"{TESTING}/rate-steps"
    late = {"test_id": test, "start_at": "2026-03-01T07:00:00Z", **RATES}
    for answer in (
        api.patch(path, {"oil_rate": of(500, "STB/d")}),
        api.delete(path),
        api.post(steps, late),
        api.patch(f"{steps}/{step['id']}", {"remark": "No"}),
        api.delete(f"{steps}/{step['id']}"),
        api.post(f"{steps}/bulk", {"items": [late]}),
        api.patch(run, {"gauge": "Upper"}),
        api.delete(run),
        lease.bring(run, ["t,p", "0,1"], elapsed="h", reason="Wrong file"),
        api.post(f"{run}/series/tag", {"tag": 1, "reason": "Wrong file"}),
    ):
        assert answer.status in (409, 422), answer.body
        assert "reopen" in answer.error["message"]
    assert api.post(f"{path}/reopen", {}).status == 422
    opened = api.post(f"{path}/reopen", {"reason": "Meter factor was wrong"}).data
    assert (opened["state"], opened["revision"], opened["decided_by"]) == ("running", 2, None)
    assert api.delete(path).error["code"] == "well_test_decided"
    assert api.patch(path, {"oil_rate": of(430, "STB/d")}).status == 200
    assert api.post(f"{path}/validate", {}).status == 200
    listed = api.get(f"{path}/revisions").data
    assert [(one["revision"], one["revision_reason"]) for one in listed] == [
        (1, None), (2, "Meter factor was wrong"),
    ]  # fmt: skip
    first = api.get(f"{path}/revisions/1").data
    assert first["test"]["oil_rate"] == of(420, "STB/d")
    assert first["decision_reason"] == "Steady since noon"
    assert [one["id"] for one in first["rate_steps"]] == [step["id"]]
    assert first["gauge_runs"][0]["series_version"] == 1
    assert api.get(f"{path}/revisions/3").status == 404


def test_warnings_are_answered_for_with_a_reason(lease: Lease) -> None:
    api = lease.api
    short = lease.test(end_at="2026-03-01T09:00:00Z", oil_rate=of(400, "STB/d"))["id"]
    for hour, rate in ((6, 400), (7, 440), (8, 300)):
        moment = f"2026-03-01T0{hour}:00:00Z"
        lease.add("rate-steps", test_id=short, start_at=moment, oil_rate=of(rate, "STB/d"))
    warnings = ["gas_rate", "water_rate", "end_at", "oil_rate"]
    assert told(api, short) == [("warning", field) for field in warnings]
    found = api.get(f"{TESTS}/{short}/checks").data
    assert "in the second half a step is 26.9 % off" in found[-1]["message"]
    refused = api.post(f"{TESTS}/{short}/validate", {}).error
    assert [one["field"] for one in refused["details"]] == warnings
    kept = api.post(f"{TESTS}/{short}/validate", {"reason": "Only test of the year"}).data
    assert kept["decision_reason"] == "Only test of the year"
    other = lease.test(kind="production", start_at="2026-04-01T06:00:00Z", end_at=None)["id"]
    rejected = api.post(f"{TESTS}/{other}/reject", {"reason": "Separator carried over"}).data
    assert (rejected["state"], rejected["decision_reason"]) == (
        "rejected", "Separator carried over",
    )  # fmt: skip
    assert api.post(f"{TESTS}/{other}/reject", {"reason": "Again"}).status == 409


def test_a_pressure_test_needs_the_rates_that_made_its_pressures(lease: Lease) -> None:
    api = lease.api
    build_up = lease.test(kind="build_up")["id"]
    assert told(api, build_up) == [("error", "rate_steps"), ("error", "gauge_runs")]
    flowing = {"test_id": build_up, "start_at": "2026-02-20T00:00:00Z"}
    lease.add("rate-steps", **flowing, oil_rate=of(400, "STB/d"))
    found = api.get(f"{TESTS}/{build_up}/checks").data
    assert "not shut in" in found[0]["message"]
    shut = {"test_id": build_up, "start_at": "2026-03-01T06:00:00Z"}
    lease.add("rate-steps", **shut, oil_rate=of(0, "STB/d"))
    run = lease.gauge(build_up)
    lines = ["t,p,quality", "0,2900,good", "1,3000,bad", "2,3050,good"]
    assert lease.bring(run, lines, elapsed="h").status == 201
    assert told(api, build_up) == [("warning", "gauge_runs")] * 2  # covers little, a third is bad
    rates = lease.test(kind="isochronal")["id"]
    step = {"test_id": rates, "gas_rate": of(5, "MMscf/d")}
    lease.add("rate-steps", **step, start_at="2026-03-01T06:00:00Z")
    assert told(api, rates) == [("error", "rate_steps")]
    other = step | {"gas_rate": of(9, "MMscf/d")}
    lease.add("rate-steps", **other, start_at="2026-03-01T12:00:00Z")
    assert told(api, rates) == []


def test_production_is_told_the_newest_validated_rates(lease: Lease, shared_app: Flask) -> None:
    """The hook of the plugin `production`."""
    api, well = lease.api, uuid.UUID(lease.well["id"])

    def at(day: int) -> Any:
        with shared_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
            asked: dict[str, Any] = {
                "well_ids": [well], "at": dt.datetime(2026, 3, day, 12, tzinfo=dt.UTC),
            }  # fmt: skip
            answers = dict(sdk.ask("well_test_rates", **asked))
            assert answers == {"well_testing": newest_rates(**asked)}
            return answers["well_testing"].get(well)

    def tested(day: int, oil: float, **fields: Any) -> str:
        begun = {"start_at": f"2026-03-{day:02}T00:00:00Z", "end_at": f"2026-03-{day:02}T10:00:00Z"}
        made = lease.test(**begun, **RATES | {"oil_rate": of(oil, "STB/d")} | fields)
        return str(made["id"])

    first, second = tested(2, 420, choke=of(24, "in64")), tested(4, 400)
    unused = tested(5, 380)
    assert at(10) is None  # none is validated
    for test in (first, second):
        assert api.post(f"{TESTS}/{test}/validate", {}).status == 200
    assert api.post(f"{TESTS}/{unused}/reject", {"reason": "Carry-over"}).status == 200
    assert at(1) is None
    found = at(3)
    assert (str(found["test_id"]), found["tested_at"].day) == (first, 2)
    assert found["oil"] == pytest.approx(66.7747, abs=1e-4)
    assert found["gas"] == pytest.approx(9514.46, abs=0.01)
    assert found["water"] == pytest.approx(28.6178, abs=1e-4)
    assert found["choke"] == sdk.Quantity(24, "in64")
    assert found["standard_conditions"] == "60F_14.696psia"
    assert str(at(10)["test_id"]) == second
    late = {"effective_at": "2026-03-20T00:00:00Z"}  # rates that count later than they were made
    assert api.post(f"{TESTS}/{second}/reopen", {"reason": "Counts from the 20th"}).status == 200
    assert str(at(10)["test_id"]) == first  # while it is open its rates are not used
    assert api.patch(f"{TESTS}/{second}", late).status == 200
    assert api.post(f"{TESTS}/{second}/validate", {}).status == 200
    assert str(at(10)["test_id"]) == first
    assert str(at(21)["test_id"]) == second


def test_what_was_analysed_is_not_deleted(lease: Lease) -> None:
    test = lease.test(kind="drawdown")["id"]
    start = "2026-03-01T06:00:00Z"
    step = lease.add("rate-steps", test_id=test, start_at=start, oil_rate=of(348, "STB/d"))
    run, spare = lease.gauge(test), lease.gauge(test)
    lease.bring(run, ["t,p", "0,2500", "1,2366", "2,2359", "4,2352", "8,2345"], elapsed="h")
    body = {
        "kind": "drawdown",
        "gauge_run_id": run.rsplit("/", 1)[-1],
        "rate_step_id": step["id"],
        "thickness": of(130, "ft"),
        "porosity": 0.2,
        "viscosity": of(3.93, "cP"),
        "total_compressibility": of(8.74e-6, "1/psi"),
        "wellbore_radius": of(0.25, "ft"),
        "volume_factor": 1.14,
        "line_from": 1,
        "line_to": 8,
    }
    kept = lease.add("analyses/transient", test_id=test, **body)
    assert lease.api.delete(f"{TESTS}/{test}").error["code"] == "well_test_analysed"
    assert lease.api.delete(run).error["code"] == "gauge_run_analysed"
    assert lease.api.delete(spare).status == 200
    assert lease.api.get(f"{TESTING}/analyses/{kept['id']}").data == kept
