"""Counts of a process: what windows they are in, that ended ones go, and that no thread is made."""

import threading

import pytest

from wellhead.http.limit_counts import ProcessCounts


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("wellhead.http.limit_counts.time", lambda: now[0])
    return now


def test_a_window_begins_with_its_first_and_ends_for_all(clock: list[float]) -> None:
    counts = ProcessCounts()
    assert counts.incr("a", 60) == 1
    clock[0] = 1059.9
    assert (counts.incr("a", 60), counts.incr("b", 60, 5)) == (2, 5)
    assert (counts.get("a"), counts.get_expiry("a")) == (2, 1060.0)
    clock[0] = 1060.0
    assert (counts.get("a"), counts.get_expiry("a")) == (0, 1060.0)
    assert (counts.incr("a", 60), counts.get("b")) == (1, 5)


def test_what_has_ended_is_forgotten(clock: list[float]) -> None:
    counts = ProcessCounts()
    for number in range(100):
        counts.incr(str(number), 60)
    clock[0] += 61
    counts.incr("last", 60)
    assert counts.reset() == 1
    counts.incr("a", 60)
    counts.clear("a")
    assert (counts.get("a"), counts.get("nobody"), counts.reset()) == (0, 0, 0)


def test_as_many_as_ask_at_once_are_counted_and_no_thread_is_left() -> None:
    counts = ProcessCounts()
    before = threading.active_count()
    threads = [
        threading.Thread(target=lambda: [counts.incr("a", 60) for _ in range(500)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts.get("a") == 4000
    assert threading.active_count() == before
