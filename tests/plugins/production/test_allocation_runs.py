"""Allocation runs: versions that close, and days that no longer fit what is known."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_production.allocation.divide import divide

from .allocating import LAST, Battery, battery
from .conftest import PRODUCTION, Site

pytestmark = pytest.mark.one_app

__all__ = ["battery"]
DAY, NEXT = LAST


def test_tests_of_200_and_100_share_10_000_barrels(battery: Battery) -> None:
    battery.days(DAY)
    run = battery.allocate(DAY, DAY, reason="month")
    assert (run["number"], run["days"], run["created_by"]) == (1, 1, "admin@example.com")
    shares = battery.shares(DAY)
    assert [row["oil"] for row in shares] == [6_666.67, 3_333.33]
    assert [row["gas"] for row in shares] == [3_333.33, 1_666.67]
    assert sum(row["water"] for row in shares) == pytest.approx(777.77, abs=1e-9)
    assert (shares[0]["liquid_unit"], shares[0]["gas_unit"]) == ("STB", "Mscf")
    version = battery.site.get("allocation-days", run_id=run["id"]).data[0]
    oil = version["balances"][0]
    assert (oil["fluid"], oil["measured"], oil["unallocated"]) == ("oil", 10_000, 0)
    assert oil["theoretical"] == pytest.approx(sdk.units.convert(300.0, "Sm3", "STB"))
    assert oil["factor"] == pytest.approx(10_000 / oil["theoretical"])
    records = battery.site.get("daily-records", production_date=DAY, sort="hours_on").data
    assert sorted((row["oil"], row["method"]) for row in records) == [
        (3_333.33, "allocated"),
        (6_666.67, "allocated"),
    ]
    whole = battery.site.get(f"allocation-days/{version['id']}").data
    assert {row["method"] for row in whole["replaced"]} == {"measured"}
    statement = battery.get("statement", month="2026-03")
    assert statement.meta["balances"][1] == {
        "fluid": "oil",
        "unit": "STB",
        "measured": 10_000.0,
        "allocated": 10_000.0,
        "unallocated": 0.0,
    }
    metric = battery.shares(DAY, units="metric")[0]
    assert (metric["liquid_unit"], metric["oil"]) == (
        "Sm3",
        pytest.approx(sdk.units.convert(6_666.67, "STB", "Sm3")),
    )


def test_a_network_whose_runs_nobody_deletes_is_ended_instead(battery: Battery) -> None:
    battery.days(DAY)
    battery.allocate(DAY, DAY, reason="month")
    refused = battery.api.delete(f"{PRODUCTION}/networks/{battery.network['id']}")
    assert (refused.status, refused.error["code"]) == (409, "conflict")
    [detail] = refused.error["details"]
    assert detail["remedy"].startswith(
        "Give its wells and meters a last day, and keep it: allocation "
    )
    assert " are kept for good" in detail["remedy"]


def test_a_day_of_25_hours_counts_25_of_them(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The day that begins on 2026-10-31 at 06:00 in Chicago has 25 hours."""
    battery = Battery(site, monkeypatch, "2026-10-31")
    first, second = (well["id"] for well in site.wells)
    battery.days("2026-10-31", hours=25)
    battery.allocate("2026-10-31", "2026-10-31")
    shares = battery.shares("2026-10-31")
    assert shares[0]["theoretical_oil"] == pytest.approx(
        sdk.units.convert(200.0 * 25 / 24, "Sm3", "STB")
    )
    assert battery.oil("2026-10-31") == [6_666.67, 3_333.33]
    record = site.get("daily-records", well_id=second, production_date="2026-10-31").data[0]
    battery.api.patch(f"{PRODUCTION}/daily-records/{record['id']}", {"hours_on": 12.5})
    battery.allocate("2026-10-31", "2026-10-31")
    assert battery.oil("2026-10-31") == [8_000.00, 2_000.00]
    refused = battery.api.post(
        f"{PRODUCTION}/daily-records",
        {
            "facility_id": site.facility["id"],
            "well_id": first,
            "production_date": "2026-10-30",
            "hours_on": 25,
        },
    )
    assert "24 h" in refused.error["message"]


