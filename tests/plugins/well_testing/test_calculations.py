"""Analyses of what is sent: the books' numbers over HTTP, in the units that were asked for."""

from typing import Any

import numpy as np
import pytest

from wellhead.testing import ApiClient
from wellhead_well_testing.calc.superposition import shut_in_after

from .conftest import TESTING, of
from .test_transient_calc import BUILD_UP
from .well_model import Well

CALCULATIONS = f"{TESTING}/calculations"
LAYER = {
    "thickness": of(482, "ft"),
    "porosity": 0.09,
    "viscosity": of(0.2, "cP"),
    "total_compressibility": of(22.6e-6, "1/psi"),
    "wellbore_radius": of(0.354, "ft"),
    "volume_factor": 1.55,
}
BUILT_UP: dict[str, Any] = LAYER | {
    "kind": "horner",
    "elapsed": BUILD_UP[:, 0].tolist(),
    "pressures": BUILD_UP[:, 1].tolist(),
    "pressure_unit": "psia",
    "pressure_before": of(2_761, "psia"),
    "rate_starts": [0, 310],
    "rates": [4_900, 0],
    "rate_unit": "STB/d",
    "line_from": 0.8,
    "line_to": 21,
}


def lines(answer: Any) -> dict[str, Any]:
    """(value, unit) by name."""
    assert answer.status in (200, 201), answer.error
    return {line["name"]: (line["value"], line["unit"]) for line in answer.data["results"]}


def columns(answer: Any, table: str) -> dict[str, Any]:
    [found] = [one for one in answer.data["tables"] if one["name"] == table]
    return {column["name"]: column for column in found["columns"]}


def test_a_build_up_that_is_sent_is_read_as_the_book_reads_it(shared_api: ApiClient) -> None:
    answer = shared_api.post(f"{CALCULATIONS}/transient", BUILT_UP)
    found = lines(answer)
    assert found["permeability"] == (pytest.approx(12.8, rel=0.05), "mD")
    assert found["skin"] == (pytest.approx(8.6, abs=0.6), "1")
    assert found["pressure_at_one_hour"] == (pytest.approx(3_266, abs=3), "psia")
    assert found["producing_time"] == (310, "h")
    assert found["p_star"][1] == "psia"
    assert found["line_points"] == (20, "1")
    assert answer.data["warnings"] == []
    points = columns(answer, "points")
    assert points["elapsed"]["values"] == BUILT_UP["elapsed"]
    assert sum(points["on_line"]["values"]) == 20
    assert points["derivative"]["values"][0] is None
    metric = lines(shared_api.post(f"{CALCULATIONS}/transient", BUILT_UP | {"units": "metric"}))
    assert metric["p_star"] == (pytest.approx(found["p_star"][0] * 0.0689476, rel=1e-5), "bara")
    assert metric["flow_capacity"][1] == "mD*m"
    assert metric["skin"] == found["skin"]


def test_the_line_is_the_engineers_and_a_proposal_says_so(shared_api: ApiClient) -> None:
    well = Well()
    hours = np.geomspace(1e-3, 72, 200)
    history = shut_in_after(500.0, 48.0)
    sent = BUILT_UP | {
        "thickness": of(50, "ft"),
        "porosity": 0.2,
        "viscosity": of(0.8, "cP"),
        "total_compressibility": of(1.5e-5, "1/psi"),
        "wellbore_radius": of(0.3, "ft"),
        "volume_factor": 1.25,
        "elapsed": hours.tolist(),
        "pressures": well.pressure(48 + hours, history).tolist(),
        "pressure_before": of(float(well.pressure(np.array([48.0]), history)[0]), "psia"),
        "rate_starts": [0, 48],
        "rates": [500, 0],
    }
    chosen = shared_api.post(f"{CALCULATIONS}/transient", sent | {"line_from": 10, "line_to": 72})
    assert lines(chosen)["permeability"][0] == pytest.approx(80, rel=0.02)
    assert lines(chosen)["storage"] == (pytest.approx(0.01, rel=0.05), "bbl/psi")
    del sent["line_from"], sent["line_to"]
    proposed = shared_api.post(f"{CALCULATIONS}/transient", sent)
    assert "proposed" in proposed.data["warnings"][0]
    assert lines(proposed)["skin"][0] == pytest.approx(5, abs=0.4)
    early = sent | {name: sent[name][:60] for name in ("elapsed", "pressures")}
    without = shared_api.post(f"{CALCULATIONS}/transient", early)
    assert "no part of the derivative is level" in without.data["warnings"][0]
    told = {"pressure_before", "producing_time", "storage", "dimensionless_storage"}
    assert set(lines(without)) == told
    assert columns(without, "points")["change"]["values"][5] > 0


