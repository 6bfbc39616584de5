"""What is drawn from reports: where time went, depth against days, costs; and plots beside them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from flask import Flask

from wellhead import sdk
from wellhead_drilling.reports.breakdown import breakdown_of_well
from wellhead_drilling.reports.costs import field_estimates
from wellhead_drilling.reports.plots import breakdown_figure, depth_figure
from wellhead_drilling.reports.progress import progress_of
from wellhead_wells.models import Well

from .conftest import DRILLING, WELLS, Site, inches
from .reporting import REPORTS, day_of, write

DEPTHS = {"depth_unit": "m", "depth_datum": "KB"}


def of_well(crew: Site, path: str) -> str:
    return f"{DRILLING}/wells/{crew.well['id']}/{path}"


def two_days(crew: Site) -> None:
    """The well is spudded on the second of three reports' days, drilled to 300 m, with a repair."""
    crew.api.patch(f"{WELLS}/{crew.well['id']}", {"spud_date": "2026-06-02"})
    write(
        crew, "2026-06-01", depth_start=0, depth_end=0, **DEPTHS,
        activities=day_of("2026-06-01", {"at": "00:00", "phase": "mobilisation", "code": "1"}),
    )  # fmt: skip
    write(
        crew, "2026-06-02", depth_start=0, depth_end=200, **DEPTHS,
        activities=day_of(
            "2026-06-02",
            {"at": "00:00", "phase": "surface", "depth_from": 0, "depth_to": 120},
            {"at": "12:00", "phase": "surface", "code": "8", "class": "downtime"},
            {"at": "18:00", "phase": "surface", "depth_from": 120, "depth_to": 200},
        ),
    )  # fmt: skip
    feet = {"depth_unit": "ft", "depth_datum": "GL"}
    write(crew, "2026-06-03", depth_end=(300 - 10) / 0.3048, **feet)


def test_days_against_depth_is_told_and_drawn(crew: Site, shared_app: Flask) -> None:
    two_days(crew)
    crew.put(
        "sections", number=1, diameter=inches(17.5), planned_top_md=0, planned_bottom_md=400,
        planned_start="2026-06-02", planned_end="2026-06-03", **DEPTHS,
    )  # fmt: skip
    crew.put(
        "casing-strings", name="13 3/8 in", size=inches(13.375), shoe_md=198,
        set_at="2026-06-03T11:00:00Z", **DEPTHS,
    )  # fmt: skip
    found = crew.api.get(of_well(crew, "days-against-depth")).data
    assert (found["depth_unit"], found["depth_datum"]) == ("m", "KB")
    assert found["day_zero"] == "2026-06-02T05:00:00Z"
    [drilled], [planned] = found["drilled"], found["planned"]
    assert drilled["name"] == "OH"
    assert list(zip(drilled["days"], drilled["depths"], strict=True)) == [
        (-1.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.5, 120.0), (0.75, 120.0),
        (1.0, 200.0), (1.0, 200.0), (2.0, pytest.approx(300.0)),
    ]  # fmt: skip
    assert (planned["days"], planned["depths"]) == ([0.0, 2.0], [0.0, 400.0])
    [shoe] = found["casing"]
    assert (shoe["name"], shoe["day"], shoe["depth"]) == ("13 3/8 in", 1.25, 198.0)
    feet = crew.api.get(of_well(crew, "days-against-depth"), units="oilfield").data
    assert feet["depth_unit"] == "ft"
    assert feet["drilled"][0]["depths"][4] == pytest.approx(120 / 0.3048)

    with shared_app.app_context(), sdk.tenant("default"):
        well = sdk.db.session.get(Well, crew.well["id"])
        assert well is not None
        figure = depth_figure(progress_of(well), well.name)
    [axes] = figure.axes
    assert axes.get_xlabel() == "Time (d)"
    assert axes.get_ylabel() == "Measured depth (m KB)"
    assert axes.yaxis_inverted()
    lines = {str(line.get_label()): line.get_xydata() for line in axes.get_lines()}
    np.testing.assert_array_equal(lines["casing shoes"], [[shoe["day"], shoe["depth"]]])
    assert [text.get_text() for text in axes.texts] == [shoe["name"]]
    for label, curve in (("OH", drilled), ("OH, planned", planned)):
        np.testing.assert_array_equal(
            lines[label], np.column_stack([curve["days"], curve["depths"]])
        )
    plot = crew.api.get(of_well(crew, "days-against-depth/plot"), units="oilfield")
    assert "Measured depth (ft KB)" in plot.text
    assert sdk.drawn(figure, "png").startswith(b"\x89PNG")


