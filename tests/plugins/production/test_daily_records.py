"""Daily records of wells: the production day, hours, units as entered, ratios."""

import datetime as dt

import pytest

from .conftest import PRODUCTION, Site


def test_a_day_keeps_what_was_entered_and_says_the_conditions(site: Site) -> None:
    day = site.day(
        "2026-06-01",
        hours_on=20,
        oil=100,
        gas=50,
        water=300,
        liquid_unit="STB",
        gas_unit="Mscf",
        choke=32,
        choke_unit="in64",
        tubing_pressure=250,
        pressure_unit="psig",
        bsw=75.2,
    )
    assert (day["oil"], day["liquid_unit"], day["gas_unit"]) == (100, "STB", "Mscf")
    assert day["standard_conditions"] == "60F_14.696psia"  # the facility's
    assert (day["day_hours"], day["hours_down"]) == (24, 4)
    assert day["well_name"] == site.wells[0]["name"]
    metric = site.get(f"daily-records/{day['id']}", units="metric").data
    assert metric["oil"] == pytest.approx(15.8987, abs=1e-4)
    assert metric["gas"] == pytest.approx(1415.84, abs=0.01)
    assert (metric["liquid_unit"], metric["gas_unit"]) == ("Sm3", "Sm3")
    assert metric["tubing_pressure"] == pytest.approx(17.2369, abs=1e-4)
    assert (metric["pressure_unit"], metric["choke"]) == ("barg", pytest.approx(12.7))
    assert metric["standard_conditions"] == "60F_14.696psia"


def test_gor_wor_and_water_cut(site: Site) -> None:
    fields = {"gas": 50, "gas_unit": "Mscf", "liquid_unit": "STB"}
    day = site.day("2026-06-01", oil=100, water=300, **fields)
    assert day["gas_oil_ratio"] == pytest.approx(500)
    assert day["gas_oil_ratio_unit"] == "scf/STB"
    assert day["water_oil_ratio"] == pytest.approx(3)
    assert day["water_cut"] == pytest.approx(75)
    metric = site.get(f"daily-records/{day['id']}", units="metric").data
    assert metric["gas_oil_ratio"] == pytest.approx(89.05, abs=0.01)
    dry = site.day("2026-06-02", oil=0, water=0, **fields)
    assert [dry[name] for name in ("gas_oil_ratio", "water_oil_ratio", "water_cut")] == [None] * 3


@pytest.mark.parametrize(
    ("date", "hours"), [("2026-03-07", 23), ("2026-03-08", 24), ("2025-11-01", 25)]
)
def test_a_day_has_the_hours_of_the_facility_s_clock(site: Site, date: str, hours: int) -> None:
    """06:00 to 06:00 in Chicago: the clock is changed at 02:00 of the day after these."""
    day = site.day(date, hours_on=hours)
    assert (day["day_hours"], day["hours_on"], day["hours_down"]) == (hours, hours, 0)
    other = site.body(date, well_id=site.wells[1]["id"], hours_on=hours + 0.01)
    if hours < 25:
        assert f"has {hours} h" in site.refused("daily-records", "hours_on", **other)


def test_of_a_day_there_is_one_record_a_well_and_disposition(site: Site) -> None:
    day = site.day("2026-06-01", oil=10)
    site.refused("daily-records", "production_date", **site.body("2026-06-01", oil=11))
    site.day("2026-06-01", disposition="injected", water=500)
    site.day("2026-06-01", well_id=site.wells[1]["id"], oil=12)
    path = f"{PRODUCTION}/daily-records/{day['id']}"
    moved = site.api.patch(path, {"well_id": site.wells[1]["id"]})
    assert (moved.status, moved.error["details"][0]["field"]) == (422, "well_id")
    changed = site.api.patch(path, {"oil": 100, "liquid_unit": "bbl"}).data
    assert (changed["oil"], changed["liquid_unit"]) == (100, "bbl")
    assert site.api.delete(path).status == 200


def test_what_a_day_cannot_be(site: Site) -> None:
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).date().isoformat()
    for field, date, fields in (
        ("production_date", tomorrow, {}),
        ("oil", "2026-06-01", {"oil": -1}),
        ("oil", "2026-06-01", {"oil": 1, "disposition": "injected"}),
        ("liquid_unit", "2026-06-01", {"liquid_unit": "gal"}),
        ("choke_unit", "2026-06-01", {"choke": 1}),
        ("pressure_unit", "2026-06-01", {"line_pressure": 1}),
        ("pressure_unit", "2026-06-01", {"pressure_unit": "psi"}),
        ("standard_conditions", "2026-06-01", {"standard_conditions": "warm"}),
    ):
        site.refused("daily-records", field, **site.body(date, **fields))


def test_days_are_found_by_period(site: Site) -> None:
    for day in range(1, 6):
        site.day(f"2026-06-0{day}", oil=day)
    period = {"from": "2026-06-02", "to": "2026-06-04", "well_id": site.well_id}
    found = site.get("daily-records", sort="production_date", order="desc", **period)
    assert [row["oil"] for row in found.data] == [4, 3, 2]
    table = site.get("daily-records", format="csv", **period).text
    assert len(table.splitlines()) == 4
