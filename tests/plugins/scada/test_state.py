"""The state machine: pure, so every order of events can be tried."""

from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_scada.engine import state as states
from wellhead_scada.engine.state import Backoff, Status

EVENTS = st.lists(st.sampled_from(["answered", "refused", "silent"]), max_size=40)


def step(state: states.DeviceState, event: str, now: int) -> states.DeviceState:
    if event == "answered":
        return states.answered(state, now)
    code = {"refused": sdk.quality.BAD_NOT_CONNECTED, "silent": sdk.quality.BAD_COMM_FAILURE}
    return states.failed(state, now, event, code[event])


@given(EVENTS)
def test_state_follows_the_last_event_and_since_marks_where_it_began(events: list[str]) -> None:
    state = states.started(0)
    for now, event in enumerate(events, 1):
        before, state = state, step(state, event, now)
        if event == "answered":
            assert (state.status, state.reason, state.failures) == (Status.CONNECTED, None, 0)
        else:
            assert (state.status, state.reason) == (Status.BACKING_OFF, event)
            assert state.failures == before.failures + 1
        assert state.since == (before.since if before.status is state.status else now)
        assert state.down == (event != "answered")


@given(EVENTS)
def test_failures_count_those_since_the_last_answer(events: list[str]) -> None:
    state = states.started(0)
    for now, event in enumerate(events):
        state = step(state, event, now)
    trailing = len(events) - max(
        (i + 1 for i, e in enumerate(events) if e == "answered"), default=0
    )
    assert state.failures == trailing


@given(
    st.floats(0.01, 10),
    st.floats(1, 20),
    st.integers(1, 10_000),
    st.floats(0, 1),
)
def test_the_pause_is_bounded_and_never_nothing(
    first: float, factor: float, failures: int, chance: float
) -> None:
    backoff = Backoff(first, first * factor)
    pause = backoff.delay(failures, chance)
    assert first / 2 <= pause <= backoff.most_s
    assert backoff.delay(failures + 1, chance) >= pause


def test_a_disabled_device_is_down_and_says_why() -> None:
    state = states.disabled(5)
    assert state.down
    assert state.since == 5
    assert state.reason == "switched off in its configuration"
    assert state.quality == sdk.quality.BAD_OUT_OF_SERVICE


def test_a_device_that_connects_for_the_first_time_is_not_down() -> None:
    assert not states.started(0).down
