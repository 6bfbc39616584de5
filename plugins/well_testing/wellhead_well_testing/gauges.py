"""Gauges that were run in tests: creating, changing and deleting them.

Like `records`, these functions do not commit.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select

from wellhead import sdk
from wellhead_well_testing.models import Analysis, GaugeRun, Series, WellTest
from wellhead_well_testing.pressures import PressureKind, counted_in
from wellhead_well_testing.records import lock_open, refused, require_test
from wellhead_wells.models import Wellbore
from wellhead_wells.surveys.service import tvd_at


def create_gauge_run(data: Mapping[str, Any]) -> GaugeRun:
    """A new gauge run.

    data: as `GaugeRunSchema` loads it
    Raises WellheadError for depths and units that cannot be, ApiError 409 for a test that is
    decided.
    """
    test = require_test(data["test_id"])
    lock_open(test)
    run = GaugeRun(**data)
    _check(run, test)
    sdk.db.session.add(run)
    sdk.db.session.flush()
    return run


def change_gauge_run(run: GaugeRun, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_gauge_run` does, and WellheadError for another
    test, and for another kind or unit of pressure once there is a series."""
    test = sdk.db.session.get_one(WellTest, run.test_id)
    lock_open(test)
    if sdk.db.session.scalar(select(exists().where(Series.gauge_run_id == run.id))):
        _refuse_other_pressure(run, data)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(run, data, fixed=("test_id",))
        _check(run, test)


def _refuse_other_pressure(run: GaugeRun, data: Mapping[str, Any]) -> None:
    for name in ("pressure_kind", "pressure_unit"):
        if data.get(name, getattr(run, name)) != getattr(run, name):
            raise sdk.WellheadError(
                "stays as it is, once there are pressures",
                field=name,
                value=str(data[name]),
                remedy="Make another gauge run",
            )


def delete_gauge_run(run: GaugeRun) -> None:
    """Delete a gauge run with its series. Raises ApiError 409 for a test that is decided, and for
    a run that an analysis is made of."""
    lock_open(sdk.db.session.get_one(WellTest, run.test_id))
    analysed = select(Analysis.version).where(
        Analysis.test_id == run.test_id,
        Analysis.inputs["gauge_run_id"].astext == str(run.id),
    )
    if sdk.db.session.scalar(analysed.limit(1)) is not None:
        raise refused(
            "gauge_run_analysed",
            "Analyses are made of the pressures of this gauge, which stay with them. Bring others "
            "as the next version of its series, or of another gauge run.",
        )
    sdk.db.session.delete(run)


def tvd_of(run: GaugeRun) -> float | None:
    """True vertical depth of the gauge, in its depth_unit from its depth_datum; None where a depth
    is missing, or a survey that reaches it."""
    if run.depth_md is None or run.wellbore is None:
        return None
    try:
        return tvd_at(run.wellbore, run.depth_md, unit=run.depth_unit, datum=run.depth_datum)
    except sdk.WellheadError:  # what is missing is told where surveys are
        return None


def _check(run: GaugeRun, test: WellTest) -> None:
    run.pressure_unit = counted_in(run.pressure_unit, run.pressure_kind)
    if run.pressure_kind == PressureKind.GAUGE and run.atmospheric_pressure is None:
        raise sdk.WellheadError(
            "a gauge that counts from the atmosphere needs its pressure",
            field="atmospheric_pressure",
            remedy="Give that at the site, absolute: 14.696 psia at sea level say",
        )
    _check_wellbore(run.wellbore_id, test)
    if run.depth_md is None:
        return
    run.depth_datum = run.depth_datum or test.well.depth_datum
    for name in ("depth_unit", "depth_datum"):
        if getattr(run, name) is None:
            raise sdk.WellheadError(
                "a measured depth means nothing without it", field=name, remedy=f"Give {name}"
            )


def _check_wellbore(key: uuid.UUID | None, test: WellTest) -> None:
    bore = None if key is None else sdk.db.session.get(Wellbore, key)
    if key is not None and (bore is None or bore.well_id != test.well_id):
        raise sdk.WellheadError(
            "the well has no such wellbore",
            field="wellbore_id",
            value=str(key),
            remedy="Name one of GET /api/v1/wells/{well_id}/wellbores",
        )
