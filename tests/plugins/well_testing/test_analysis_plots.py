"""Plots of analyses show the API's numbers, in its units."""

from typing import Any

import numpy as np
import pytest

from wellhead import sdk
from wellhead_well_testing.analyses import plots, transients
from wellhead_well_testing.analyses.deliverability import deliverability_of
from wellhead_well_testing.analyses.inflow import inflow_of
from wellhead_well_testing.analyses.outcome import Outcome, kept_tables, shown_table, tables_of
from wellhead_well_testing.analyses.vocabulary import KINDS
from wellhead_well_testing.schemas.inflow import (
    DeliverabilityCalculationSchema,
    InflowCalculationSchema,
)
from wellhead_well_testing.schemas.transients import TransientCalculationSchema

from .conftest import of
from .test_calculations import BUILT_UP

METRIC = sdk.units.System.METRIC


def in_metric(outcome: Outcome) -> dict[str, Any]:
    """The tables as they are read back from a record, in metric units."""
    kept = tables_of(kept_tables(outcome.tables))
    return {name: shown_table(table, METRIC) for name, table in kept.items()}


def drawn(axes: Any, label: str) -> tuple[Any, Any]:
    [line] = [one for one in axes.get_lines() if one.get_label() == label]
    return line.get_xdata(), line.get_ydata()


@pytest.fixture(scope="module")
def built_up() -> dict[str, Any]:
    return in_metric(transients.of_sent(TransientCalculationSchema().load(BUILT_UP)))


def test_horners_plot_has_the_readings_the_line_and_where_it_leads(
    built_up: dict[str, Any],
) -> None:
    [axes] = plots.semilog_figure("W-1", "horner", built_up).axes
    assert axes.get_xlabel() == "Horner time (tp + Δt)/Δt"
    assert axes.get_ylabel() == "Pressure, bara"
    assert axes.xaxis_inverted()
    points = built_up["points"]
    chosen = points["on_line"].values > 0
    x, y = drawn(axes, "On the line")
    assert x == pytest.approx(
        (310 + points["elapsed"].values[chosen]) / points["elapsed"].values[chosen]
    )
    assert y == pytest.approx(points["pressure"].values[chosen])
    assert len(drawn(axes, "Readings")[0]) == np.sum(~chosen)
    assert drawn(axes, "Straight line")[1] == pytest.approx(points["line"].values)
    x, y = drawn(axes, "To p*")
    assert x[-1] == 1
    assert y[-1] == pytest.approx(3_366.4 * 0.0689476, rel=1e-4)


def test_the_log_log_plot_has_change_derivative_and_level(built_up: dict[str, Any]) -> None:
    [axes] = plots.log_log_figure("W-1", "horner", built_up).axes
    assert axes.get_xlabel() == "Equivalent time, h"
    assert axes.get_ylabel() == "Change and derivative, bar"
    points = built_up["points"]
    x, y = drawn(axes, "Pressure change")
    assert x == pytest.approx(310 * points["elapsed"].values / (310 + points["elapsed"].values))
    assert y == pytest.approx(points["pressure"].values - 2_761 * 0.0689476, rel=1e-5)
    assert drawn(axes, "Pressure derivative")[1] == pytest.approx(
        points["derivative"].values, nan_ok=True
    )
    level = drawn(axes, "Level of radial flow")[1]
    assert np.nanmax(level) == pytest.approx(40.53 / np.log(10) * 0.0689476, rel=1e-3)
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")


def test_inflow_and_deliverability_show_the_flows_on_their_curves() -> None:
    point = {"rate": of(630.7, "STB/d"), "flowing_pressure": of(1_700, "psia")}
    body = {"kind": "composite", "reservoir_pressure": of(3_000, "psia"), "points": [point]}
    data = InflowCalculationSchema().load(body | {"bubble_point": of(2_130, "psia")})
    tables = in_metric(inflow_of(data, data["points"]))
    [axes] = plots.inflow_figure("W-1", "composite", tables).axes
    assert axes.get_xlabel() == "Rate, Sm3/d"
    assert axes.get_ylabel() == "Flowing pressure, bara"
    x, y = drawn(axes, "Curve")
    assert x == pytest.approx(tables["curve"]["rate"].values)
    [rate], [flowing] = drawn(axes, "Flows")
    assert np.interp(-flowing, -y, x) == pytest.approx(rate, rel=1e-3)
    gas = [
        {"rate": of(rate, "Mscf/d"), "flowing_pressure": of(p, "psia")}
        for rate, p in ((2_624.6, 1_700), (4_154.7, 1_500), (5_425.1, 1_300))
    ]
    body = {"kind": "lit", "reservoir_pressure": of(1_952, "psia"), "points": gas}
    data = DeliverabilityCalculationSchema().load(body | {"extended": gas[-1]})
    tables = in_metric(deliverability_of(data, data["points"]))
    [axes] = plots.deliverability_figure("W-1", "lit", tables).axes
    assert axes.get_xlabel() == "Rate, Sm3/d"
    assert axes.get_ylabel() == "Difference of potentials, psi2"
    assert drawn(axes, "Flows")[1] == pytest.approx(tables["points"]["difference"].values)
    rates, differences = drawn(axes, "Settled flow")
    [rate], [difference] = drawn(axes, "Extended flow")
    assert np.interp(difference, differences, rates) == pytest.approx(rate, rel=1e-2)
    assert drawn(axes, "Absolute open flow")[0] == rates[-1]
    assert rates[0] < 0.01 * rates[-1]


def test_every_kind_has_a_plot() -> None:
    assert {kind: next(iter(plots.views_of(kind))) for kind in KINDS} == {
        **dict.fromkeys(("drawdown", "mdh", "horner", "superposition"), "semilog"),
        **dict.fromkeys(("productivity_index", "vogel", "composite", "fetkovich"), "inflow"),
        **dict.fromkeys(("back_pressure", "lit"), "deliverability"),
    }
