"""Decline fits over HTTP: versions with what they were made from, intervals, forecasts, plots."""

import datetime as dt
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import insert

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_production.decline.arps import Arps, cumulative, rate
from wellhead_production.decline.curves import curve_of
from wellhead_production.decline.plots import rate_cumulative_figure, rate_time_figure
from wellhead_production.models import DailyRecord, DeclineFit

from .conftest import PRODUCTION, Site

FITS = f"{PRODUCTION}/decline-fits"
FIRST = dt.date(2024, 1, 1)
COUNT = 600
TRUE = Arps(rate=100.0, decline=0.9 / 365.25, b=0.5)
DOWN = 100
"""A day without production, and the next one of 12 hours."""


@pytest.fixture(scope="module")
def field(shared_app: Flask, shared_api: ApiClient) -> Site:
    """Two wells whose rates are known: the second makes half of what the first does."""
    site = Site(shared_api, 700)
    volumes = np.diff(cumulative(TRUE, np.arange(COUNT + 1.0)))
    volumes[DOWN], volumes[DOWN + 1] = 0.0, volumes[DOWN + 1] / 2.0
    hours = np.full(COUNT, 24.0)
    hours[DOWN], hours[DOWN + 1] = 0.0, 12.0
    rows = [
        {
            "well_id": well["id"],
            "asset_id": well["asset_id"],
            "facility_id": site.facility["id"],
            "production_date": FIRST + dt.timedelta(days=place),
            "disposition": "produced",
            "method": "measured",
            "standard_conditions": "60F_14.696psia",
            "day_hours": 24.0,
            "hours_on": hours[place],
            "oil": share * volumes[place],
            "oil_sm3": share * volumes[place],
            "liquid_unit": "Sm3",
            "gas_unit": "Sm3",
        }
        for well, share in zip(site.wells, (1.0, 0.5), strict=True)
        for place in range(COUNT)
    ]
    with shared_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        sdk.db.session.execute(insert(DailyRecord), rows)
        sdk.db.session.commit()
    return site


def body(site: Site, **fields: Any) -> dict[str, Any]:
    return {"well_id": site.well_id, "fluid": "oil"} | fields


def test_a_fit_finds_the_curve_and_says_what_is_left(field: Site) -> None:
    fit = field.add("decline-fits", **body(field, choices={"economic_limit": 10.0}))
    results = fit["results"]

    assert (fit["first_day"], fit["last_day"]) == ("2024-01-01", "2025-08-22")
    assert fit["standard_conditions"] == "60F_14.696psia"
    assert results["initial_rate"]["value"] == pytest.approx(100.0, rel=1e-3)
    assert results["initial_rate"]["unit"] == "Sm3/d"
    assert results["initial_decline"]["nominal"]["value"] == pytest.approx(0.9, rel=0.01)
    assert results["b"]["value"] == pytest.approx(0.5, abs=0.02)
    assert results["b"]["low"] <= results["b"]["value"] <= results["b"]["high"]
    assert (results["days_known"], results["days_down"], results["days_outlying"]) == (COUNT, 1, 1)
    assert results["on_time"] == pytest.approx((COUNT - 1) / COUNT)
    end = (np.sqrt(10.0) - 1.0) / (0.5 * TRUE.decline)
    assert fit["last_forecast_day"] == (FIRST + dt.timedelta(days=int(end))).isoformat()
    left = cumulative(TRUE, end) - cumulative(TRUE, float(COUNT))
    assert results["remaining"]["value"] == pytest.approx(left * results["on_time"], rel=0.01)
    produced = results["produced"]["value"]
    assert produced == pytest.approx(float(cumulative(TRUE, float(COUNT))) - 134.0, abs=20.0)
    assert results["ultimate"]["value"] == pytest.approx(produced + results["remaining"]["value"])
    assert results["warnings"] == []


def test_the_three_ways_to_say_a_decline_agree(field: Site) -> None:
    said = field.add("decline-fits", **body(field))["results"]["initial_decline"]

    assert said["tangent_effective"]["value"] == pytest.approx(100 * (1 - np.exp(-0.9)), rel=0.01)
    assert said["secant_effective"]["value"] == pytest.approx(
        100 * (1 - float(rate(TRUE, 365.25)) / TRUE.rate), rel=0.01
    )