def test_a_late_test_makes_new_versions_of_the_days_that_it_concerns(battery: Battery) -> None:
    battery.days(DAY, NEXT)
    battery.allocate()
    again = battery.post("allocate", first_day=DAY, last_day=NEXT)
    assert (again.status, again.error["code"]) == (409, "allocation_current")
    second = battery.site.wells[1]
    battery.tests.add(second["id"], NEXT, oil=200.0, gas=10_000.0, water=50.0)
    states = battery.states()
    assert [states[day]["state"] for day in (DAY, NEXT)] == ["current", "stale"]
    assert states[NEXT]["changes"] == [
        {
            "of": "well",
            "name": second["name"],
            "field": "oil",
            "was": "100.0",
            "now": "200.0",
            "unit": "Sm3/d",
        }
    ]
    run = battery.allocate(reason="late test")
    assert run["days"] == 1
    assert battery.oil(DAY) == [6_666.67, 3_333.33]
    assert battery.oil(NEXT) == [5_000.00, 5_000.00]
    versions = battery.site.get(
        "allocation-days", network_id=battery.network["id"], production_date=NEXT, sort="version"
    ).data
    assert [(row["version"], row["newest"]) for row in versions] == [(1, False), (2, True)]
    changes = battery.site.get(f"allocation-days/{versions[1]['id']}/changes").data
    assert (changes["before"], [row["field"] for row in changes["inputs"]]) == (1, ["oil"])
    assert [(row["was"], row["now"], row["unit"]) for row in changes["volumes"]] == [
        (6_666.67, 5_000.00, "STB"),
        (3_333.33, 5_000.00, "STB"),
    ]
    kept = battery.shares(NEXT, newest=False)
    assert [row["oil"] for row in kept] == [6_666.67, 3_333.33]


def test_a_late_meter_correction_restates_the_totals_and_the_allocation(battery: Battery) -> None:
    battery.days(DAY, NEXT)
    battery.allocate()
    correction = battery.site.add(
        "meter-corrections",
        meter_id=battery.meters["oil"]["id"],
        first_day=NEXT,
        factor=1.02,
        reason="Proved 2 % low",
    )
    states = battery.states()
    assert [states[day]["state"] for day in (DAY, NEXT)] == ["current", "stale"]
    assert [(row["of"], row["was"], row["now"]) for row in states[NEXT]["changes"]] == [
        ("meter", "10000.0", "10200.0")
    ]
    battery.allocate()
    assert battery.oil(NEXT) == [6_800.00, 3_400.00]
    totals = battery.site.get(
        "meter-totals",
        meter_id=battery.meters["oil"]["id"],
        production_date=NEXT,
        sort="version",
    ).data
    assert [(row["version"], row["source"], row["factor"], row["volume"]) for row in totals] == [
        (1, "entered", 1.0, 10_000.0),
        (2, "restated", 1.02, 10_200.0),
    ]
    battery.api.delete(f"{PRODUCTION}/meter-corrections/{correction['id']}")
    battery.allocate()
    assert battery.oil(NEXT) == [6_666.67, 3_333.33]
    meter = f"{PRODUCTION}/meters/{battery.meters['oil']['id']}"
    battery.api.patch(meter, {"factor": 1.5})  # of days to come
    assert battery.states()[NEXT]["state"] == "current"


def test_hours_and_records_that_are_changed_later_are_told(battery: Battery) -> None:
    battery.days(DAY)
    battery.allocate(DAY, DAY)
    records = battery.site.get("daily-records", production_date=DAY).data
    mine = next(row for row in records if row["well_id"] == battery.site.well_id)
    path = f"{PRODUCTION}/daily-records/{mine['id']}"
    battery.api.patch(path, {"oil": 9_999})
    state = battery.states()[DAY]
    assert (state["state"], state["overwritten"], state["changes"]) == (
        "stale",
        [mine["well_name"]],
        [],
    )
    battery.api.patch(path, {"hours_on": 12})
    changed = battery.states()[DAY]["changes"]
    assert [(row["field"], row["was"], row["now"]) for row in changed] == [
        ("hours_on", "24.0", "12.0")
    ]
    battery.allocate(DAY, DAY)
    assert battery.oil(DAY) == [5_000.00, 5_000.00]
    assert battery.states()[DAY]["state"] == "current"


