"""The past of the simulated field: one story, and every plugin's records tell it."""

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from flask import Flask
from marshmallow import ValidationError

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_simulator import seed_past
from wellhead_simulator.field import FieldWell
from wellhead_simulator.history import Spans, WellPast, field_past
from wellhead_simulator.physics import reservoir
from wellhead_simulator.seed import seed_field
from wellhead_simulator.settings import LEAST_HISTORY, MAX_WELLS, ConfigSchema
from wellhead_simulator.signals import NUMBERS

DAYS, WELLS = 400, 3
API = "/api/v1"
NOW = dt.datetime(2026, 11, 29, 1, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def spans() -> Spans:
    return Spans.until(NOW, DAYS)


@pytest.fixture(scope="module")
def told(spans: Spans) -> list[WellPast]:
    return field_past(1, WELLS, spans)[1]


@pytest.fixture(scope="module")
def field(shared_app: Flask, shared_api: ApiClient) -> ApiClient:
    """A field of five wells with two years behind it, seeded twice as by two starts."""
    with shared_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        config = sdk.plugin_config("simulator") | {"wells": WELLS, "history_days": DAYS}
        for _ in range(2):
            seed_field(config, sdk.runtime_of(shared_app).plugins)
    return shared_api


def test_days_are_production_days_that_are_over(spans: Spans) -> None:
    assert spans.dates[-1] == dt.date(2026, 11, 27), "the day of the 28th ends at 06:00"
    assert len(spans.dates) == DAYS
    assert sorted(set(spans.hours.tolist())) == [23.0, 24.0, 25.0]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_shortest_past_has_room_for_what_stops_a_well(seed: int) -> None:
    short = Spans.until(NOW, LEAST_HISTORY)
    for well in field_past(seed, MAX_WELLS, short)[1]:
        assert ((well.hours >= 0.0) & (well.hours <= short.hours)).all()
    with pytest.raises(ValidationError, match="119 days have no room"):
        ConfigSchema().load({"history_days": LEAST_HISTORY - 1})
    assert ConfigSchema().load({})["history_days"] == 0


def measured(number: int) -> Callable[[str], float]:
    """What the instruments of a well show, by signal, a few seconds after the model is started."""
    now = FieldWell(1, number)
    for _ in range(5):
        now.step(1.0)
    return lambda signal: float(now.values[NUMBERS[signal]])


@pytest.mark.parametrize("number", range(1, WELLS + 1))
def test_the_past_ends_at_what_the_model_does(told: list[WellPast], number: int) -> None:
    """Within what the model's inflow wanders about its mean (2 %), and a day scatters."""
    past, shown = told[number - 1], measured(number)
    assert past.hours[-1] == 24.0
    for fluid, signal in (("oil", "OIL_RATE"), ("gas", "GAS_RATE"), ("water", "WATER_RATE")):
        flowing = past.hours[-10:] > 0.0
        rates = getattr(past, fluid)[-10:][flowing] / past.hours[-10:][flowing] * 24.0
        assert float(np.median(rates)) == pytest.approx(shown(signal), rel=0.05)
    assert past.bottomhole_pressure[-1] == pytest.approx(shown("BHP"), abs=1.5)
    assert past.wellhead_pressure[-1] == pytest.approx(shown("WHP"), rel=0.05)
    liquid = past.oil[-1] + past.water[-1]
    assert 100.0 * past.water[-1] / liquid == pytest.approx(shown("WCUT"), abs=2.0)
    assert past.gas[-1] / past.oil[-1] == pytest.approx(shown("GOR"), rel=0.05)


def test_nothing_is_made_while_a_well_stands(told: list[WellPast], spans: Spans) -> None:
    for past in told:
        stopped = sum((stop.end - stop.start).total_seconds() for stop in past.stops) / 3600.0
        assert spans.hours.sum() - past.hours.sum() == pytest.approx(stopped)
        assert (past.hours >= 0.0).all()
        assert (past.oil[past.hours == 0.0] == 0.0).all()
        assert all(one.end < other.start for one, other in pairwise(past.stops))


def test_the_pressure_falls_from_the_bubble_point_to_todays(spans: Spans) -> None:
    pressure, _ = field_past(1, WELLS, spans)
    assert (np.diff(pressure) < 0.0).all()
    assert pressure[0] < reservoir.INITIAL_PRESSURE
    assert pressure[-1] == pytest.approx(reservoir.PRESSURE)


def test_a_permeability_is_that_of_the_drawdown() -> None:
    permeability = reservoir.permeability_of(200.0, 50.0, 2.0)
    lost = reservoir.log_time(reservoir.FLOWED_HOURS, permeability) + 4.0
    assert reservoir.pressure_unit(200.0, permeability) * lost == pytest.approx(50.0)


def wells_of(field: ApiClient) -> dict[str, Any]:
    return {well["name"]: well for well in field.get(f"{API}/wells", sort="name").data}


def test_a_second_start_adds_nothing(field: ApiClient) -> None:
    counts = {
        path: field.get(f"{API}/{path}").meta["total"]
        for path in ("production/facilities", "production/daily-records", "reservoirs")
    }
    assert counts == {
        "production/facilities": 1,
        "production/daily-records": DAYS * WELLS,
        "reservoirs": 1,
    }


def test_perforations_are_where_the_model_has_them(field: ApiClient, told: list[WellPast]) -> None:
    well = wells_of(field)["W01"]
    [completion] = field.get(f"{API}/wells/completions", well_id=well["id"]).data
    middle = (completion["top_tvd"] + completion["bottom_tvd"]) / 2.0

    assert middle == pytest.approx(told[0].parameters.depth, abs=0.05)
    assert completion["bottom_tvd"] - completion["top_tvd"] == pytest.approx(25.0, abs=0.1)


def test_tests_and_days_agree(field: ApiClient) -> None:
    well = wells_of(field)["W02"]
    tests = field.get(f"{API}/well-testing/tests", well_id=well["id"], kind="production").data

    assert len(tests) == 4
    allocated = 0
    for test in tests:
        assert test["state"] == "validated"
        day = field.get(
            f"{API}/production/daily-records",
            well_id=well["id"],
            production_date=test["start_at"][:10],
        ).data[0]
        if day["method"] == "allocated":  # of the month that was closed last
            allocated += 1
            continue
        made = day["oil"] / day["hours_on"] * 24.0
        assert test["oil_rate"]["value"] == pytest.approx(made, abs=0.01)
    assert allocated <= 1, "a month has one"


def test_a_decline_goes_on_at_what_the_model_does(field: ApiClient) -> None:
    body = {"well_id": wells_of(field)["W01"]["id"], "fluid": "oil"}
    choices = {"rate_basis": "producing_day", "economic_limit": 10.0}
    fit = field.post(f"{API}/production/decline-fits", body | {"choices": choices}).data["results"]

    assert fit["rate_at_end"]["value"] == pytest.approx(measured(1)("OIL_RATE"), rel=0.04)
    assert fit["r2"] > 0.95
    assert 0.0 < fit["b"]["value"] < 1.0


def test_the_balance_of_the_production_is_the_mapped_volume(field: ApiClient) -> None:
    [found] = field.get(f"{API}/reservoirs").data
    inputs = {
        "standard_conditions": "15C_101.325kPa",
        "volumes_from": "production",
        "rock_compressibility": {"value": 6e-5, "unit": "1/bar"},
        "water_compressibility": {"value": 4.5e-5, "unit": "1/bar"},
        "water_saturation": 0.25,
        "units": "metric",
    }
    answer = field.post(
        f"{API}/reservoirs/oil-balances", {"reservoir_id": found["id"], "inputs": inputs}
    )
    assert answer.status == 201, answer.error
    balance = {line["name"]: line["value"] for line in answer.data["results"]}
    [estimate] = field.get(f"{API}/reservoirs/volumetric-estimates").data
    mapped = {line["name"]: line["value"] for line in estimate["results"]}

    assert balance["oil_in_place"] == pytest.approx(mapped["central"], rel=0.01)
    assert mapped["p90"] < balance["oil_in_place"] < mapped["p10"]
    assert balance["r_squared"] > 0.999


def test_the_last_whole_month_is_closed_and_what_was_found_later_adjusted(
    field: ApiClient,
) -> None:
    production = f"{API}/production"
    [month] = field.get(f"{production}/closed-months").data
    tables = field.get(f"{production}/closed-months/{month['id']}/verification").data
    assert {one["table"]: one["unchanged"] for one in tables} == dict.fromkeys(
        (one["table"] for one in tables), True
    )
    [adjustment] = field.get(f"{production}/adjustments").data
    assert adjustment["month"] == month["month"] < adjustment["booked_month"]
    assert len(adjustment["changes"]) == 5
    found = sum(float(one["now"]) - float(one["was"]) for one in adjustment["changes"])
    given = sum(line["oil"] for line in adjustment["lines"])
    assert given == pytest.approx(found, abs=5 * 0.0005), "each day is rounded to a litre"
    assert found == pytest.approx(0.002 * sum(float(one["was"]) for one in adjustment["changes"]))


def test_every_well_has_a_fit_and_an_inflow_and_one_its_build_up(field: ApiClient) -> None:
    fits = field.get(f"{API}/production/decline-fits").data
    assert sorted(fit["owner_name"] for fit in fits if fit["version"] == 1) == sorted(
        wells_of(field)
    )
    analyses = field.get(f"{API}/well-testing/analyses").data
    assert [one["kind"] for one in analyses].count("vogel") == WELLS
    [horner] = [one for one in analyses if one["kind"] == "horner"]
    found = {line["name"]: line["value"] for line in horner["results"]}
    assert 5.0 < found["permeability"] < 500.0
    assert found["p_star"] > 0.0


def test_a_balance_is_kept_and_a_tank_with_its_ticket(field: ApiClient) -> None:
    [found] = field.get(f"{API}/reservoirs/oil-balances", version=1).data
    [estimate] = field.get(f"{API}/reservoirs/volumetric-estimates").data
    balance = {line["name"]: line["value"] for line in found["results"]}
    mapped = {line["name"]: line["value"] for line in estimate["results"]}
    assert balance["oil_in_place"] == pytest.approx(mapped["central"], rel=0.01)
    [ticket] = field.get(f"{API}/production/run-tickets").data
    assert ticket["net_standard"] == pytest.approx(12.0 * (4.8 - 1.2) * 0.996, rel=0.03)


def test_a_past_that_ends_with_a_month_is_kept_whole(
    app: Flask, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that is made on the first of a month, after the day has begun."""
    first = dt.datetime(2026, 11, 1, 6, 1, tzinfo=dt.UTC)
    until = SimpleNamespace(until=lambda _, days: Spans.until(first, days))
    monkeypatch.setattr(seed_past, "Spans", until)
    with app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        config = sdk.plugin_config("simulator") | {"wells": 1, "history_days": LEAST_HISTORY}
        seed_field(config, sdk.runtime_of(app).plugins)
    [month] = api.get(f"{API}/production/closed-months").data
    [ticket] = api.get(f"{API}/production/run-tickets").data
    assert (month["month"], ticket["production_date"]) == ("2026-10", "2026-10-31")
    assert [fit["owner_name"] for fit in api.get(f"{API}/production/decline-fits").data] == ["W01"]
    assert len(api.get(f"{API}/reservoirs/oil-balances").data) == 1
