"""Production over time: numbers, files and the plots beside them."""

import uuid
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_production.calc.series import cumulative, together
from wellhead_production.plots import production_figure
from wellhead_production.series import Asked, facility_series, well_series

from .conftest import Site

UNITS = {"liquid_unit": "STB", "gas_unit": "Mscf"}
MONTHS = {"period": "month", "units": "oilfield"}


def fill(site: Site) -> None:
    """Three days of the first well, one of them of 23 h, and a day of the second."""
    site.day("2026-03-06", hours_on=24, oil=100, gas=50, water=300, **UNITS)
    site.day("2026-03-07", hours_on=23, oil=92, gas=46, water=276, **UNITS)
    site.day("2026-04-01", hours_on=0, oil=0, gas=0, water=0, **UNITS)
    site.day("2026-03-06", well_id=site.wells[1]["id"], hours_on=12, oil=10, water=0, **UNITS)


def parse(text: str) -> list[dict[str, str]]:
    header, *rows = (line.split(",") for line in text.splitlines())
    return [dict(zip(header, row, strict=True)) for row in rows]


@given(st.lists(st.tuples(st.integers(0, 90), st.floats(0, 1e4)), min_size=1, max_size=60))
def test_months_hold_what_their_days_hold(rows: list[tuple[int, float]]) -> None:
    dates = np.datetime64("2026-01-15") + np.array([day for day, _ in rows])
    volume = np.array([value for _, value in rows])
    hours = np.full(len(rows), 24.0)
    columns = (dates, hours, hours, volume, volume, volume)
    days, months = together(*columns, monthly=False), together(*columns, monthly=True)
    assert days.oil.sum() == pytest.approx(volume.sum())
    assert months.oil.sum() == pytest.approx(volume.sum())
    assert months.days.sum() == days.days.sum() == len(set(dates))
    assert cumulative(months.oil)[-1] == pytest.approx(cumulative(days.oil)[-1])


def test_a_well_s_rates_are_by_the_hours_that_its_days_had(site: Site) -> None:
    fill(site)
    path = f"wells/{site.well_id}/series"
    found = site.get(path, units="oilfield").data
    assert found["date"] == ["2026-03-06", "2026-03-07", "2026-04-01"]
    assert found["days"] == pytest.approx([1, 23 / 24, 1])
    assert found["oil"] == pytest.approx([100, 92, 0])
    assert found["oil_rate"] == pytest.approx([100, 96, 0])
    assert found["gas_rate"] == pytest.approx([50, 48, 0])
    assert found["oil_cumulative"] == pytest.approx([100, 192, 192])
    assert found["gas_oil_ratio"] == [pytest.approx(500), pytest.approx(500), None]
    assert found["water_cut"] == [pytest.approx(75), pytest.approx(75), None]
    assert (found["liquid_rate_unit"], found["gas_oil_ratio_unit"]) == ("STB/d", "scf/STB")
    assert found["standard_conditions"] == "60F_14.696psia"
    later = site.get(path, **{"from": "2026-03-07", "to": "2026-03-31"}).data
    assert later["date"] == ["2026-03-07"]
    assert later["oil"] == pytest.approx([92 * 0.158987294928])
    (first, *_) = parse(site.get(path, units="oilfield", format="csv").text)
    assert first["date"] == "2026-03-06"
    assert float(first["oil"]) == pytest.approx(100)
    metric = site.get(path, standard_conditions="15C_101.325kPa").data
    factor = sdk.units.gas_volume_factor("60F_14.696psia", "15C_101.325kPa")
    assert metric["gas"][0] == pytest.approx(50 * 28.316846592 * factor)
    assert metric["standard_conditions"] == "15C_101.325kPa"


def test_a_facility_s_wells_are_added_up_by_day_and_by_month(site: Site) -> None:
    fill(site)
    path = f"facilities/{site.facility['id']}/series"
    days = site.get(path, units="oilfield").data
    assert days["oil"] == pytest.approx([110, 92, 0])
    assert days["gas"] == pytest.approx([50, 46, 0])  # of the second well nobody knows
    assert days["hours_on"] == [36, 23, 0]
    months = site.get(path, **MONTHS).data
    assert months["date"] == ["2026-03-01", "2026-04-01"]
    assert months["oil"] == pytest.approx([202, 0])
    assert months["days"] == pytest.approx([47 / 24, 1])
    assert months["oil_rate"] == pytest.approx([202 / 47 * 24, 0])


def test_plots_show_the_numbers_that_the_api_gives(site: Site) -> None:
    fill(site)
    asked = Asked(system=sdk.units.System.OILFIELD)
    numbers: Any
    for path, shown_by, key in (
        (f"wells/{site.well_id}", well_series, site.well_id),
        (f"facilities/{site.facility['id']}", facility_series, site.facility["id"]),
    ):
        numbers = site.get(f"{path}/series", units="oilfield").data
        with site.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
            figure = production_figure(shown_by(uuid.UUID(key), asked), "P")
        rates, ratios, gas, ratio = figure.axes
        oil, liquid = rates.get_lines()
        assert np.asarray(oil.get_xdata()).astype(str).tolist() == numbers["date"]
        assert oil.get_ydata() == pytest.approx(np.array(numbers["oil_rate"]))
        both = np.array(numbers["oil_rate"]) + np.array(numbers["water_rate"])
        assert liquid.get_ydata() == pytest.approx(both)
        assert gas.get_lines()[0].get_ydata() == pytest.approx(np.array(numbers["gas_rate"]))
        cut = np.array(numbers["water_cut"], float)
        assert ratios.get_lines()[0].get_ydata() == pytest.approx(cut, nan_ok=True)
        assert ratio.get_lines()[0].get_ydata() == pytest.approx(
            np.array(numbers["gas_oil_ratio"], float), nan_ok=True
        )
        assert rates.get_ylabel() == "Rate of liquid (STB/d)"
        assert gas.get_ylabel() == "Rate of gas (Mscf/d)"
        assert ratios.get_ylabel() == "Water cut (%)"
        assert ratio.get_ylabel() == "Gas-oil ratio (scf/STB)"
        drawn = site.get(f"{path}/series/plot", units="oilfield")
        assert (drawn.status, drawn.headers["Content-Type"]) == (200, "image/svg+xml")
        assert sdk.drawn(figure, "png").startswith(b"\x89PNG")
        assert site.get(f"{path}/series/plot", format="gif").status == 422


def test_series_are_of_what_one_may_see(site: Site) -> None:
    nobody = uuid.uuid4()
    assert site.get(f"wells/{nobody}/series").status == 404
    assert site.get(f"facilities/{nobody}/series/plot").status == 404
    assert site.get(f"wells/{site.well_id}/series").data["date"] == []
    wrong = site.get(f"wells/{site.well_id}/series", standard_conditions="warm")
    assert (wrong.status, wrong.error["details"][0]["field"]) == (422, "standard_conditions")