def test_a_producing_days_rate_knows_short_days(field: Site) -> None:
    choices = {"rate_basis": "producing_day", "outliers": 5, "economic_limit": 10}
    results = field.add("decline-fits", **body(field, choices=choices))["results"]

    assert (results["days_down"], results["days_outlying"]) == (1, 0)
    assert results["on_time"] == pytest.approx(1.0 - 36.0 / (24.0 * COUNT))
    short = field.add("decline-fits", **body(field, choices=choices | {"minimum_hours": 20}))
    assert short["results"]["days_down"] == 2


def test_units_are_the_engineers(field: Site) -> None:
    choices = {"rate_unit": "STB/d", "economic_limit": 50.0}
    fit = field.add("decline-fits", **body(field, choices=choices))

    assert fit["results"]["initial_rate"]["value"] == pytest.approx(628.98, rel=2e-3)
    assert fit["results"]["ultimate"]["unit"] == "STB"
    metric = field.get(f"decline-fits/{fit['id']}", units="metric").data
    assert metric["choices"]["rate_unit"] == "Sm3/d"
    assert metric["choices"]["economic_limit"] == pytest.approx(7.949, abs=1e-3)
    assert metric["results"]["initial_rate"]["value"] == pytest.approx(100.0, rel=2e-3)


def test_versions_count_and_stay_as_they_were(field: Site, shared_app: Flask) -> None:
    def versions() -> list[int]:
        listed = field.get("decline-fits", well_id=well, fluid="oil", sort="version").data
        return [fit["version"] for fit in listed]

    well = field.wells[1]["id"]
    fit = field.add("decline-fits", **body(field, well_id=well, remark="First look"))
    again = field.add("decline-fits", **body(field, well_id=well, last_day="2024-12-31"))
    assert (fit["version"], again["version"], versions()) == (1, 2, [1, 2])
    assert again["last_day"] == "2024-12-31"

    [record] = field.get("daily-records", well_id=well, production_date="2024-06-01").data
    changed = field.api.patch(f"{PRODUCTION}/daily-records/{record['id']}", {"oil": 1.0})
    assert changed.status == 200, changed.error
    curve = field.get(f"decline-fits/{fit['id']}/curve").data
    kept = dict(zip(curve["history"]["date"], curve["history"]["rate"], strict=True))
    assert kept["2024-06-01"] == pytest.approx(record["oil"]), "what it was made from is kept"
    assert field.api.delete(f"{FITS}/{fit['id']}").status == 405
    assert fit["created_by"]


def test_wells_of_a_facility_are_fitted_together(field: Site) -> None:
    of_all = {"facility_id": field.facility["id"], "fluid": "oil", "last_day": "2024-04-01"}
    fit = field.add("decline-fits", **of_all)

    assert fit["owner_name"] == field.facility["name"]
    assert fit["results"]["initial_rate"]["value"] == pytest.approx(150.0, rel=5e-3)
    answer = field.api.post(FITS, of_all | {"choices": {"rate_basis": "producing_day"}})
    assert "no hours on" in str(answer.error["details"])


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"well_id": None}, "one well"),
        ({"fluid": "gas"}, "no day in this range has a volume of gas"),
        ({"first_day": "2030-01-01"}, "no day in this range"),
        ({"last_day": "2024-01-03"}, "too few rates"),
        ({"choices": {"b_low": 0.2}}, "bounds come in pairs"),
        ({"choices": {"b_low": 0.2, "b_high": 0.1}}, "holds no curve"),
        ({"choices": {"model": "modified_hyperbolic"}}, "modified_hyperbolic"),
        ({"choices": {"rate_unit": "bpd"}}, "Must be one of"),
    ],
)
def test_what_cannot_be_fitted_says_why(field: Site, fields: dict[str, Any], says: str) -> None:
    answer = field.api.post(FITS, body(field, **fields))
    assert answer.status == 422
    assert says in str(answer.error["details"])


