"""The hook that production offers to others: what wells made when they were last tested."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import TypedDict

from wellhead import sdk


class TestRates(TypedDict):
    """What a well made in a test that was validated, by names that its plugin writes out.

    test_id, tested_at: the test, and since when it counts: when it began unless it says otherwise
    oil, water, gas: Sm3/d at `standard_conditions`; None where the test does not say
    standard_conditions: one of `sdk.units.STANDARD_CONDITIONS`
    choke: as the test has it; None where it does not say
    """

    test_id: uuid.UUID
    tested_at: dt.datetime
    oil: float | None
    water: float | None
    gas: float | None
    standard_conditions: str
    choke: sdk.Quantity | None


@sdk.hookspec
def well_test_rates(  # type: ignore[empty-body]
    well_ids: Sequence[uuid.UUID], at: dt.datetime
) -> Mapping[uuid.UUID, TestRates]:
    """The newest validated test of each of these wells that counts at or before `at`; wells that
    have none are left out. Called inside the tenant, for each day that is allocated."""