def test_what_is_missing_is_named_and_nothing_is_allocated(battery: Battery) -> None:
    battery.days(DAY)
    refused = battery.post("allocate", first_day=DAY, last_day=NEXT)
    assert (refused.status, refused.error["code"]) == (422, "allocation_incomplete")
    assert [row["value"] for row in refused.error["details"]] == [
        f"{meter} {NEXT}" for meter in sorted(battery.meters, key=lambda m: battery.meters[m]["id"])
    ]
    assert battery.states()[DAY]["state"] == "none"
    assert battery.post("allocate", first_day=NEXT, last_day=DAY).status == 422
    early = battery.post("allocate", first_day="2026-01-01", last_day="2026-01-02")
    assert early.error["details"][0]["field"] == "first_day"


def test_a_volume_that_no_well_could_have_made_is_said_and_given_to_none(battery: Battery) -> None:
    battery.days(DAY, hours=0)
    asked = {"production_date": DAY, "facility_id": battery.network["facility_id"]}
    before = battery.site.get("daily-records", **asked).data
    battery.allocate(DAY, DAY)
    assert battery.oil(DAY) == [None, None]
    assert battery.site.get("daily-records", **asked).data == before, "what is there stays"
    state = battery.states()[DAY]
    assert (state["state"], state["unallocated"]) == ("current", True)
    assert "10000.00 STB measured, and no well could have made any" in state["warnings"][0]


def test_a_well_flows_into_one_network_at_a_time_and_changes_over(battery: Battery) -> None:
    site, well = battery.site, battery.site.well_id
    other = site.put("networks", name="M", liquid_unit="STB", gas_unit="Mscf", decimals=2)
    body = {"network_id": other["id"], "well_id": well, "first_day": NEXT}
    refused = battery.api.post(f"{PRODUCTION}/network-wells", body)
    assert (refused.status, refused.error["details"][0]["field"]) == (409, "first_day")
    rows = site.get("network-wells", network_id=battery.network["id"], well_id=well).data
    ended = battery.api.patch(f"{PRODUCTION}/network-wells/{rows[0]['id']}", {"last_day": DAY})
    assert ended.status == 200
    assert battery.api.post(f"{PRODUCTION}/network-wells", body).status == 201
    battery.days(DAY, NEXT)
    battery.allocate()
    assert battery.oil(DAY) == [6_666.67, 3_333.33]
    assert battery.oil(NEXT) == [10_000.00]
    units = battery.api.patch(f"{PRODUCTION}/networks/{battery.network['id']}", {"gas_unit": "Sm3"})
    assert units.status == 409


def test_what_comes_from_elsewhere_is_taken_off(battery: Battery) -> None:
    back = battery.site.put("meters", name="buy-back", fluid="gas", position="fuel")
    battery.site.add(
        "network-meters",
        network_id=battery.network["id"],
        meter_id=back["id"],
        first_day=DAY,
        sign=-1,
    )
    battery.meters["back"] = back
    battery.days(DAY)
    battery.total("back", DAY, 2_000_000.0, "scf")
    battery.allocate(DAY, DAY)
    assert [row["gas"] for row in battery.shares(DAY)] == [2_000.00, 1_000.00]
    battery.total("back", DAY, 6.0, "MMscf")
    refused = battery.post("allocate", first_day=DAY, last_day=DAY)
    assert (refused.status, refused.error["details"][0]["field"]) == (422, "measured")
    assert DAY in refused.error["message"]