def test_a_gas_well_is_read_in_pseudo_pressure(shared_api: ApiClient) -> None:
    """With μ and z constant m(p) is p²/(μ·z), and its straight line is known."""
    hours = np.geomspace(0.01, 100, 120)
    slope, before = 4e6, 2_000.0
    potential = before**2 / 0.018 + slope * np.log10(hours * 10_000 / (10_000 + hours)) + 3e7
    gas: dict[str, Any] = {
        "phase": "gas",
        "reservoir_temperature": of(200, "degF"),
        "gas_table": [
            {"pressure": of(p, "psia"), "viscosity": of(0.02, "cP"), "z": 0.9}
            for p in (500, 2_000, 5_000)
        ],
        "elapsed": hours.tolist(),
        "pressures": np.sqrt(potential * 0.018).tolist(),
        "pressure_before": of(before, "psia"),
        "rate_starts": [0, 10_000],
        "rates": [5_000, 0],
        "rate_unit": "Mscf/d",
        "line_from": 1,
        "line_to": 100,
    }
    found = lines(shared_api.post(f"{CALCULATIONS}/transient", BUILT_UP | gas))
    k = 1_637 * 5_000 * 659.67 / (slope * 482)
    assert found["permeability"] == (pytest.approx(k, rel=1e-4), "mD")
    assert found["slope"] == (pytest.approx(slope, rel=1e-6), "psi2/cP")
    shape = np.log10(k / (0.09 * 0.2 * 22.6e-6 * 0.354**2)) - 3.2275
    assert found["skin"][0] == pytest.approx(1.1513 * (3e7 / slope - shape), abs=0.01)
    at_the_end = np.sqrt((before**2 / 0.018 + slope * 4 + 3e7) * 0.018)
    assert found["p_star"] == (pytest.approx(at_the_end, rel=1e-6), "psia")
    assert "storage" not in found


def test_inflow_is_the_books_with_its_curve(shared_api: ApiClient) -> None:
    sent = {
        "kind": "vogel",
        "reservoir_pressure": of(2_500, "psia"),
        "points": [{"rate": of(350, "STB/d"), "flowing_pressure": of(2_000, "psia")}],
    }
    answer = shared_api.post(f"{CALCULATIONS}/inflow", sent)
    assert lines(answer)["maximum_rate"] == (pytest.approx(1_067.1, abs=0.05), "STB/d")
    curve = columns(answer, "curve")
    assert curve["rate"]["values"][0] == 0
    assert curve["rate"]["values"][-1] == pytest.approx(1_067.1, abs=0.05)
    assert curve["flowing_pressure"]["unit"] == "psia"
    composite: dict[str, Any] = {
        "kind": "composite",
        "reservoir_pressure": of(3_000, "psia"),
        "bubble_point": of(2_130, "psia"),
        "points": [{"rate": of(630.7, "STB/d"), "flowing_pressure": of(1_700, "psia")}],
    }
    found = lines(shared_api.post(f"{CALCULATIONS}/inflow", composite))
    assert found["productivity_index"] == (pytest.approx(0.5, abs=1e-4), "STB/d/psi")
    assert found["rate_at_bubble_point"] == (pytest.approx(435, abs=0.1), "STB/d")
    straight = shared_api.post(f"{CALCULATIONS}/inflow", composite | {"kind": "productivity_index"})
    assert "below the bubble point" in straight.data["warnings"][0]
    above = shared_api.post(f"{CALCULATIONS}/inflow", composite | {"kind": "vogel"})
    assert "composite holds" in above.data["warnings"][0]
    saturated = composite | {"bubble_point": of(3_300, "psia")}
    same = shared_api.post(f"{CALCULATIONS}/inflow", saturated)
    assert "taken at that" in same.data["warnings"][0]
    vogel = shared_api.post(f"{CALCULATIONS}/inflow", composite | {"kind": "vogel"})
    assert lines(same)["maximum_rate"] == lines(vogel)["maximum_rate"]
    mixed = sent | {"reservoir_pressure": of(172.37, "bara")}
    assert lines(shared_api.post(f"{CALCULATIONS}/inflow", mixed))["maximum_rate"][1] == "Sm3/d"


