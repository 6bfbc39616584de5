"""Gauges and their pressures: from files and from tags, in versions, read as columns."""

import uuid
from typing import Any

import numpy as np
import pytest
from flask import Flask

from wellhead import sdk
from wellhead_historian.api import create_tag
from wellhead_well_testing.models import GaugeRun, Series, WellTest
from wellhead_well_testing.rates import history
from wellhead_well_testing.series import Pressures, load, newest, read, store
from wellhead_well_testing.timeline import picture

from .conftest import RATES, TESTING, TESTS, Lease, of

ATMOSPHERE = of(14.7, "psia")
DAY = 1_772_344_800_000_000  # 2026-03-01T06:00:00Z, when tests begin


def key_of(path: str) -> uuid.UUID:
    return uuid.UUID(path.rsplit("/", 1)[-1])


def test_a_gauge_says_what_it_counts_from_and_where_it_hangs(lease: Lease) -> None:
    api, test = lease.api, lease.test()["id"]
    bore = api.post(f"/api/v1/wells/{lease.well['id']}/wellbores", {"name": "OH"}).data["id"]
    run = {"test_id": test, "gauge": "Lower", "pressure_kind": "gauge", "pressure_unit": "psi"}
    assert lease.refused("gauge-runs", **run) == "atmospheric_pressure"
    run |= {"atmospheric_pressure": ATMOSPHERE}
    made = lease.add("gauge-runs", **run)
    assert made["pressure_unit"] == "psig"
    bad = {
        "pressure_unit": {"pressure_unit": "psia"},
        "wellbore_id": {"wellbore_id": test},
        "depth_unit": {"depth_md": 3000, "depth_datum": "KB"},
        "depth_datum": {"depth_md": 3000, "depth_unit": "m"},
        "test_id": {"test_id": bore},
    }
    assert {name: lease.refused("gauge-runs", **run | body) for name, body in bad.items()} == {
        name: name for name in bad
    }
    deep = lease.gauge(
        test, wellbore_id=bore, depth_md=100, depth_unit="m", depth_datum="KB"
    )  # fmt: skip
    assert api.get(deep).data["depth_tvd"] is None
    surveys = f"/api/v1/wells/{lease.well['id']}/wellbores/{bore}/surveys"
    stations = {"md": [0, 200], "inclination": [0, 60], "azimuth": [0, 0]}
    survey = {
        "name": "MWD", "kind": "mwd", "azimuth_reference": "true", "depth_unit": "m",
        "depth_datum": "KB", "stations": stations,
    }  # fmt: skip
    made = api.post(surveys, survey).data
    assert api.post(f"{surveys}/{made['id']}/definitive", {"reason": "It is all"}).status == 200
    assert api.get(deep).data["depth_tvd"] == pytest.approx(95.49, abs=0.01)
    assert api.get(deep, units="oilfield").data["depth_tvd"] == pytest.approx(313.3, abs=0.1)


def test_pressures_come_from_a_file_as_versions(lease: Lease, shared_app: Flask) -> None:
    api, test = lease.api, lease.test()["id"]
    run = lease.gauge(
        test, pressure_kind="gauge", pressure_unit="psi", atmospheric_pressure=ATMOSPHERE
    )
    lines = ["t,p", "0,2500.0", "0.5,2388.3", "1,2381.5"]
    dry = lease.bring(run, lines, elapsed="h", dry_run="true").data
    assert (dry["series"], dry["rows"], dry["failed"]) == (None, 3, 0)
    assert api.get(f"{run}/pressures").status == 404
    made = lease.bring(run, lines, elapsed="h", file_name="dd.csv").data["series"]
    assert (made["version"], made["count"], made["source_name"]) == (1, 3, "dd.csv")
    assert (made["minimum"], made["maximum"]) == (2381.5, 2500.0)
    assert (made["first_at"], made["last_at"]) == ("2026-03-01T06:00:00Z", "2026-03-01T07:00:00Z")
    assert lease.bring(run, lines, elapsed="h").error["details"][0]["field"] == "reason"
    dated = ["pressure,when", "170.5,2026-03-01 07:00:00", "171.5,2026-03-01T06:00:00.250+00:00"]
    how = {"time": "when", "pressure": "pressure", "unit": "bar", "tz": "Europe/Oslo"}
    second = lease.bring(run, dated, reason="Dates, in bar", **how).data["series"]
    assert (second["version"], second["pressure_unit"]) == (2, "psig")
    assert second["minimum"] == pytest.approx(2472.9, abs=0.1)
    shown = api.get(f"{run}/pressures")
    assert shown.data["t"] == [DAY, DAY + 250_000]  # 07:00 in Oslo is 06:00 UTC; in order of time
    assert shown.meta == {
        "version": 2, "rows": 2, "of": 2, "unit": "psig", "pressure_kind": "gauge",
    }  # fmt: skip
    metric = api.get(f"{run}/pressures", units="metric")
    assert (metric.meta["unit"], metric.data["p"]) == ("barg", pytest.approx([170.5, 171.5]))
    first = api.get(f"{run}/pressures", version=1, to="2026-03-01T06:30:00Z")
    assert (first.data["p"], first.meta["of"]) == ([2500.0], 1)
    listed = api.get(f"{TESTING}/series", gauge_run_id=str(key_of(run)), sort="version").data
    assert [one["reason"] for one in listed] == [None, "Dates, in bar"]
    table = api.get(f"{run}/pressures", version=1, format="csv").text.splitlines()
    assert table[:2] == ["t,p,q", "2026-03-01T06:00:00.000000Z,2500.0,192"]
    assert api.patch(run, {"pressure_unit": "bar"}).error["details"][0]["field"] == "pressure_unit"
    more = lease.bring(run, ["t,p", "2,2300"], elapsed="h", append="true").data["series"]
    assert (more["version"], more["count"], more["minimum"]) == (3, 3, 2300.0)
    again = lease.bring(run, ["t,p", "2,2300"], elapsed="h", append="true").error
    assert "not after" in again["details"][0]["message"]
    with shared_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        found = sdk.db.session.get_one(GaugeRun, key_of(run))
        seconds, psia = load(found, 1)
        assert seconds.tolist() == [0.0, 1800.0, 3600.0]
        assert psia == pytest.approx([2514.7, 2403.0, 2396.2])
        assert load(found)[0].tolist() == [0.0, 0.25, 7200.0]
        with pytest.raises(sdk.WellheadError, match="no such version"):
            load(found, 4)


