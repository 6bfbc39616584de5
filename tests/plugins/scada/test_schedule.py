"""Scans keep their pace whatever the wall clock does."""

import datetime as dt
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead_scada.engine.clock import Timekeeper
from wellhead_scada.engine.schedule import ScanTrigger
from wellhead_scada.testing import Bench, device, group, play

HOUR = 3600.0
TEN_YEARS = 10 * 365.25 * 86_400


class Hands:
    """Both clocks, set by hand."""

    def __init__(self, wall: float = 1e9, monotonic: float = 50.0) -> None:
        self.w = wall
        self.m = monotonic

    def wall(self) -> float:
        return self.w

    def monotonic(self) -> float:
        return self.m

    def now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.w, dt.UTC)

    def pass_(self, seconds: float) -> None:
        self.w += seconds
        self.m += seconds


@given(
    st.floats(0.1, 3600),
    st.lists(st.tuples(st.floats(0, 10_000), st.floats(-TEN_YEARS, TEN_YEARS)), max_size=20),
)
def test_the_trigger_never_looks_back_and_stays_on_its_grid(
    period: float, steps: list[tuple[float, float]]
) -> None:
    hands = Hands(wall=2e9)
    missed: list[int] = []
    trigger = ScanTrigger("key", period, hands, missed.append)
    first = trigger.due
    previous = trigger.get_next_fire_time(None, hands.now())
    for passed, jump in steps:
        hands.pass_(passed)
        hands.w = max(1e9, min(hands.w + jump, 6e9))
        now = hands.now()
        due = trigger.get_next_fire_time(previous, now)
        assert due >= now
        assert trigger.get_next_fire_time(previous, now) == due, "asked twice, answered differently"
        assert (due - now).total_seconds() <= 1.5 * period + 1e-3
        laps = (trigger.due - first) / period
        assert abs(laps - round(laps)) < 1e-3
        previous = due


def test_scans_missed_while_the_loop_was_held_up_are_counted_not_made_up_for() -> None:
    hands = Hands()
    missed: list[int] = []
    trigger = ScanTrigger("key", 1.0, hands, missed.append)
    hands.m = trigger.due + 5.5
    due = trigger.get_next_fire_time(hands.now(), hands.now())
    assert (due - hands.now()).total_seconds() == pytest.approx(0.5, abs=1e-5)
    assert missed == [5]


@given(
    st.lists(
        st.tuples(st.floats(0.001, 10), st.floats(-HOUR, TEN_YEARS) | st.just(0.0)), max_size=50
    )
)
def test_reading_times_stay_in_order_when_the_wall_clock_is_set(
    steps: list[tuple[float, float]],
) -> None:
    hands = Hands()
    keeper = Timekeeper(hands)
    times = [keeper.now()]
    for passed, jump in steps:
        hands.pass_(passed)
        hands.w += jump
        # more back than a day in sum is followed, see the next but one test
        hands.w = max(hands.w, times[-1] / 1e6 - 86_000)
        times.append(keeper.now())
    assert (np.diff(times) > 0).all()


def test_reading_times_wait_for_a_clock_that_was_set_back_an_hour_and_then_follow_it() -> None:
    hands = Hands()
    keeper = Timekeeper(hands)
    hands.w -= HOUR
    ahead = []
    for _ in range(3 * 3600):
        hands.pass_(1)
        ahead.append(keeper.now() / 1e6 - hands.w)
    assert ahead[0] == pytest.approx(HOUR, abs=2)
    assert ahead[3600] == pytest.approx(HOUR / 2, abs=2)
    assert ahead[-1] == pytest.approx(0, abs=0.1)


def test_reading_times_go_on_while_the_wall_clock_stands_still() -> None:
    hands = Hands()
    keeper = Timekeeper(hands)
    start = keeper.now()
    for _ in range(600):
        hands.m += 0.1
        keeper.now()
    assert keeper.now() - start == pytest.approx(30e6, rel=0.01)  # at half pace


def test_a_clock_that_was_years_ahead_is_followed_back_at_once() -> None:
    hands = Hands()
    keeper = Timekeeper(hands)
    hands.w += TEN_YEARS
    assert keeper.now() == pytest.approx(hands.w * 1e6, abs=1)
    hands.w -= TEN_YEARS
    hands.pass_(1)
    assert keeper.now() == pytest.approx(hands.w * 1e6, abs=1)


@pytest.mark.alone
@pytest.mark.parametrize("jump", [-HOUR, TEN_YEARS, None])
def test_r5_no_jump_of_the_clock_changes_the_pace_of_scans(jump: float | None) -> None:
    """R5, with the real scheduler on a wall clock that jumps in the middle, or stops (None)."""
    period = 0.1

    async def story(bench: Bench) -> None:
        await bench.until_rows(1, 6)
        if jump is None:
            bench.clock.freeze()
        else:
            bench.clock.turn(jump)
        await bench.until_rows(1, 9)
        steps = np.diff(bench.at[1][:15])
        assert steps.max() < 2 * period, steps
        assert steps.sum() == pytest.approx(14 * period, abs=period)
        times = [int(row.times[0]) for row in bench.rows[1]]
        assert (np.diff(times) > 0).all()
        assert bench.counters("pump").missed == 0

    play(story, device("pump", group(1, period=100)))


def test_no_executor_thread_runs_scans() -> None:
    before = threading.active_count()

    async def story(bench: Bench) -> None:
        await bench.until_rows(1, 3)
        assert threading.active_count() == before

    play(story, device("pump", group(1)))