def test_tests_that_were_validated_are_what_is_allocated_by(site: Site) -> None:
    """With the plugin that keeps tests: one that is not validated counts for nothing."""
    units = {"liquid_unit": "STB", "gas_unit": "Mscf", "decimals": 2}
    part = {"network_id": site.put("networks", name="T", **units)["id"], "first_day": DAY}
    meter = site.put("meters", name="FQ", fluid="oil", position="sales")["id"]
    site.add("network-meters", meter_id=meter, **part)
    total = {"production_date": DAY, "indicated": 10_000, "unit": "STB"}
    site.add("meter-totals", meter_id=meter, **total)
    tests = "/api/v1/well-testing/tests"
    for well, rate in zip(site.wells, (200.0, 100.0), strict=True):
        site.add("network-wells", well_id=well["id"], **part)
        site.day(DAY, well_id=well["id"], hours_on=24)
        for begin, oil in (("2026-03-01", rate), ("2026-03-10", 1.0)):
            body = {
                "well_id": well["id"],
                "kind": "production",
                "start_at": f"{begin}T06:00:00Z",
                "end_at": f"{begin}T18:00:00Z",
                "standard_conditions": "60F_14.696psia",
                "oil_rate": {"value": oil, "unit": "STB/d"},
                "gas_rate": {"value": 0, "unit": "Mscf/d"},
                "water_rate": {"value": 0, "unit": "STB/d"},
            }
            made = site.api.post(tests, body).data
            if oil == rate:
                assert site.api.post(f"{tests}/{made['id']}/validate", {}).status == 200
    path = f"{PRODUCTION}/networks/{part['network_id']}/allocate"
    assert site.api.post(path, {"first_day": DAY, "last_day": DAY}).status == 201
    query = {"network_id": part["network_id"], "sort": "well_name"}
    shares = site.get("allocated-volumes", **query).data
    assert [row["oil"] for row in shares] == [6_666.67, 3_333.33]
    assert [row["theoretical_oil"] for row in shares] == [pytest.approx(200), pytest.approx(100)]
    assert shares[0]["gas"] is None


rates = st.one_of(st.none(), st.just(0.0), st.floats(0.01, 5_000))


def _well(number: int, hours: float | None, oil: float | None, gas: float | None) -> dict[str, Any]:
    return {
        "well_id": f"{number:03}",
        "name": f"W-{number}",
        "hours_on": hours,
        "tested_at": None if oil is None else "2026-01-01",
        "oil": oil,
        "gas": gas,
        "water": None,
    }


@given(
    st.lists(st.tuples(st.one_of(st.none(), st.floats(0, 25)), rates, rates), max_size=12),
    st.lists(st.tuples(st.floats(0, 1e5), st.sampled_from(["Sm3", "STB", "bbl"])), max_size=4),
    st.sampled_from(["Sm3", "STB"]),
    st.integers(0, 6),
)
@settings(max_examples=60)
def test_a_day_closes_whatever_the_units_and_says_what_is_wrong_with_it(
    wells: list[tuple[float | None, float | None, float | None]],
    volumes: list[tuple[float, str]],
    unit: str,
    decimals: int,
) -> None:
    meters = [
        {
            "name": str(place),
            "fluid": "oil",
            "sign": 1,
            "volume": volume,
            "unit": of,
            "coverage": 50,
        }
        for place, (volume, of) in enumerate(volumes)
    ]
    inputs = {
        "liquid_unit": unit,
        "gas_unit": "Mscf",
        "decimals": decimals,
        "meters": meters,
        "wells": [_well(place, *well) for place, well in enumerate(wells)],
    }
    found = divide(inputs)
    assert all(row["gas"] is row["water"] is None for row in found.volumes)
    if not meters:
        assert found.balances == []
        assert all(row["oil"] is None for row in found.volumes)
        return
    (oil,) = found.balances
    total = sum(row["oil"] or 0 for row in found.volumes)
    assert float(total) + oil["unallocated"] == pytest.approx(oil["measured"], rel=1e-15, abs=0)
    exact = sum(sdk.units.convert(volume, of, unit) for volume, of in volumes)
    assert oil["measured"] == pytest.approx(exact, abs=0.51 * 10.0**-decimals)
    known = sum("% of the day" in word for word in found.warnings)
    assert known == len(meters)
    silent = sum(hours is None for hours, _, _ in wells)
    assert sum("daily record" in word for word in found.warnings) == silent
