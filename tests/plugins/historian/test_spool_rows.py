"""Scans that are committed together share a row of the spool, and nobody who reads it notices."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_historian.scans import batches_of
from wellhead_historian.spool import admission
from wellhead_historian.spool.file import SpoolFile, count_batches
from wellhead_historian.spool.packs import pack, unpack
from wellhead_historian.spool.spool import Policy, Spool
from wellhead_historian.testing import BASE, append_at_once, kept, scan

TAGS = np.arange(1, 101, dtype=np.int32)
LISTS = [np.arange(1, 4, dtype=np.int32), np.arange(1, 4, dtype=np.int32), TAGS[5:6]]
"""Tags of scans; two lists are equal and not the same."""


@st.composite
def scans(draw: st.DrawFn) -> sdk.Batch:
    tags = draw(st.sampled_from(LISTS))
    values = draw(st.lists(st.floats(width=64), min_size=len(tags), max_size=len(tags)))
    code = draw(st.sampled_from([sdk.quality.GOOD, sdk.quality.BAD]))
    qualities = np.full(len(tags), sdk.quality.GOOD, np.int16)
    qualities[0] = code
    time = draw(st.integers(-(2**63), 2**63 - 1))
    return sdk.Batch.scan(draw(st.integers(1, 3)), time, tags, np.array(values), qualities)


def columns(batch: sdk.Batch) -> tuple[object, ...]:
    parts = (batch.tags, batch.times, batch.values, batch.qualities)
    return (batch.source, *(part.tobytes() for part in parts), batch.texts)


def packed(batches: list[sdk.Batch]) -> bytes:
    return bytes(pack(batches, [bool((b.qualities == sdk.quality.GOOD).all()) for b in batches]))


@given(st.lists(scans(), min_size=2, max_size=8))
@settings(max_examples=50, deadline=None)
def test_what_is_packed_is_unpacked(given_scans: list[sdk.Batch]) -> None:
    data = packed(given_scans)
    found = batches_of([unpack(data)])
    assert [columns(batch) for batch in found] == [columns(batch) for batch in given_scans]


def test_r2_any_flipped_bit_and_any_cut_of_a_shared_row_is_noticed() -> None:
    data = packed([scan(1, BASE, LISTS[0]), scan(2, BASE + 1, LISTS[2])])
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << at % 8
        for wrong in (bytes(flipped), data[:at]):
            with pytest.raises(sdk.BatchError):
                unpack(wrong)


def fill(spool: Spool, count: int) -> None:
    """So many scans in one commit."""
    scans = [scan(1, BASE + step, TAGS) for step in range(count)]
    assert append_at_once(spool, scans) == list(range(1, count + 1))


def steps(spool: Spool, after: int) -> list[int]:
    """The steps after that id, each entry having the id of its step."""
    batches = kept(spool, after)
    found = [int(batch.times[0]) - BASE for batch in batches.values()]
    assert list(batches) == [step + 1 for step in found]
    return found


def test_a_shared_row_is_delivered_batch_by_batch_and_deleted_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path)
    fill(spool, 50)
    alone = 50 * (12 * len(TAGS) + 92)
    assert spool.backlog[0] == 50
    assert spool.backlog[1] < 0.75 * alone, "the tags are there once"
    spool.close()
    assert count_batches(path) == 50
    spool = Spool(path)
    assert steps(spool, after=0) == list(range(50))
    assert steps(spool, after=20) == list(range(20, 50))
    spool.remove(20)  # as after a crash in the middle: the ledger is ahead of the file
    spool.save("anything", 1).result(10)
    assert steps(spool, after=20) == list(range(20, 50))
    spool.remove(50)
    spool.save("anything", 1).result(10)
    assert spool.backlog == (0, 0)
    spool.close()


def test_a_shared_row_that_is_partly_on_its_way_is_not_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "_ROWS", 4)
    spool = Spool(tmp_path / "spool.db", max_bytes=100_000, policy=Policy.DROP_OLDEST)
    fill(spool, 10)
    spool.remove(3)
    for step in range(10, 200):
        spool.append(scan(1, BASE + step, TAGS)).result(10)
    assert steps(spool, after=3)[:7] == list(range(3, 10))
    assert spool.counters.dropped_batches > 0
    spool.close()


def test_a_rescued_spool_gets_from_memory_only_what_no_row_has(tmp_path: Path) -> None:
    file = SpoolFile(tmp_path / "spool.db")
    file.begin()
    file.add([(5, b"four", None, 4), (6, b"one", None, 1)])
    file.commit()
    assert [file.has(batch) for batch in range(8)] == [False, False, *[True] * 5, False]
    file.close()
