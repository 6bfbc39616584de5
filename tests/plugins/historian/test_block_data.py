"""The columns of a block in one piece: what is put in comes out, and other bytes are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead_historian.store.block_data import join_columns, split_columns
from wellhead_historian.store.codec import CodecError

sizes = st.sampled_from([1, 9, 1996, 4007, 4008, 4009, 22_000])


@given(sizes, st.none() | sizes, st.none() | sizes)
def test_columns_are_those_that_were_joined(
    value: int, quality: int | None, times: int | None
) -> None:
    columns = tuple(
        None if size is None else bytes([mark]) * size
        for mark, size in enumerate((value, quality, times))
    )
    data, rest = join_columns(columns[0] or b"", *columns[1:])
    assert split_columns(data + rest) == columns
    assert len(data) <= 4016
    assert len(rest) % 1996 == 0


@pytest.mark.parametrize("size", [0, 7, 8, 14, 19])
def test_a_piece_that_ends_too_early_is_refused(size: int) -> None:
    data, _ = join_columns(b"value", b"quality", None)
    with pytest.raises(CodecError, match="too early"):
        split_columns(data[:size])
