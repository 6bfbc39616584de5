"""Batches with texts: cut, joined, cleaned, and as bytes that give it all back or are refused."""

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.field.batch import Batch, BatchError
from wellhead.field.texts import MOST_CHARACTERS
from wellhead.sdk import quality

ANYTHING = st.text(st.characters(codec=None), max_size=30)
SAID = st.lists(st.none() | ANYTHING, max_size=12)


def batch_of(said: list[str | None], source: int = 7) -> Batch:
    """A row for each: a text, or a number where there is none."""
    rows = len(said)
    return Batch(
        source,
        np.arange(1, rows + 1, dtype=np.int32),
        np.arange(rows, dtype=np.int64) * 1_000_000,
        np.array([np.nan if text is not None else row / 3 for row, text in enumerate(said)]),
        np.full(rows, quality.GOOD, np.int16),
        {row: text for row, text in enumerate(said) if text is not None},
    )


def everything(batch: Batch) -> tuple[object, ...]:
    columns = (batch.tags, batch.times, batch.values, batch.qualities)
    return (batch.source, *(column.tobytes() for column in columns), dict(batch.texts))


@given(SAID)
def test_bytes_give_the_batch_back(said: list[str | None]) -> None:
    batch = batch_of(said)
    assert everything(Batch.from_bytes(batch.to_bytes())) == everything(batch)


@given(SAID, st.data())
def test_changed_bytes_are_refused_and_nothing_worse(
    said: list[str | None], data: st.DataObject
) -> None:
    good = batch_of(said).to_bytes()
    at = data.draw(st.integers(0, len(good) - 1))
    flipped = bytearray(good)
    flipped[at] ^= data.draw(st.integers(1, 255))
    for bad in (good[:at], bytes(flipped), good + b"\0"):
        with pytest.raises(BatchError):
            Batch.from_bytes(bad)


@given(st.binary(max_size=80), st.integers(0, 4))
def test_texts_that_are_none_are_refused(data: bytes, rows: int) -> None:
    try:
        texts = Batch.unpack_texts(data, rows)
    except BatchError:
        return
    assert all(0 <= row < rows for row in texts)


def test_bytes_of_before_there_were_texts_are_read() -> None:
    old = bytes.fromhex(
        "5748423103981171 07000000 01000000 01000000 0000000000000000 0000000000000440 c000"
    )
    batch = Batch.from_bytes(old)
    assert (batch.source, batch.values.tolist(), batch.texts) == (7, [2.5], {})
    assert batch.to_bytes() == old


@given(SAID, st.data())
def test_rows_that_are_taken_keep_their_texts(said: list[str | None], data: st.DataObject) -> None:
    batch = batch_of(said)
    rows = data.draw(st.lists(st.integers(0, len(said) - 1), max_size=20)) if said else []
    taken = batch.take(np.array(rows, np.intp))
    assert [taken.texts.get(row) for row in range(len(taken))] == [said[row] for row in rows]
    mask = np.array([row in rows for row in range(len(said))], np.bool_)
    assert everything(batch.take(mask)) == everything(batch.take(np.flatnonzero(mask)))


@given(st.lists(SAID, min_size=2, max_size=4))
def test_batches_that_are_joined_keep_their_texts(parts: list[list[str | None]]) -> None:
    joined = Batch.join([batch_of(said) for said in parts])
    assert [joined.texts.get(row) for row in range(len(joined))] == list(chain(*parts))


def test_texts_of_rows_that_are_not_there_are_refused() -> None:
    for row in (-1, 1):
        with pytest.raises(BatchError, match="rows from 0 to 0"):
            replace(batch_of(["x"]), texts={row: "x"})


@given(ANYTHING)
def test_a_clean_text_can_be_stored_and_shown(text: str) -> None:
    batch = batch_of([text, None]).with_clean_texts()
    kept = batch.texts[0]
    kept.encode()  # no half of a surrogate pair
    assert len(kept) == len(text)
    codes = [ord(character) for character in kept]
    assert all(code > 159 or 32 <= code < 127 or code in (9, 10, 13) for code in codes)
    assert batch.qualities.tolist() == [quality.GOOD, quality.GOOD]


def test_a_long_text_is_cut_and_uncertain_unless_it_was_bad_already() -> None:
    long = "\N{ROCKET}" * (MOST_CHARACTERS + 1)
    batch = batch_of([long, long, "short\0"])
    batch.qualities[1] = quality.BAD_SENSOR_FAILURE
    clean = batch.with_clean_texts()
    assert clean.texts == {0: long[:-1], 1: long[:-1], 2: "short\ufffd"}
    assert clean.qualities.tolist() == [quality.UNCERTAIN, quality.BAD_SENSOR_FAILURE, quality.GOOD]
    assert clean.with_clean_texts() is clean
