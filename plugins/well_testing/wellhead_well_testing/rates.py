"""The rates of a test: creating and changing steps, and all of them as columns.

Like `records`, these functions do not commit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from wellhead import sdk
from wellhead_well_testing.models import RateStep, WellTest
from wellhead_well_testing.models.base import RATE
from wellhead_well_testing.records import lock_open, require_test

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RateHistory:
    """The rates of a test, a step each, in order of time; each lasts until the next.

    t_seconds: float64[n], begin of each since the test began, negative before
    oil, gas, water: float64[n], Sm3/d at the test's standard conditions; NaN: not measured
    """

    t_seconds: Floats
    oil: Floats
    gas: Floats
    water: Floats


def history(test: WellTest) -> RateHistory:
    """All rate steps of a test as columns. Raises WellheadError for a test without a begin."""
    if test.start_at is None:
        raise sdk.WellheadError("the test has no begin", field="start_at", remedy="Give it")
    steps = steps_of(test)
    fluids = [[getattr(step, f"{name}_rate") for step in steps] for name in ("oil", "gas", "water")]
    return RateHistory(
        np.array([(step.start_at - test.start_at).total_seconds() for step in steps], np.float64),
        *(np.array([np.nan if q is None else q.to(RATE) for q in column]) for column in fluids),
    )


def steps_of(test: WellTest) -> list[RateStep]:
    """The rate steps of a test in order of time."""
    wanted = select(RateStep).where(RateStep.test_id == test.id).order_by(RateStep.start_at)
    return list(sdk.db.session.scalars(wanted))


def create_step(data: Mapping[str, Any]) -> RateStep:
    """A new step.

    data: as `RateStepSchema` loads it
    Raises WellheadError for a step after the end of the test, ApiError 409 for one that is there
    and for a test that is decided.
    """
    test = require_test(data["test_id"])
    lock_open(test)
    step = RateStep(**data)
    _check(step, test)
    sdk.db.session.add(step)
    sdk.db.session.flush()
    return step


def change_step(step: RateStep, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_step` does."""
    test = sdk.db.session.get_one(WellTest, step.test_id)
    lock_open(test)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(step, data, fixed=("test_id",))
        _check(step, test)


def delete_step(step: RateStep) -> None:
    """Delete a step. Raises ApiError 409 for a test that is decided."""
    lock_open(sdk.db.session.get_one(WellTest, step.test_id))
    sdk.db.session.delete(step)


def _check(step: RateStep, test: WellTest) -> None:
    if test.end_at is not None and step.start_at >= test.end_at:
        raise sdk.WellheadError(
            f"is not before the end of the test, {test.end_at.isoformat()}",
            field="start_at",
            value=step.start_at.isoformat(),
            remedy="Correct it, or end_at of the test",
        )
    if step.oil_rate is None and step.gas_rate is None and step.water_rate is None:
        raise sdk.WellheadError(
            "a step has a rate",
            field="oil_rate",
            remedy="Give the rate of oil, gas or water; 0 while the well is shut in",
        )
    taken = select(RateStep.id).where(
        RateStep.test_id == step.test_id,
        RateStep.start_at == step.start_at,
        RateStep.id.is_distinct_from(step.id),
    )
    if sdk.db.session.scalar(taken) is not None:
        raise sdk.conflict(
            "the test has a step that begins then",
            field="start_at",
            value=step.start_at.isoformat(),
            remedy="Change that one, or correct the time",
        )
