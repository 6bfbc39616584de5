"""What engineers made of a simulated field's tests: Horner's line of each build-up, and the inflow
of each well by its newest test."""

from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_well_testing.analyses import service
from wellhead_well_testing.models import GaugeRun, RateStep, WellTest
from wellhead_well_testing.schemas.inflow import InflowAnalysisSchema
from wellhead_well_testing.schemas.transients import TransientAnalysisSchema
from wellhead_well_testing.vocabulary import WellTestKind
from wellhead_wells.past import Past, PastWell

_LINE = (2.0, 60.0)
"""Hours of the build-up that the line goes through."""


def keep_analyses(past: Past) -> None:
    """Does not commit."""
    for well in past.wells:
        newest = select(WellTest).where(WellTest.well_id == well.well_id)
        tests = sdk.db.session.scalars(newest.order_by(WellTest.start_at.desc())).all()
        for test in tests:
            if test.kind == WellTestKind.BUILD_UP:
                _horner(past, test)
        producing = [test for test in tests if test.kind == WellTestKind.PRODUCTION]
        if producing:
            _inflow(past, well, producing[0])


def _horner(past: Past, test: WellTest) -> None:
    run = sdk.db.session.scalars(select(GaugeRun).where(GaugeRun.test_id == test.id)).one()
    steps = select(RateStep.id).where(RateStep.test_id == test.id)
    last = sdk.db.session.scalars(steps.order_by(RateStep.start_at.desc())).first()
    data = {
        "test_id": str(test.id),
        "gauge_run_id": str(run.id),
        "rate_step_id": str(last),
        "kind": "horner",
        "porosity": past.porosity,
        "thickness": _quantity(past.thickness, "m"),
        "viscosity": _quantity(past.viscosity, "cP"),
        "volume_factor": past.volume_factor,
        "total_compressibility": _quantity(past.total_compressibility, "1/bar"),
        "wellbore_radius": _quantity(past.wellbore_radius, "m"),
        "line_from": _LINE[0],
        "line_to": _LINE[1],
        "units": "metric",
    }
    _kept(TransientAnalysisSchema(), service.keep_transient, data)


def _inflow(past: Past, well: PastWell, test: WellTest) -> None:
    data = {
        "test_id": str(test.id),
        "kind": "vogel",
        "reservoir_pressure": _quantity(float(well.reservoir_pressure[-1]), "bara"),
        "units": "metric",
    }
    _kept(InflowAnalysisSchema(), service.keep_inflow, data)


def _quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit}


def _kept(schema: sdk.Schema, keep: Any, data: dict[str, Any]) -> None:
    loaded = schema.load(data)
    keep(loaded, schema.dump(loaded))