def test_a_plan_counts_report_days_by_the_rigs_clock(crew: Site) -> None:
    """A day that begins at midnight in the east begins in the day before by UTC."""
    rig = {"time_zone": "Europe/Oslo", "report_day_start": "00:00"}
    crew.api.patch(f"{DRILLING}/rigs/{crew.rig['id']}", rig)
    write(crew, "2026-06-02", depth_start=0, depth_end=200, **DEPTHS)
    crew.put(
        "sections", number=1, diameter=inches(17.5), planned_top_md=0, planned_bottom_md=400,
        planned_start="2026-06-02", planned_end="2026-06-03", **DEPTHS,
    )  # fmt: skip
    found = crew.api.get(of_well(crew, "days-against-depth")).data
    assert found["day_zero"] == "2026-06-01T22:00:00Z"
    assert found["planned"][0]["days"] == [0.0, 2.0]


def test_depths_from_datums_that_are_not_known_are_not_guessed(crew: Site) -> None:
    write(crew, "2026-06-02", depth_end=200, **DEPTHS)
    write(crew, "2026-06-03", depth_end=300, depth_unit="m", depth_datum="RT")
    answer = crew.api.get(of_well(crew, "days-against-depth"))
    assert (answer.status, answer.error["details"][0]["value"]) == (422, "RT")


def test_a_well_without_reports_has_no_curve_and_no_hours(crew: Site) -> None:
    assert crew.api.get(of_well(crew, "days-against-depth")).data["drilled"] == []
    assert crew.api.get(of_well(crew, "time-breakdown")).data["total"]["npt_percent"] is None
    for plot in ("days-against-depth/plot", "time-breakdown/plot"):
        assert crew.api.get(of_well(crew, plot)).status == 200


def test_where_time_went_is_told_and_drawn(crew: Site, shared_app: Flask) -> None:
    two_days(crew)
    found = crew.api.get(of_well(crew, "time-breakdown")).data
    assert found["total"] == {
        "hours": 48.0, "planned": 42.0, "unplanned": 0.0, "downtime": 6.0,
        "npt_hours": 6.0, "npt_percent": 12.5,
    }  # fmt: skip
    phases = {one["phase"]: one for one in found["phases"]}
    assert list(phases) == ["mobilisation", "surface"]
    assert (phases["surface"]["npt_percent"], phases["mobilisation"]["npt_percent"]) == (25.0, 0.0)
    assert {one["activity"]: one["hours"] for one in found["codes"]} == {
        "Rig up and tear down": 24.0, "Drill actual": 18.0, "Repair rig": 6.0,
    }  # fmt: skip

    with shared_app.app_context(), sdk.tenant("default"):
        figure = breakdown_figure(breakdown_of_well(crew.well["id"]), "W-1")
    bars, pie = figure.axes
    assert (bars.get_xlabel(), bars.get_ylabel()) == ("Time (h)", "Phase")
    assert [label.get_text() for label in bars.get_yticklabels()] == list(phases)
    drawn = {
        str(container.get_label()): [bar.get_width() for bar in container]
        for container in bars.containers
    }
    for name, widths in drawn.items():
        assert widths == [phase[name] for phase in phases.values()]
    assert pie.get_title() == "Share of time (%)"
    shares = {text.get_text() for text in pie.texts}
    assert {"planned", "87.5", "downtime", "12.5"} == shares
    plot = crew.api.get(of_well(crew, "time-breakdown/plot"))
    assert f"{crew.well['name']}: NPT 12.5 %" in plot.text
    report = crew.api.get(REPORTS, wellbore_id=crew.bore["id"], report_date="2026-06-02").data[0]
    assert "NPT 25.0 %" in crew.api.get(f"{REPORTS}/{report['id']}/time-breakdown/plot").text


