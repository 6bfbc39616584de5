"""Analyses that are kept with a test: versions with their inputs, compared and in columns."""

from typing import Any

import numpy as np
import pytest

from wellhead_well_testing.calc.superposition import RateHistory

from .conftest import TESTING, Lease, of
from .test_calculations import lines
from .well_model import Well

pytestmark = pytest.mark.one_app

ANALYSES = f"{TESTING}/analyses"
WELL = Well(skin=2.0, storage=0.003)
HISTORY = RateHistory(np.array([0.0, 10.0, 14.0]), np.array([800.0, 300.0, 0.0]))
LAYER = {
    "thickness": of(50, "ft"),
    "porosity": 0.2,
    "viscosity": of(0.8, "cP"),
    "total_compressibility": of(1.5e-5, "1/psi"),
    "wellbore_radius": of(0.3, "ft"),
    "volume_factor": 1.25,
}


def _at(hours: float) -> str:
    return f"2026-03-{1 + int(6 + hours) // 24:02d}T{int(6 + hours) % 24:02d}:00:00Z"


@pytest.fixture
def built_up(lease: Lease) -> dict[str, Any]:
    """The body of an analysis of a shut-in after two rates, with a gauge's readings of it."""
    test = lease.test(kind="build_up", end_at=_at(64))["id"]
    steps = [
        lease.add("rate-steps", test_id=test, start_at=_at(start), oil_rate=of(rate, "STB/d"))
        for start, rate in zip(HISTORY.starts, HISTORY.rates, strict=True)
    ]
    times = np.concatenate([np.arange(0.25, 14.01, 0.25), 14 + np.geomspace(1e-3, 50, 250)])
    pressures = WELL.pressure(times, HISTORY)
    run = lease.gauge(test)
    rows = [f"{t!r},{p!r}" for t, p in zip(times.tolist(), pressures.tolist(), strict=True)]
    assert lease.bring(run, ["t,p", *rows], elapsed="h").status == 201
    body = LAYER | {"test_id": test, "gauge_run_id": run.rsplit("/", 1)[-1]}
    return body | {"rate_step_id": steps[-1]["id"], "kind": "superposition"}


def test_a_build_up_of_a_test_is_analysed_and_kept_as_versions(
    lease: Lease, built_up: dict[str, Any]
) -> None:
    api = lease.api
    first = api.post(f"{ANALYSES}/transient", built_up)
    found = lines(first)
    assert found["permeability"] == (pytest.approx(80, rel=0.03), "mD")
    assert found["skin"][0] == pytest.approx(2, abs=0.3)
    assert found["p_star"] == (pytest.approx(4_000, abs=1), "psia")
    assert "proposed" in first.data["warnings"][0]
    assert first.data["made_from"] == [
        "gauge Lower, series version 1",
        "250 readings since 2026-03-01 20:00:00Z",
        "3 rate steps of oil at 60F_14.696psia",
        "pressure before: the reading 0 s before it",
    ]
    assert first.data["inputs"]["series_version"] == 1
    rates = api.get(f"{ANALYSES}/{first.data['id']}/table", table="rates").data["columns"]
    assert [one["values"] for one in rates] == [[-14, -4, 0], [800, 300, 0]]
    chosen = built_up | {"line_from": 5, "line_to": 50, "remark": "Later, past the storage"}
    second = api.post(f"{ANALYSES}/transient", chosen)
    assert lines(second)["permeability"][0] == pytest.approx(80, rel=0.01)
    assert (first.data["version"], second.data["version"]) == (1, 2)
    assert second.data["inputs"]["line_from"] == 5
    assert second.data["inputs"]["thickness"] == of(50, "ft")
    assert second.data["created_by"] == api.get("/api/v1/auth/me").data["email"]
    kept = api.get(f"{ANALYSES}/{first.data['id']}").data
    assert kept == first.data
    metric = api.get(f"{ANALYSES}/{first.data['id']}", units="metric").data["results"]
    assert {line["name"]: line["unit"] for line in metric}["p_star"] == "bara"
    newest = {"sort": "version", "order": "desc", "units": "metric"}
    listed = api.get(ANALYSES, test_id=built_up["test_id"], **newest)
    assert [one["version"] for one in listed.data] == [2, 1]
    assert listed.data[1]["results"] == metric
    plot = f"{ANALYSES}/{first.data['id']}/plot"
    semilog = api.get(plot, units="metric").text
    assert "Pressure, bara" in semilog
    assert ": superposition, version 1" in semilog
    assert "Change and derivative, psi" in api.get(plot, view="log_log").text
    wrong = api.get(plot, view="inflow").error["details"][0]
    assert (wrong["field"], wrong["remedy"]) == ("view", "Use semilog or log_log")
    with_other = {"with": first.data["id"]}
    compared = api.get(f"{ANALYSES}/{second.data['id']}/comparison", **with_other).data
    skin = next(line for line in compared["results"] if line["name"] == "skin")
    assert skin["difference"] == pytest.approx(lines(second)["skin"][0] - found["skin"][0])
    assert {one["name"] for one in compared["inputs"]} == {"line_from", "line_to"}


def test_a_line_is_moved_in_previews_that_keep_nothing(
    lease: Lease, built_up: dict[str, Any]
) -> None:
    body = {name: value for name, value in built_up.items() if name != "test_id"}
    preview = lease.api.post(f"{ANALYSES}/transient/preview", body | {"kind": "horner"})
    found = lines(preview)
    assert found["producing_time"] == (pytest.approx((8_000 + 1_200) / 300), "h")
    assert {one["name"] for one in preview.data["tables"][0]["columns"]} >= {"horner_ratio"}
    assert lease.api.get(ANALYSES, test_id=built_up["test_id"]).data == []