def test_each_row_of_a_file_is_told_what_is_wrong_with_it(lease: Lease) -> None:
    run = lease.gauge(lease.test()["id"])
    lines = [
        "t,p,quality",
        "0,2500,",
        "x,1,",
        "1,-999.25,",
        "",
        "2,2400,fine",
        "2.5,2300,64",
        "0,2499,",
        "3,2",
    ]
    refused = lease.bring(run, lines, elapsed="min").error
    fields = ["items.1.t", "items.2.p", "items.4.quality", "items.6.t", "items.7"]
    assert sorted(one["field"] for one in refused["details"]) == fields
    result = lease.bring(run, lines, elapsed="min", on_error="skip").data
    assert (result["rows"], result["failed"]) == (2, 5)
    assert sorted(one["index"] for one in result["problems"]) == [1, 2, 4, 6, 7]
    assert lease.api.get(f"{run}/pressures").data["q"] == [192, 64]
    for text, field, query in (
        ("t", "header", {}),
        ("0,4000", "header", {}),
        ("t,p", "body", {}),
        ("t,p\n1,2", "pressure", {"pressure": "P2"}),
        ("t,p\n1,2", "tz", {"tz": "Mars/Olympus"}),
        ("t,p\n1,2", "unit", {"unit": "psig"}),
    ):
        asked = {"elapsed": "h", "reason": "Try"} | query
        assert lease.bring(run, [text], **asked).error["details"][0]["field"] == field
    plain = lease.api.post(f"{run}/series/csv", {})
    assert plain.status == 415