def line(code: str, currency: str, **fields: Any) -> dict[str, Any]:
    return {"code": code, "currency": currency} | fields


def test_costs_are_exact_and_added_a_currency_at_a_time(crew: Site, shared_app: Flask) -> None:
    first = write(
        crew, "2026-06-02", afe="AFE-17",
        cost_lines=[
            line("100", "USD", quantity="3", unit="day", unit_price="0.1", vendor="Rig Co"),
            line("100", "USD", amount="0.20"),
            line("200", "NOK", amount="1250.50", afe="AFE-18"),
        ],
    )  # fmt: skip
    write(crew, "2026-06-03", cost_lines=[line("200", "USD", amount="-0.40")])
    assert [one["amount"] for one in first["cost_lines"]] == ["0.30", "0.20", "1250.50"]
    assert crew.api.get(f"{REPORTS}/{first['id']}").data["cost_lines"] == first["cost_lines"]

    found = crew.api.get(of_well(crew, "costs")).data
    assert found["totals"] == [
        {"currency": "NOK", "amount": "1250.50"}, {"currency": "USD", "amount": "0.10"}
    ] or found["totals"] == [
        {"currency": "USD", "amount": "0.10"}, {"currency": "NOK", "amount": "1250.50"}
    ]  # fmt: skip
    assert {(one["code"], one["currency"]): one["amount"] for one in found["codes"]} == {
        ("100", "USD"): "0.50", ("200", "USD"): "-0.40", ("200", "NOK"): "1250.50"
    }  # fmt: skip
    assert {(one["afe"], one["currency"]): one["amount"] for one in found["afes"]} == {
        ("AFE-17", "USD"): "0.50", ("AFE-18", "NOK"): "1250.50", (None, "USD"): "-0.40"
    }  # fmt: skip
    days = [(one["report_date"], one["amount"], one["cumulative"]) for one in found["days"]
            if one["currency"] == "USD"]  # fmt: skip
    assert days == [("2026-06-02", "0.50", "0.50"), ("2026-06-03", "-0.40", "0.10")]
    day = crew.api.get(f"{REPORTS}/{first['id']}/costs").data
    assert {one["currency"]: one["amount"] for one in day["totals"]} == {
        "USD": "0.50", "NOK": "1250.50"
    }  # fmt: skip
    listed = crew.api.get(
        f"{DRILLING}/cost-lines", vendor="Rig Co", wellbore_id=crew.bore["id"]
    ).data
    assert [(one["amount"], one["report_date"]) for one in listed] == [("0.30", "2026-06-02")]

    with shared_app.app_context(), sdk.tenant("default"):
        [estimate] = field_estimates(crew.well["id"], afe="AFE-17")
    assert (estimate.report_date, estimate.code) == (dt.date(2026, 6, 2), "100")
    assert (estimate.amount, estimate.currency) == (Decimal("0.50"), "USD")


WRONG = (
    (line("1", "USD", amount=1.5), "amount"),
    (line("1", "USD", amount="1e3"), "amount"),
    (line("1", "USD", amount="1.005"), "amount"),
    (line("1", "XXX", amount="1"), "currency"),
    (line("1", "USD"), "amount"),
    (line("1", "USD", quantity="2"), "unit_price"),
    (line("1", "USD", quantity="2", unit_price="2", amount="5"), "amount"),
    (line("1", "USD", quantity="9" * 12, unit_price="9" * 12), "quantity"),
)


def test_a_cost_that_cannot_be_is_refused(crew: Site) -> None:
    day = {"rig_id": crew.rig["id"], "report_date": "2026-06-02"}
    for wrong, field in WRONG:
        crew.refused("reports", f"cost_lines.0.{field}", cost_lines=[wrong], **day)