def test_an_analysis_takes_what_belongs_together(lease: Lease, built_up: dict[str, Any]) -> None:
    other = lease.test(start_at="2026-05-01T00:00:00Z", end_at=None)["id"]

    def refused(**change: Any) -> str:
        answer = lease.api.post(f"{ANALYSES}/transient", built_up | change)
        assert answer.status == 422, answer.body
        return str(answer.error["details"][0]["field"])

    assert refused(test_id=other) == "gauge_run_id"
    assert refused(gauge_run_id=other) == "gauge_run_id"
    assert refused(rate_step_id=other) == "rate_step_id"
    assert refused(phase="water") == "phase"
    assert refused(series_version=7) == "version"
    assert refused(kind="drawdown") == "kind"


def test_an_inflow_takes_the_tests_own_steps(lease: Lease) -> None:
    test = lease.test(kind="multi_rate")["id"]
    body = {"test_id": test, "kind": "composite", "reservoir_pressure": of(3_000, "psia")}
    body |= {"bubble_point": of(2_130, "psia")}
    without = lease.api.post(f"{ANALYSES}/inflow", body)
    assert without.error["details"][0]["field"] == "points"
    for hour, rate, pressure in ((7, 250, 2_500), (9, 630.7, 1_700)):
        lease.add(
            "rate-steps",
            test_id=test,
            start_at=f"2026-03-01T{hour:02d}:00:00Z",
            oil_rate=of(rate, "STB/d"),
            bottomhole_pressure=of(pressure, "psia"),
        )
    kept = lease.api.post(f"{ANALYSES}/inflow", body)
    assert lines(kept)["productivity_index"] == (pytest.approx(0.5, abs=1e-4), "STB/d/psi")
    assert kept.data["made_from"] == ["2 rate steps of oil with their pressures at the bottom"]
    assert kept.data["standard_conditions"] == "60F_14.696psia"
    curve = lease.api.get(f"{ANALYSES}/{kept.data['id']}/table", table="curve", units="metric")
    rate, pressure = curve.data["columns"]
    assert (rate["unit"], pressure["unit"]) == ("Sm3/d", "bara")
    assert rate["values"][-1] == pytest.approx(1_027 * 0.158987, rel=1e-3)


def test_a_modified_isochronal_test_is_read_off_its_steps(lease: Lease) -> None:
    """Lee (1982), example 5.3: each flow has the shut-in pressure before it."""
    test = lease.test(kind="modified_isochronal", end_at="2026-03-20T00:00:00Z")["id"]
    flows = ((1_948, 1_784, 4.50), (1_927, 1_680, 5.60), (1_911, 1_546, 6.85), (1_887, 1_355, 8.25))
    for day, (static, flowing, rate) in enumerate(flows, 2):
        for hour, pressure, flow in ((0, static, 0), (12, flowing, rate)):
            lease.add(
                "rate-steps",
                test_id=test,
                start_at=f"2026-03-{day:02d}T{hour:02d}:00:00Z",
                gas_rate=of(flow, "MMscf/d"),
                bottomhole_pressure=of(pressure, "psia"),
            )
    extended = {"rate": of(8, "MMscf/d"), "flowing_pressure": of(1_233, "psia")}
    body = {"test_id": test, "kind": "back_pressure", "extended": extended}
    body |= {"reservoir_pressure": of(1_948, "psia"), "units": "oilfield"}
    kept = lease.api.post(f"{ANALYSES}/deliverability", body)
    found = lines(kept)
    assert found["exponent"][0] == pytest.approx(0.584, abs=0.001)
    assert found["open_flow"] == (pytest.approx(10_789, abs=5), "Mscf/d")
    points = lease.api.get(f"{ANALYSES}/{kept.data['id']}/table").data["columns"]
    assert points[2]["name"] == "difference"
    assert np.array(points[2]["values"]) / 1e3 == pytest.approx([612, 891, 1_262, 1_725], abs=0.5)
    text = lease.api.request(
        "GET", f"{ANALYSES}/{kept.data['id']}/table", query={"table": "extended", "format": "csv"}
    ).text
    assert text.splitlines()[0] == "rate (Mscf/d),flowing_pressure (psia),difference (psi2)"
    assert lease.api.get(f"{ANALYSES}/{kept.data['id']}/table", table="none").status == 422


def test_what_measures_something_else_is_beneath_and_not_beside(lease: Lease) -> None:
    test = lease.test(kind="flow_after_flow")["id"]
    flows = ((2_624.6, 1_700), (4_154.7, 1_500), (5_425.1, 1_300))
    body = {
        "test_id": test,
        "kind": "lit",
        "reservoir_pressure": of(1_952, "psia"),
        "points": [
            {"rate": of(rate, "Mscf/d"), "flowing_pressure": of(p, "psia")} for rate, p in flows
        ],
    }
    table = [
        {"pressure": of(p, "psia"), "viscosity": of(0.0156, "cP"), "z": 0.9} for p in (500, 2_000)
    ]
    pseudo = body | {"potential": "pseudo_pressure", "gas_table": table}
    one, other = (
        lease.api.post(f"{ANALYSES}/deliverability", sent).data["id"] for sent in (body, pseudo)
    )
    compared = lease.api.get(f"{ANALYSES}/{one}/comparison", **{"with": other}).data["results"]
    laminar = [line for line in compared if line["name"] == "laminar"]
    assert [(row["unit"], row["difference"]) for row in laminar] == [
        ("psi2/(Mscf/d)", None),
        ("psi2/cP/(Mscf/d)", None),
    ]
    assert (laminar[0]["other"], laminar[1]["value"]) == (None, None)
    [flow] = [line for line in compared if line["name"] == "open_flow"]
    assert flow["difference"] == pytest.approx(0, abs=1)