def test_many_wells_are_fitted_in_one_request(field: Site) -> None:
    rows = [body(field, well_id=well["id"]) for well in field.wells]
    rows.append(body(field, fluid="water"))
    answer = field.api.post(f"{FITS}/bulk", {"items": rows, "dry_run": True, "on_error": "skip"})

    assert answer.status == 200, answer.error
    assert (answer.data["created"], answer.data["failed"]) == (2, 1)
    [problem] = answer.data["rows"][2]["errors"]
    assert "no day in this range has a volume of water" in problem["message"]


def test_without_an_end_there_is_no_ultimate_recovery(field: Site) -> None:
    endless = field.add("decline-fits", **body(field))
    ending = field.add(
        "decline-fits",
        **body(field, choices={"model": "modified_hyperbolic", "terminal_decline": 8.0}),
    )

    assert endless["results"]["ultimate"] is None
    assert "no ultimate recovery" in endless["results"]["warnings"][0]
    assert ending["results"]["ultimate"]["value"] > ending["results"]["produced"]["value"]
    assert ending["last_forecast_day"] is None


def test_a_well_below_its_limit_has_nothing_left(field: Site) -> None:
    choices = {"economic_limit": 90.0, "model": "exponential"}
    fit = field.add("decline-fits", **body(field, choices=choices))

    assert fit["results"]["remaining"]["value"] == 0.0
    assert fit["results"]["ultimate"] == fit["results"]["produced"]
    assert fit["last_forecast_day"] == "2025-08-23", "the day after the last"
    assert fit["results"]["warnings"] == ["the rate is below the economic limit already"]


def test_a_bootstrap_is_the_same_each_time(field: Site) -> None:
    choices = {"economic_limit": 10.0, "bootstrap_draws": 20, "horizon_years": 2.0}
    one, other = (
        field.add("decline-fits", **body(field, last_day="2024-06-30", choices=choices))
        for _ in range(2)
    )

    assert one["results"] == other["results"]
    assert one["last_forecast_day"] == "2026-07-01"


def drawn_lines(axes: Any) -> dict[str, Any]:
    """(x, y) of each line, by its label."""
    return {line.get_label(): line.get_data() for line in axes.get_lines()}


def test_plots_show_the_numbers_next_to_them(field: Site, shared_app: Flask) -> None:
    fit = field.add("decline-fits", **body(field, choices={"economic_limit": 10.0}))
    curve = field.get(f"decline-fits/{fit['id']}/curve", units="oilfield").data

    with shared_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        record = sdk.db.session.get_one(DeclineFit, fit["id"])
        drawn = curve_of(record, sdk.units.System.OILFIELD)
    by_time = rate_time_figure(drawn, "W")
    [axes] = by_time.axes
    lines = drawn_lines(axes)
    assert axes.get_ylabel() == "Rate (STB/d)"
    assert axes.get_yscale() == "log"
    assert lines["fitted"][1] == pytest.approx(curve["history"]["fitted"])
    assert lines["forecast"][1] == pytest.approx(curve["forecast"]["rate"])
    assert len(lines["days"][1]) == fit["results"]["days_fitted"]
    assert len(lines["days left out"][1]) == 1
    assert lines["economic limit"][1][0] == pytest.approx(62.898, abs=1e-3)

    [axes] = rate_cumulative_figure(drawn, "W").axes
    lines = drawn_lines(axes)
    assert axes.get_xlabel() == "Cumulative volume (STB)"
    assert lines["forecast"][0] == pytest.approx(curve["forecast"]["cumulative"])
    ultimate = field.get(f"decline-fits/{fit['id']}", units="oilfield").data["results"]["ultimate"]
    assert curve["forecast"]["cumulative"][-1] == pytest.approx(ultimate["value"], rel=1e-3)


@pytest.mark.parametrize("plot", ["rate-time", "rate-cumulative"])
def test_plots_are_pictures_in_the_units_asked_for(field: Site, plot: str) -> None:
    [fit, *_] = field.get("decline-fits").data
    answer = field.get(f"decline-fits/{fit['id']}/{plot}/plot", units="oilfield")

    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "Rate (STB/d)" in answer.text
