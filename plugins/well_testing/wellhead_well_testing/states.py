"""The way of a test: planned → running → validated or rejected, and back by being opened again.

Each step asks for the state that it starts from, with the test held, so of two at once one wins.
What was validated is kept whole, whatever becomes of the test.
"""

import datetime as dt
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_well_testing.checks import ERROR, Finding, findings
from wellhead_well_testing.models import GaugeRun, WellTest, WellTestRevision
from wellhead_well_testing.rates import steps_of
from wellhead_well_testing.records import lock_test, refused
from wellhead_well_testing.schemas.gauges import GaugeRunSchema
from wellhead_well_testing.schemas.rates import RateStepSchema
from wellhead_well_testing.schemas.tests import WellTestSchema
from wellhead_well_testing.series import newest
from wellhead_well_testing.vocabulary import OPEN, WellTestState


def start(test: WellTest, at: dt.datetime | None) -> None:
    """A planned test has begun, now if None. Raises ApiError 409 `well_test_not_planned`,
    WellheadError for a time that is to come or not before the end."""
    lock_test(test)
    if test.state != WellTestState.PLANNED:
        raise refused("well_test_not_planned", f"The test is {test.state}: it has begun.")
    now = dt.datetime.now(dt.UTC)
    begun = at or now
    if begun > now or (test.end_at is not None and begun >= test.end_at):
        raise sdk.WellheadError(
            "is to come" if begun > now else "is not before the end of the test",
            field="start_at",
            value=begun.isoformat(),
            remedy="Say when it began, or correct end_at first",
        )
    test.start_at, test.state = begun, WellTestState.RUNNING.value


def validate(test: WellTest, reason: str | None) -> None:
    """Answer for a test: its rates are good for use, and it is kept as it is.

    Raises ApiError 409 `well_test_not_running`, or 422 `well_test_incomplete` naming all errors,
    or all warnings where no reason answers for them.
    """
    lock_test(test)
    if test.state != WellTestState.RUNNING:
        raise refused(
            "well_test_not_running", f"Only a running test is validated; this one is {test.state}."
        )
    found = findings(test)
    errors = [one for one in found if one.level == ERROR]
    if errors or (found and reason is None):
        raise _incomplete(errors or found, bool(errors))
    _decide(test, WellTestState.VALIDATED, reason)
    sdk.db.session.flush()
    sdk.db.session.add(
        WellTestRevision(
            test_id=test.id,
            revision=test.revision,
            revision_reason=test.revision_reason,
            decided_at=test.decided_at,
            decided_by=test.decided_by,
            decision_reason=reason,
            content=content_of(test),
        )
    )


def reject(test: WellTest, reason: str) -> None:
    """A test is good for nothing, or did not take place. Raises ApiError 409 `well_test_decided`
    for one that is validated or rejected."""
    lock_test(test)
    if test.state not in OPEN:
        raise refused("well_test_decided", f"The test is {test.state}; reopen it first.")
    _decide(test, WellTestState.REJECTED, reason)


def reopen(test: WellTest, reason: str) -> None:
    """Go back to a running test, or a planned one that never began, of the next revision. Raises
    ApiError 409 `well_test_open` for one that is open."""
    lock_test(test)
    if test.state in OPEN:
        raise refused("well_test_open", f"The test is {test.state}, and can be changed as it is.")
    begun = test.start_at is not None and test.start_at <= dt.datetime.now(dt.UTC)
    test.state = (WellTestState.RUNNING if begun else WellTestState.PLANNED).value
    test.revision += 1
    test.revision_reason = reason
    test.decided_at = test.decided_by = test.decision_reason = None


def content_of(test: WellTest) -> dict[str, Any]:
    """The test with all that belongs to it, as the API shows it; of each gauge run the version of
    its pressures that counted."""
    runs = sdk.db.session.scalars(
        select(GaugeRun).where(GaugeRun.test_id == test.id).order_by(GaugeRun.created_at)
    )
    return {
        "test": WellTestSchema().dump(test),
        "rate_steps": RateStepSchema(many=True).dump(steps_of(test)),
        "gauge_runs": [
            GaugeRunSchema().dump(run)
            | {"series_version": series.version if (series := newest(run)) else None}
            for run in runs
        ],
    }


def _decide(test: WellTest, state: WellTestState, reason: str | None) -> None:
    test.state = state.value
    test.decided_at = dt.datetime.now(dt.UTC)
    actor = sdk.current_actor()
    test.decided_by = actor.email or actor.source  # a test of the simulated field: by its seed
    test.decision_reason = reason


def _incomplete(found: list[Finding], errors: bool) -> sdk.ApiError:
    details = [one.told() for one in found]
    what = "cannot be validated" if errors else "is validated with a reason only"
    first = f"{found[0].field}: {found[0].message}"
    return sdk.ApiError(422, "well_test_incomplete", f"The test {what}: {first}.", details)
