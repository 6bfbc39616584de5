"""What wells made when they were last tested: the answer to production's hook `well_test_rates`."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from wellhead import sdk
from wellhead_well_testing.models import WellTest
from wellhead_well_testing.models.base import RATE
from wellhead_well_testing.vocabulary import WellTestKind, WellTestState
from wellhead_wells.completions.models import Completion
from wellhead_wells.models import Wellbore


def newest_rates(
    well_ids: Sequence[uuid.UUID], at: dt.datetime
) -> Mapping[uuid.UUID, dict[str, Any]]:
    """Of each of these wells the production test that is validated and the last to count at `at`,
    as production's hook describes it; a test counts from effective_at, else from its begin.

    A test of one of several completions does not say what the well makes, and is left out.
    """
    counts_from = func.coalesce(WellTest.effective_at, WellTest.start_at)
    others = (
        select(func.count())
        .select_from(Completion)
        .join(Wellbore, Wellbore.id == Completion.wellbore_id)
        .where(Wellbore.well_id == WellTest.well_id, Completion.id != WellTest.completion_id)
        .scalar_subquery()
    )
    newest = (
        select(WellTest, counts_from)
        .where(
            WellTest.well_id.in_(well_ids),
            WellTest.state == WellTestState.VALIDATED,
            WellTest.kind == WellTestKind.PRODUCTION,
            counts_from <= at,
            or_(WellTest.completion_id.is_(None), others == 0),
        )
        .ext(distinct_on(WellTest.well_id))
        .order_by(WellTest.well_id, counts_from.desc(), WellTest.id)
    )
    return {test.well_id: _rates(test, since) for test, since in sdk.db.session.execute(newest)}


def _rates(test: WellTest, since: dt.datetime) -> dict[str, Any]:
    rates = {
        fluid: None if (rate := getattr(test, f"{fluid}_rate")) is None else rate.to(RATE)
        for fluid in ("oil", "water", "gas")
    }
    return {
        "test_id": test.id,
        "tested_at": since,
        "standard_conditions": test.standard_conditions,
        "choke": test.choke,
        **rates,
    }