def test_deliverability_is_the_books_with_open_flow(shared_api: ApiClient) -> None:
    flows = ((2_624.6, 1_700), (4_154.7, 1_500), (5_425.1, 1_300))
    sent = {
        "kind": "back_pressure",
        "reservoir_pressure": of(1_952, "psia"),
        "points": [
            {"rate": of(rate, "Mscf/d"), "flowing_pressure": of(p, "psia")} for rate, p in flows
        ],
    }
    found = lines(shared_api.post(f"{CALCULATIONS}/deliverability", sent))
    assert found["exponent"] == (pytest.approx(0.87, abs=0.005), "1")
    assert found["coefficient"] == (pytest.approx(0.0169, rel=0.01), "Mscf/d/(psi2)^n")
    assert found["open_flow"] == (pytest.approx(9_033, abs=5), "Mscf/d")
    answer = shared_api.post(f"{CALCULATIONS}/deliverability", sent | {"kind": "lit"})
    found = lines(answer)
    assert found["laminar"] == (pytest.approx(318, rel=0.02), "psi2/(Mscf/d)")
    assert found["open_flow"] == (pytest.approx(8_682, abs=5), "Mscf/d")
    table = [
        {"pressure": of(p, "psia"), "viscosity": of(0.0156, "cP"), "z": 0.9} for p in (500, 2_000)
    ]
    pseudo = {"potential": "pseudo_pressure", "gas_table": table}
    found = lines(shared_api.post(f"{CALCULATIONS}/deliverability", sent | pseudo))
    assert found["exponent"][0] == pytest.approx(0.87, abs=0.005)
    assert found["open_flow"][0] == pytest.approx(9_033, abs=5)


@pytest.mark.parametrize(
    ("path", "change", "field"),
    [
        ("transient", {"kind": "drawdown"}, "kind"),
        ("transient", {"line_to": None}, "line_to"),
        ("transient", {"line_from": 30}, "line_to"),
        ("transient", {"line_from": 50, "line_to": 60}, "line_from"),
        ("transient", {"volume_factor": None}, "volume_factor"),
        ("transient", {"pressure_before": None}, "pressure_before"),
        ("transient", {"rates": [4_900]}, "rates"),
        ("transient", {"elapsed": [3.0] * len(BUILD_UP)}, "elapsed"),
        ("transient", {"rates": [0, 0]}, "producing_time"),
        ("transient", {"rate_unit": "Mscf/d"}, "rate_unit"),
        ("inflow", {"kind": "composite"}, "bubble_point"),
        ("inflow", {"points": []}, "points"),
        ("deliverability", {"potential": "pseudo_pressure"}, "gas_table"),
        ("deliverability", {"open_flow_pressure": of(2_500, "psia")}, "open_flow_pressure"),
    ],
)
def test_what_cannot_be_analysed_is_refused_by_its_field(
    shared_api: ApiClient, path: str, change: dict[str, Any], field: str
) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "transient": BUILT_UP,
        "inflow": {
            "kind": "vogel",
            "reservoir_pressure": of(2_500, "psia"),
            "points": [{"rate": of(350, "STB/d"), "flowing_pressure": of(2_000, "psia")}],
        },
        "deliverability": {
            "kind": "lit",
            "reservoir_pressure": of(2_500, "psia"),
            "points": [{"rate": of(350, "Mscf/d"), "flowing_pressure": of(2_000, "psia")}],
        },
    }
    body = {name: value for name, value in (bodies[path] | change).items() if value is not None}
    answer = shared_api.post(f"{CALCULATIONS}/{path}", body)
    assert answer.status == 422, answer.body
    assert answer.error["details"][0]["field"].startswith(field)