def test_pressures_come_from_a_tag_with_their_qualities(lease: Lease, shared_app: Flask) -> None:
    api, test = lease.api, lease.test()["id"]
    name = f"{lease.well['name']}.PT"
    with shared_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        number = create_tag(name=name, datatype="float64", unit="bar").id
        flow = create_tag(name=f"{name} flow", datatype="float64", unit="m3/d").id
        sdk.db.session.commit()
    lines = ["tag,time,value,quality"]
    for minute, value, quality in (
        (-1, 200, 192),
        (0, 201, 192),
        (1, 202, 64),
        (2, "", 0),
        (3, 204, 192),
    ):
        moment = str(np.datetime64(DAY + minute * 60_000_000, "us"))
        lines.append(f"{name},{moment}Z,{value},{quality}")
    sent = {"Content-Type": "text/csv"}
    imported = api.request(
        "POST", "/api/v1/tags/imports", query={"id": name}, headers=sent, text="\n".join(lines)
    )
    assert imported.status in (200, 201, 202), imported.body
    run = lease.gauge(test)
    made = api.post(f"{run}/series/tag", {"tag": number}).data["series"]
    assert (made["source"], made["source_name"], made["tag_id"]) == ("tag", name, number)
    assert (made["count"], made["usable"]) == (4, 3)  # that before the test is none of it
    shown = api.get(f"{run}/pressures", units="metric")
    assert shown.data["q"] == [192, 64, 0, 192]
    assert shown.data["p"] == [pytest.approx(201), pytest.approx(202), None, pytest.approx(204)]
    with shared_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        seconds, psia = load(sdk.db.session.get_one(GaugeRun, key_of(run)))
        assert seconds.tolist() == [0.0, 60.0, 180.0]
        assert psia[0] == pytest.approx(2915.26, abs=0.01)
    early = {"tag": number, "from": "2026-02-28T00:00:00Z", "reason": "From before"}
    assert api.post(f"{run}/series/tag", early).data["series"]["count"] == 5
    for body, field in (
        ({"tag": 2_000_000_000}, "tag"),
        ({"tag": number, "from": "2026-03-05T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, "to"),
        ({"tag": number, "from": "2026-05-01T00:00:00Z", "to": "2026-05-02T00:00:00Z"}, "tag"),
    ):
        refused = api.post(f"{run}/series/tag", body | {"reason": "Try"})
        assert refused.error["details"][0]["field"] == field
    wrong = api.post(f"{run}/series/tag", {"tag": flow, "reason": "Try"}).error["details"][0]
    assert wrong["field"] == "tag"
    assert "no unit of absolute pressure" in wrong["message"]


def test_a_million_readings_are_stored_and_read_as_columns(lease: Lease, shared_app: Flask) -> None:
    run = lease.gauge(lease.test()["id"])
    count = 1_000_000
    times = DAY + np.arange(count, dtype=np.int64) * 50_000
    values = 2500.0 - np.log1p(np.arange(count)) * 20.0
    values[700_000] = 4000.0  # a spike that no picture may lose
    with shared_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        series = Series(gauge_run_id=key_of(run), source="csv", pressure_unit="psia")
        store(series, Pressures(times, values, np.full(count, 192, np.int16)))
        sdk.db.session.commit()
        found = newest(sdk.db.session.get_one(GaugeRun, key_of(run)))
        assert found is not None
        whole = read(found)
        assert np.array_equal(whole.times, times)
        assert np.array_equal(whole.values, values)
        seen = picture(whole, 500)
        assert len(seen.times) <= 500
        assert seen.values.max() == 4000.0
    part = lease.api.get(
        f"{run}/pressures", **{"from": "2026-03-01T06:10:00Z", "to": "2026-03-01T06:10:01Z"}
    )
    assert part.data["t"] == times[12_000:12_020].tolist()
    assert lease.api.get(f"{run}/pressures", points=100).meta["of"] == count


def test_rates_are_columns_for_calculations(lease: Lease, shared_app: Flask) -> None:
    test = lease.test()["id"]
    lease.add("rate-steps", test_id=test, start_at="2026-03-01T05:00:00Z", **RATES)
    shut: dict[str, Any] = {"oil_rate": of(0, "STB/d"), "gas_rate": of(0, "Mscf/d")}
    lease.add("rate-steps", test_id=test, start_at="2026-03-01T08:00:00Z", **shut)
    with shared_app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        found = history(sdk.db.session.get_one(WellTest, uuid.UUID(test)))
    assert found.t_seconds.tolist() == [-3600.0, 7200.0]
    assert found.oil == pytest.approx([66.7747, 0.0], abs=1e-4)
    assert found.gas == pytest.approx([9514.46, 0.0], abs=0.01)
    assert found.water == pytest.approx([28.6178, np.nan], abs=1e-4, nan_ok=True)
    assert lease.api.get(f"{TESTS}/{test}").status == 200


def test_pressures_and_rates_are_told_over_one_time(lease: Lease) -> None:
    api, test = lease.api, lease.test(kind="build_up")["id"]
    path = f"{TESTS}/{test}/timeline"
    assert api.get(path).data["gauges"] == []
    absolute = lease.gauge(test)
    counted = lease.gauge(
        test, gauge="Upper", pressure_kind="gauge", pressure_unit="bar",
        atmospheric_pressure=of(1.01325, "bara"),
    )  # fmt: skip
    lease.gauge(test, gauge="Lost")
    lines = ["t,p,quality", "0,2500,", "1,9999,bad", "2,2600,"]
    assert lease.bring(absolute, lines, elapsed="h").status == 201
    assert lease.bring(counted, ["t,p", "0,170", "2,172"], elapsed="h").status == 201
    for hour, rate in ((-10, 400), (1, 0)):
        moment = str(np.datetime64("2026-03-01T06:00:00") + np.timedelta64(hour, "h")) + "Z"
        lease.add("rate-steps", test_id=test, start_at=moment, oil_rate=of(rate, "STB/d"))
    seen = api.get(path, units="metric").data
    assert seen["units"] == {
        "pressure": "bara", "oil": "Sm3/d", "gas": "Sm3/d", "water": "m3/d",
    }  # fmt: skip
    lower, upper = seen["gauges"]
    assert (lower["gauge"], lower["version"], lower["hours"]) == ("Lower", 1, [0.0, 2.0])
    assert lower["pressure"] == pytest.approx([172.369, 179.264], abs=0.001)
    assert upper["pressure"] == pytest.approx([171.01325, 173.01325])
    assert seen["step_hours"] == [-10.0, 1.0]
    assert seen["oil"] == pytest.approx([63.595, 0], abs=0.001)
    assert seen["gas"] == [None, None]
    assert api.get(path).data["gauges"][0]["pressure"] == pytest.approx([2500, 2600])
    drawn = api.get(f"{path}/plot", units="metric")
    assert drawn.text.startswith("<?xml")
    assert "Pressure (bara)" in drawn.text
    assert api.get(f"{path}/plot", format="gif").status == 422
    begun = lease.test(kind="drawdown", start_at=None, end_at=None)["id"]
    refused = api.get(f"{TESTS}/{begun}/timeline").error["details"][0]
    assert refused["field"] == "start_at"
