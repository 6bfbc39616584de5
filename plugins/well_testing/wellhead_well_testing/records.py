"""Well tests: creating, changing and deleting them. Other plugins may call these functions.

They work in the caller's tenant and transaction and do not commit.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_well_testing.models import Analysis, WellTest
from wellhead_well_testing.vocabulary import OPEN, WellTestState
from wellhead_wells.completions.models import Completion
from wellhead_wells.models import Well
from wellhead_wells.records import lock


def create_test(data: Mapping[str, Any]) -> WellTest:
    """A new test: running when it has begun, else planned.

    data: as `WellTestSchema` loads it; required are well_id, kind and standard_conditions
    Raises WellheadError for times or records that cannot be, ApiError 409 for a test that is there.
    """
    listed = "GET /api/v1/wells"
    well: Well = sdk.require_record(Well, data["well_id"], "well_id", what="well", listed=listed)
    lock(well)
    start = data.get("start_at")
    begun = start is not None and start <= dt.datetime.now(dt.UTC)
    state = WellTestState.RUNNING if begun else WellTestState.PLANNED
    test = WellTest(**data, state=state.value, revision=1)
    _check(test)
    sdk.db.session.add(test)
    sdk.db.session.flush()
    return test


def change_test(test: WellTest, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_test` does, and as `lock_open`."""
    lock_open(test)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(test, data, fixed=("well_id",))
        _check(test)


def delete_test(test: WellTest) -> None:
    """Delete a test that was never validated or rejected, with its rates, gauges and series. Raises
    ApiError 409 for another, and for one that was analysed."""
    lock_open(test)
    if test.revision > 1:
        raise refused(
            "well_test_decided", "What was decided once stays to be read. Reject the test instead."
        )
    analysed = select(Analysis.id).where(Analysis.test_id == test.id).limit(1)
    if sdk.db.session.scalar(analysed) is not None:
        raise refused(
            "well_test_analysed",
            "Analyses of the test are kept, and they are not deleted. Reject the test instead.",
        )
    sdk.db.session.delete(test)


def require_test(key: uuid.UUID) -> WellTest:
    """The test that a body names by `test_id`. Raises WellheadError."""
    listed = "GET /api/v1/well-testing/tests"
    test: WellTest = sdk.require_record(WellTest, key, "test_id", what="well test", listed=listed)
    return test


def lock_test(test: WellTest) -> None:
    """Hold the test to the end of the transaction and look at it afresh: it is in one state at a
    time. Raises ApiError 404 when it has gone."""
    held = select(WellTest.id).where(WellTest.id == test.id).with_for_update()
    if sdk.db.session.scalar(held) is None:
        raise sdk.not_found("well test", test.id)
    sdk.db.session.refresh(test)


def lock_open(test: WellTest) -> None:
    """As `lock_test`. Raises ApiError 409 `well_test_decided` for a test that is validated or
    rejected: neither it nor what belongs to it is changed then."""
    lock_test(test)
    if test.state not in OPEN:
        raise refused(
            "well_test_decided",
            f"The test is {test.state}. POST …/reopen with a reason makes it a running test again, "
            "of the next revision.",
        )


def refused(code: str, message: str) -> sdk.ApiError:
    """What the test's state does not allow."""
    return sdk.ApiError(409, code, message)


def _check(test: WellTest) -> None:
    if test.start_at is not None and test.end_at is not None and test.end_at <= test.start_at:
        raise sdk.WellheadError(
            f"is not after start_at, {test.start_at.isoformat()}",
            field="end_at",
            value=test.end_at.isoformat(),
            remedy="Correct one of the two times",
        )
    if test.start_at is None and test.state == WellTestState.RUNNING:
        raise sdk.WellheadError("the test has begun", field="start_at", remedy="Say when it began")
    _check_completion(test)
    _refuse_doubled(test)


def _check_completion(test: WellTest) -> None:
    if test.completion_id is None:
        return
    completion = sdk.db.session.get(Completion, test.completion_id)
    if completion is None or completion.well_id != test.well_id:
        raise sdk.WellheadError(
            "the well has no such completion",
            field="completion_id",
            value=str(test.completion_id),
            remedy="Name one of GET /api/v1/wells/completions?well_id=…",
        )


def _refuse_doubled(test: WellTest) -> None:
    """A file that is imported twice makes no second test."""
    if test.start_at is None:
        return
    same = select(WellTest.id).where(
        WellTest.well_id == test.well_id,
        WellTest.completion_id.is_not_distinct_from(test.completion_id),
        WellTest.kind == test.kind,
        WellTest.start_at == test.start_at,
        WellTest.id.is_distinct_from(test.id),
    )
    if sdk.db.session.scalar(same) is not None:
        raise sdk.conflict(
            f"the well has a test of kind {test.kind} that began then",
            field="start_at",
            value=test.start_at.isoformat(),
            remedy="Change that one, or correct the time",
        )
