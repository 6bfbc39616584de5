"""Analyses as they are kept and compared. Like `records`, these functions do not commit."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from wellhead import sdk
from wellhead_well_testing.analyses.deliverability import deliverability_of
from wellhead_well_testing.analyses.inflow import inflow_of
from wellhead_well_testing.analyses.of_gauge import of_test
from wellhead_well_testing.analyses.outcome import Outcome, kept_tables
from wellhead_well_testing.analyses.settled import gas_points, oil_points
from wellhead_well_testing.analyses.vocabulary import SOURCES
from wellhead_well_testing.models import Analysis, WellTest
from wellhead_well_testing.records import require_test

_NO_INPUTS = ("test_id", "remark", "units")


def keep_transient(data: Mapping[str, Any], shown: dict[str, Any]) -> Analysis:
    """data: as `TransientAnalysisSchema` loads it; shown: the same as it is shown. Raises
    WellheadError for what cannot be analysed."""
    test = require_test(data["test_id"])
    run, version, outcome = of_test(data)
    if run.test_id != test.id:
        raise sdk.WellheadError(
            "the gauge was run in another test",
            field="gauge_run_id",
            value=str(data["gauge_run_id"]),
            remedy="Name one of GET /api/v1/well-testing/gauge-runs?test_id=…",
        )
    return _keep(test, data, shown | {"series_version": version}, outcome)


def keep_inflow(data: Mapping[str, Any], shown: Mapping[str, Any]) -> Analysis:
    """data, shown: of `InflowAnalysisSchema`, else as `keep_transient`."""
    test, words = require_test(data["test_id"]), list[str]()
    points = data.get("points") or oil_points(test, words)
    return _keep(test, data, shown, inflow_of(data, points), words)


def keep_deliverability(data: Mapping[str, Any], shown: Mapping[str, Any]) -> Analysis:
    """data, shown: of `DeliverabilityAnalysisSchema`, else as `keep_transient`."""
    test, words = require_test(data["test_id"]), list[str]()
    points = data.get("points") or gas_points(test, words)
    return _keep(test, data, shown, deliverability_of(data, points), words)


def compared(one: Analysis, other: Analysis) -> dict[str, Any]:
    """What of two analyses is not the same, as `AnalysisComparisonSchema` shows it; results in the
    units of the first, and beneath each other where their units measure different things."""
    first = {line["name"]: line for line in one.results}
    second = {line["name"]: line for line in other.results}
    lines = [row for name in first | second for row in _beside(first.get(name), second.get(name))]
    inputs = [
        {"name": name, "value": one.inputs.get(name), "other": other.inputs.get(name)}
        for name in one.inputs | other.inputs
        if one.inputs.get(name) != other.inputs.get(name)
    ]
    return {"results": lines, "inputs": inputs}


def _beside(
    line: Mapping[str, Any] | None, other: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """One row of both results, or one of each."""
    if line is None or other is None:
        known = line or other or {}
        row = {"value": None, "other": None, "difference": None}
        row |= {"value" if line else "other": known["value"]}
        return [{name: known[name] for name in ("name", "title", "unit")} | row]
    unit, against = line["unit"], other["value"]
    if other["unit"] != unit:
        try:
            against = sdk.units.convert(against, other["unit"], unit)
        except sdk.WellheadError:  # m(p) beside p, or the C of another n
            return _beside(line, None) + _beside(None, other)
    return [dict(line) | {"other": against, "difference": line["value"] - against}]


def _keep(
    test: WellTest,
    data: Mapping[str, Any],
    shown: Mapping[str, Any],
    outcome: Outcome,
    words: list[str] | None = None,
) -> Analysis:
    sdk.db.session.execute(select(WellTest.id).where(WellTest.id == test.id).with_for_update())
    last = select(func.max(Analysis.version)).where(
        Analysis.test_id == test.id, Analysis.kind == data["kind"]
    )
    analysis = Analysis(
        test_id=test.id,
        kind=data["kind"],
        version=(sdk.db.session.scalar(last) or 0) + 1,
        inputs={name: value for name, value in shown.items() if name not in _NO_INPUTS},
        made_from=[*outcome.made_from, *(words or ())],
        results=outcome.results,
        warnings=outcome.warnings,
        tables=kept_tables(outcome.tables),
        system=outcome.system.value,
        source=SOURCES[data["kind"]],
        remark=data.get("remark"),
        created_by=sdk.current_actor().email,
    )
    sdk.db.session.add(analysis)
    sdk.db.session.flush()
    return analysis
