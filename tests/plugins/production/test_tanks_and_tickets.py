"""Tanks by their strapping tables, and net volumes of run tickets."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead.errors import WellheadError
from wellhead.units import crude_vcf, density_of_api
from wellhead_historian.api import create_tag
from wellhead_production.calc.tickets import Gauge, net_of_meter, net_of_tank, volume_at

from .conftest import PRODUCTION, Site

TABLE = {"levels": [0, 10, 20], "volumes": [0, 100, 220], "level_unit": "ft", "volume_unit": "bbl"}
TIMES = {"opened_at": "2026-06-01T12:00:00Z", "closed_at": "2026-06-01T15:00:00Z"}


def feet(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "ft"}


def fahrenheit(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "degF"}


SAMPLE = {"observed_gravity": 40.0, "density_temperature": fahrenheit(60)}


@given(st.floats(0, 20))
def test_a_table_is_straight_between_its_rows(level: float) -> None:
    levels, volumes = np.array(TABLE["levels"], float), np.array(TABLE["volumes"], float)
    expected = 10 * level if level < 10 else 100 + 12 * (level - 10)
    assert volume_at(levels, volumes, level) == pytest.approx(expected)


def test_a_tank_ticket_worked_by_hand() -> None:
    """MPMS 18.1: 200 bbl at 100 °F run down to 20 bbl at 60 °F, 2 bbl of free water before, 40
    °API, 0.5 % S&W: (198 · 0.97980 - 20 · 1) · 0.995 = 173.12 bbl."""
    net = net_of_tank(
        Gauge(200.0, 2.0, 100.0), Gauge(20.0, 0.0, 60.0), float(density_of_api(40.0)), 0.5
    )
    assert net.gross_observed == 178.0
    assert net.gross_standard == pytest.approx(198 * 0.97980 - 20, abs=0.01)
    assert net.net_standard == pytest.approx(173.13, abs=0.01)
    with pytest.raises(WellheadError) as caught:
        net_of_tank(Gauge(20.0, 0.0, 60.0), Gauge(20.0, 0.0, 60.0), 825.0, 0.0)
    assert caught.value.field == "closing_gauge"


@given(st.floats(700, 950), st.floats(0, 150), st.floats(0, 1000), st.floats(0, 100))
def test_a_meter_ticket_is_the_product_of_its_factors(
    density: float, temperature: float, pressure: float, bsw: float
) -> None:
    net = net_of_meter(1000.0, 0.998, temperature, pressure, density, bsw)
    both = 998.0 * float(crude_vcf(density, temperature, pressure))
    assert net.gross_standard == pytest.approx(both)
    assert net.gross_standard == pytest.approx(998.0 * net.ctl * net.cpl)
    assert net.cpl >= 1.0
    assert net.net_standard == pytest.approx(both * (1 - bsw / 100))


def test_a_tank_says_what_is_in_it(site: Site) -> None:
    with site.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        tag_id = create_tag(name=f"LT {site.number}", datatype="float64", unit="m").id
        wrong = create_tag(name=f"PT {site.number}", datatype="float64", unit="bara").id
        sdk.db.session.commit()
    fields = {"name": "T-1", "fluid": "oil"} | TABLE
    site.refused("tanks", "tag_id", **fields, tag_id=wrong)
    site.refused("tanks", "volumes", **fields | {"volumes": [0, 100, 90]})
    site.refused("tanks", "levels", **fields | {"levels": [0, 10]})
    tank = site.put("tanks", **fields, tag_id=tag_id)
    site.refused("tanks", "name", **fields)
    path = f"tanks/{tank['id']}/contents"
    found = site.get(path, level=15).data
    assert (found["volume"], found["volume_unit"], found["quality"]) == (160, "bbl", None)
    metres = site.get(path, level=3.048, level_unit="m", units="metric").data
    assert metres["volume"] == pytest.approx(15.8987, abs=1e-4)
    assert site.get(path, level=21).error["details"][0]["field"] == "level"
    assert "has no reading" in site.get(path).error["message"]
    reading = f"tag,time,value\nLT {site.number},2026-06-01T00:00:00Z,3.048\n"
    stored = site.api.request(
        "POST",
        "/api/v1/tags/imports",
        query={"id": f"level-{site.number}"},
        headers={"Content-Type": "text/csv"},
        text=reading,
    )
    assert stored.status == 200, stored.error
    now = site.get(path).data
    assert (now["volume"], now["quality"]) == (pytest.approx(100), 192)
    assert (now["level"], now["time"]) == ({"value": 3.048, "unit": "m"}, "2026-06-01T00:00:00Z")


def test_a_ticket_keeps_gauges_as_read_and_says_its_net_volume(site: Site) -> None:
    tank = site.put("tanks", name="T-2", fluid="oil", **TABLE)
    ticket = site.put(
        "run-tickets", number="1001", tank_id=tank["id"], **TIMES, **SAMPLE, bsw=0.5,
        opening_gauge={"value": 216, "unit": "in"}, closing_gauge=feet(2), opening_water=feet(0.2),
        opening_temperature=fahrenheit(100), closing_temperature=fahrenheit(60),
        counterparty="Pipeline Co",
    )  # fmt: skip
    assert ticket["opening_gauge"] == {"value": 216, "unit": "in"}
    assert ticket["gross_observed"] == pytest.approx(174)  # 196 - 2 - 20
    assert ticket["gross_standard"] == pytest.approx(194 * 0.97980 - 20, abs=0.01)
    assert ticket["net_standard"] == pytest.approx((194 * 0.97980 - 20) * 0.995, abs=0.01)
    assert ticket["sediment_and_water"] == pytest.approx((194 * 0.97980 - 20) * 0.005, abs=0.01)
    assert ticket["base_gravity"] == pytest.approx(40)
    assert ticket["standard_conditions"] == "60F_14.696psia"
    assert ticket["production_date"] == "2026-06-01"
    assert ticket["equations"].startswith("API MPMS 18.1")
    path = f"{PRODUCTION}/run-tickets/{ticket['id']}"
    again = site.api.patch(path, {"bsw": 0, "closed_at": "2026-06-02T10:59:00Z"}).data
    assert again["net_standard"] == again["gross_standard"]
    assert again["production_date"] == "2026-06-01"  # 05:59 in Chicago: the day before
    again = site.api.patch(path, {"closed_at": "2026-06-02T11:00:00Z"}).data
    assert again["production_date"] == "2026-06-02"
    assert site.api.delete(path).status == 200


def test_a_ticket_of_a_meter_takes_the_factor_of_its_day(site: Site) -> None:
    meter = site.put("meters", name="LACT", fluid="oil", position="sales", factor=1.001)
    correction = {"first_day": "2026-06-01", "factor": 0.99, "reason": "Proving"}
    site.add("meter-corrections", meter_id=meter["id"], **correction)
    ticket = site.put(
        "run-tickets", number="1", meter_id=meter["id"], **TIMES, **SAMPLE, volume_unit="STB",
        opening_reading=1000, closing_reading=2000, temperature=fahrenheit(60),
        pressure={"value": 0, "unit": "psig"},
    )  # fmt: skip
    assert (ticket["meter_factor"], ticket["ctl"]) == (0.99, pytest.approx(1))
    assert ticket["net_standard"] == pytest.approx(990)
    assert ticket["equations"].startswith("API MPMS 12.2")


def test_what_a_ticket_cannot_be(site: Site) -> None:
    tank = site.put("tanks", name="T-3", fluid="oil", **TABLE)
    water = site.put("tanks", name="T-4", fluid="water", **TABLE)
    good = {
        "number": "7", "tank_id": tank["id"], **TIMES, **SAMPLE, "opening_gauge": feet(18),
        "closing_gauge": feet(2), "opening_temperature": fahrenheit(70),
        "closing_temperature": fahrenheit(70),
    }  # fmt: skip
    for field, change in (
        ("closed_at", {"closed_at": "2026-06-01T11:00:00Z"}),
        ("closing_gauge", {"closing_gauge": None}),
        ("closing_gauge", {"closing_gauge": feet(19)}),
        ("opening_gauge", {"opening_gauge": feet(25)}),
        ("opening_reading", {"opening_reading": 1}),
        ("tank_id", {"tank_id": None}),
        ("tank_id", {"tank_id": water["id"]}),
        ("observed_density", {"observed_gravity": None}),
        ("observed_density", {"observed_density": {"value": 830, "unit": "kg/m3"}}),
    ):
        site.refused("run-tickets", field, **good | change)
    site.put("run-tickets", **good)
    site.refused("run-tickets", "number", **good)
