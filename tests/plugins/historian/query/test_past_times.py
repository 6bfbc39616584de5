"""Values at times whose readings are gone are those that roll-ups still know, and say how well."""

import math
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead_historian.query import instants, past
from wellhead_historian.query.question import Instants

from .forgetful import DAY, HOUR, MINUTE, START, History, histories, told
from .slow import Row, close, fit, value_at

TIMES = st.one_of(
    st.lists(st.integers(0, 3 * DAY), min_size=1, max_size=30),
    st.lists(st.integers(0, 4320).map(lambda n: n * MINUTE), min_size=1, max_size=30),
    st.just([n * HOUR for n in range(73)]),
)


@given(
    history=histories(),
    times=TIMES,
    beside=st.lists(st.tuples(st.integers(0, 39), st.sampled_from([-9, -1, 0, 1, 9])), max_size=10),
    step=st.booleans(),
    good_only=st.booleans(),
    few=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_values_at_times_use_what_is_kept(
    history: History,
    times: list[int],
    beside: list[tuple[int, int]],
    step: bool,
    good_only: bool,
    few: bool,
) -> None:
    near = [
        history.rows[n][0] + by * 7_000_001 - START for n, by in beside if n < len(history.rows)
    ]
    asked = START + np.array([*times, *near], np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(instants, "FEW", 100 if few else 0)
        patch.setattr(instants, "PIECE", 100 if few else 3)
        patch.setattr(past, "_DAYS_AT_ONCE", 1)
        columns = history.answer(Instants(asked, good_only), step)
    whole = not (few or good_only or (asked % MINUTE).any())
    for place, time in enumerate(asked.tolist()):
        value, quality = remembered(history, time, step, good_only)
        found = int(columns["q"][place])
        assert close(float(columns["v"][place]), value), time - START
        if whole:  # taken from hours or days, of which less is known to be good
            assert found != 192 or quality == 192
            assert (found < 64) == (quality < 64)
        else:
            assert found == quality, time - START


def remembered(history: History, time: int, step: bool, good_only: bool) -> tuple[float, int]:
    """(value, quality) at a time, of all that is known."""
    rows: list[Row] = []
    gone = [row for row in history.rows if row[0] < history.gone]
    for bounds, group in groupby(gone, lambda row: history.narrowest(row[0])):
        mine = list(group)
        good = all(row[2] == 192 for row in mine)
        seen = [(row[0], row[1], (192 if good else 64) if fit(row) else 0) for row in mine]
        if bounds is not None:
            rows += seen
        hidden = len(told(mine)) == 3 and told(mine)[1][2] == 0
        if bounds is not None and hidden and mine[0][0] < time < mine[-1][0]:
            if good_only or not all(map(fit, mine)):
                return math.nan, 0
            since, until = mine[0][0] + 1, mine[-1][0]
            share = 0.0 if step else (time - since) / (until - since)
            return mine[0][1] * (1 - share) + mine[-1][1] * share, 64
    rows += [row for row in history.rows if row[0] >= history.gone]
    if good_only:
        rows = [row if row[2] != 64 else (row[0], math.nan, 0) for row in rows]
    return value_at(rows, time, step)
