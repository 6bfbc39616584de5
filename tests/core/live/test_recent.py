"""What a process still has after a position is everything, or it says that it is not."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.field.batch import Batch
from wellhead.live import recent
from wellhead.live.frames import Payload, to_payloads
from wellhead.live.recent import NoPosition, Position, Recent

PUBLISHERS = ("0000000a", "0000000b", "0000000c")
LONG_AGO = -10_000_000
NOW = 10_000_000


def payload(publisher: str, number: int, tenant: str = "default") -> Payload:
    batch = Batch.scan(1, number, np.array([1], np.int32), np.zeros(1), np.zeros(1, np.int16))
    [made] = to_payloads(tenant, batch, publisher, number)
    return made


EVENT = st.tuples(
    st.sampled_from(PUBLISHERS), st.sampled_from(["heard"] * 8 + ["lost", "position"])
)


@given(st.lists(EVENT, max_size=80), st.integers(1, 100))
def test_everything_since_a_position_or_nothing(events: list[tuple[str, str]], keeps: int) -> None:
    """Publishers number what they publish; some of it is never heard (`lost`)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recent, "KEEP_PAYLOADS", keeps)
        kept = Recent()
        kept.listening(LONG_AGO)
        numbers = dict.fromkeys(PUBLISHERS, 0)
        published: list[tuple[Payload, bool]] = []
        positions = [(kept.position("default", 0), 0)]
        for publisher, what in events:
            if what == "position":
                positions.append((kept.position("default", 0), len(published)))
                continue
            numbers[publisher] += 1
            sent = payload(publisher, numbers[publisher])
            published.append((sent, what == "heard"))
            if what == "heard":
                kept.add(sent, 0.0)
        for position, place in positions:
            found = kept.since("default", Position.parse(str(position)), NOW)
            if found is not None:
                heard = [sent for sent, was_heard in published[place:] if was_heard]
                assert found == heard
                for publisher in PUBLISHERS:  # no hole that a later number would show
                    last = [sent.number for sent in found if sent.publisher == publisher]
                    assert all(after == before + 1 for before, after in pairwise(last))
        if all(what != "lost" for _, what in events) and len(published) <= keeps:
            assert all(
                kept.since("default", position, NOW) is not None for position, _ in positions
            )


def test_nothing_is_known_of_the_time_before_it_listened() -> None:
    kept = Recent()
    assert kept.since("default", Position(0, {}), NOW) is None
    kept.listening(5_000_000)
    assert kept.since("default", Position(6_000_000, {}), NOW) is None, "clocks may differ"
    assert kept.since("default", Position(7_000_000, {}), NOW) == []
    kept.add(payload(PUBLISHERS[0], 1), 0.0)
    kept.listening(9_000_000)
    assert kept.since("default", Position(7_000_000, {}), NOW) is None


def test_a_tenant_gets_its_own() -> None:
    kept = Recent()
    kept.listening(LONG_AGO)
    theirs, ours = payload(PUBLISHERS[0], 1, "theirs"), payload(PUBLISHERS[0], 1)
    kept.add(theirs, 0.0)
    kept.add(ours, 0.0)
    assert kept.since("default", Position(0, {}), NOW) == [ours]
    assert kept.position("default", 3) == Position(3, {PUBLISHERS[0]: 1})
    assert kept.position("nobody", 3) == Position(3, {})


def test_what_is_old_or_too_large_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "KEEP_BYTES", 3 * len(payload(PUBLISHERS[0], 1).body))
    kept = Recent()
    kept.listening(LONG_AGO)
    for number in range(1, 6):
        kept.add(payload(PUBLISHERS[0], number), now=0.0)
    assert kept.since("default", Position(0, {PUBLISHERS[0]: 1}), NOW) is None
    assert len(kept.since("default", Position(0, {PUBLISHERS[0]: 2}), NOW) or []) == 3
    kept.add(payload(PUBLISHERS[0], 6), now=recent.KEEP_SECONDS + 1)
    assert len(kept.since("default", Position(0, {PUBLISHERS[0]: 5}), NOW) or []) == 1
    assert kept.since("default", Position(0, {PUBLISHERS[0]: 4}), NOW) is None


def test_of_more_publishers_than_a_position_names_nothing_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recent, "KEEP_PAYLOADS", 100)
    kept = Recent()
    kept.listening(LONG_AGO)
    left = kept.position("default", 0)
    kept.add(payload("0000000a", 1), 0.0)
    for number in range(100):  # the last of them makes room of the first payload
        kept.add(payload(f"1{number:07x}", 1), 1.0)
    assert kept.since("default", left, NOW) is None, "the first payload is missing"
    many = str(kept.position("default", 0))
    assert kept.since("default", Position.parse(many), NOW) is None, "it does not name all"


@pytest.mark.parametrize("text", ["", "x", "1.", "1.a-1", "1.0000000a-", None, 7, "1" * 30, [1]])
def test_what_is_no_position(text: object) -> None:
    with pytest.raises(NoPosition):
        Position.parse(text)
