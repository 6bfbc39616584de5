"""The spool keeps what it acknowledged, in order, and hands it out once it is asked."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_historian.spool import spool as spool_module
from wellhead_historian.spool.codec import decode, encode
from wellhead_historian.spool.file import SpoolFile
from wellhead_historian.spool.spool import Spool, SpoolError
from wellhead_historian.testing import BASE, kept, scan

TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=30)
TAGS = np.arange(1, 6, dtype=np.int32)


def columns(batch: sdk.Batch) -> tuple[Any, ...]:
    parts = (batch.tags, batch.times, batch.values, batch.qualities)
    return (batch.source, *(part.tobytes() for part in parts), batch.texts)


@st.composite
def batches(draw: st.DrawFn) -> sdk.Batch:
    rows = draw(st.integers(0, 20))
    limits = {"max_value": BASE, "min_value": -(2**63)}
    return sdk.Batch(
        draw(st.integers(-(2**31), 2**31 - 1)),
        draw(hnp.arrays(np.int32, rows)),
        draw(hnp.arrays(np.int64, rows, elements=st.integers(**limits))),
        draw(hnp.arrays(np.float64, rows)),
        draw(hnp.arrays(np.int16, rows)),
        draw(st.dictionaries(st.integers(0, rows - 1), TEXTS)) if rows else {},
    )


@given(given_batches=st.lists(batches(), max_size=8))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_goes_in_comes_out_from_memory_and_from_the_file(
    tmp_path: Path, given_batches: list[sdk.Batch]
) -> None:
    path = tmp_path / f"{time.monotonic_ns()}.db"
    spool = Spool(path)
    ids = [spool.append(batch).result(10) for batch in given_batches]
    assert ids == sorted(set(ids))
    expected = [columns(batch) for batch in given_batches]
    assert [columns(batch) for batch in kept(spool).values()] == expected
    spool.close()
    spool = Spool(path)
    assert [columns(batch) for batch in kept(spool).values()] == expected
    spool.close()


def test_an_entry_of_before_there_were_texts_is_read() -> None:
    """An upgraded gateway finds the spool of the day before."""
    old = bytes.fromhex(
        "57485331 9e4c0c63 01000000 02000000 03000000 "
        "0500000000000000 01000000 02000000 000000000000f83f 0000000000000440"
    )
    batch = decode(old)
    assert (batch.times.tolist(), batch.values.tolist(), batch.texts) == ([5, 5], [1.5, 2.5], {})
    assert encode(batch) == old


def test_a_text_that_cannot_be_stored_is_made_fit_before_it_is_kept(spool: Spool) -> None:
    batch = replace(scan(1, BASE, TAGS), texts={0: "a\0b\udc00", 4: "x" * 1001})
    spool.append(batch).result(10)
    (entry,) = kept(spool).values()
    assert entry.texts == {0: "a\ufffdb\ufffd", 4: "x" * 1000}
    assert entry.qualities.tolist() == [192, 192, 192, 192, sdk.quality.UNCERTAIN]


def test_order_ids_and_removal_over_reopening(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path)
    identity = spool.id
    ids = [spool.append(scan(1, BASE + step, TAGS)).result(10) for step in range(5)]
    spool.remove(ids[-1])
    spool.close()
    spool = Spool(path)
    assert (spool.id, spool.opened_at, spool.backlog) == (identity, ids[-1], (0, 0))
    after = spool.append(scan(1, BASE + 9, TAGS)).result(10)
    assert after > ids[-1], "an id is never given twice, or the ledger would take it for stored"
    spool.close()


def test_a_removal_needs_no_append_to_happen(spool: Spool) -> None:
    spool.remove(spool.append(scan(1, BASE, TAGS)).result(10))
    wait_until(lambda: spool.backlog == (0, 0), what="the removal")


def test_reading_goes_on_in_the_file_where_memory_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module, "_TAIL_BYTES", 1000)
    spool = Spool(tmp_path / "spool.db")
    ids = [spool.append(scan(1, BASE + step, TAGS)).result(10) for step in range(50)]
    assert list(kept(spool)) == ids
    assert list(kept(spool, after=ids[30])) == ids[31:]
    assert list(kept(spool, after=ids[-3])) == ids[-2:]
    spool.close()


def test_waiting_ends_with_an_append_an_interrupt_or_the_timeout(spool: Spool) -> None:
    assert not spool.wait(0, 0.01)
    spool.interrupt()
    assert not spool.wait(0, 10)
    last = spool.append(scan(1, BASE, TAGS)).result(10)
    assert spool.wait(last - 1, 10)


def test_documents_survive(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path)
    assert spool.load("configuration") is None
    spool.save("configuration", {"devices": [1, "ü"]}).result(10)
    spool.save("configuration", {"devices": []}).result(10)
    spool.close()
    spool = Spool(path)
    assert spool.load("configuration") == {"devices": []}
    spool.close()


def test_readings_ahead_of_the_clock_are_doubtful_and_bad_ones_stay_bad(spool: Spool) -> None:
    ahead = time.time_ns() // 1000 + 3_600_000_000
    now = time.time_ns() // 1000
    times = np.array([now, ahead, ahead, ahead, now + 1_000_000], np.int64)
    qualities = np.array([192, 192, 8, 216, 192], np.int16)
    spool.append(sdk.Batch(1, TAGS, times, np.zeros(5), qualities)).result(10)
    (batch,) = kept(spool).values()
    assert batch.qualities.tolist() == [192, 76, 8, 76, 192]


def test_a_bug_in_one_group_fails_that_group_only(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(SpoolFile, "add", broken)
        patch.setattr(SpoolFile, "load", broken)
        with pytest.raises(SpoolError, match="a bug"):
            spool.append(scan(1, BASE, TAGS)).result(10)
        with pytest.raises(RuntimeError, match="a bug"):
            spool.load("x")
    spool.append(scan(1, BASE, TAGS)).result(10)
    assert spool.load("x") is None


def test_one_process_a_file(spool: Spool) -> None:
    with pytest.raises(SpoolError, match="another process has the spool open"):
        Spool(spool.path)


def test_a_folder_that_cannot_be_written_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "spool.db").mkdir()
    with pytest.raises(SpoolError, match=r"Check the rights"):
        Spool(tmp_path / "spool.db")


def test_a_closed_spool_refuses(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db")
    spool.close()
    spool.close()
    with pytest.raises(SpoolError, match="closed"):
        spool.append(scan(1, BASE, TAGS))
    with pytest.raises(SpoolError, match="closed"):
        spool.load("x")


def test_closing_writes_what_waits(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db")
    futures = [spool.append(scan(1, BASE + step, TAGS)) for step in range(200)]
    spool.close()
    assert all(future.done() and not future.exception() for future in futures)
    spool = Spool(tmp_path / "spool.db")
    assert len(kept(spool)) == 200
    spool.close()


_SYNCED = """
import os, sys, pathlib, numpy as np
from wellhead_historian.spool.spool import Spool
from wellhead_historian.testing import scan
spool = Spool(pathlib.Path(sys.argv[1]))
for step in range(20):
    spool.append(scan(1, step, np.arange(5, dtype=np.int32))).result()
    os.write(1, b"ACK")
"""


@pytest.fixture
def strace() -> str:
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not installed")
    return found


def test_r2_every_acknowledgement_comes_after_a_sync(strace: str, tmp_path: Path) -> None:
    """Power loss: the page cache dies with it, so what counts is the fdatasync before the ack."""
    trace = tmp_path / "trace"
    command = [strace, "-f", "-s", "16", "-e", "trace=fsync,fdatasync,write", "-o", str(trace)]
    run = subprocess.run(
        [*command, sys.executable, "-c", _SYNCED, str(tmp_path / "spool.db")],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ,
        check=False,
    )
    if "ptrace" in run.stderr:
        pytest.skip(f"strace may not trace here: {run.stderr.strip()}")
    assert run.returncode == 0, run.stderr
    acks, synced = 0, False
    for line in trace.read_text().splitlines():
        if "sync(" in line or "sync resumed" in line:
            synced = True
        elif '"ACK"' in line:
            assert synced, "acknowledged before it was on disk"
            acks, synced = acks + 1, False
    assert acks == 20
