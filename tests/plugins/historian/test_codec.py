"""Columns survive the codec bit by bit, become small, and damaged ones are an error."""

import struct
import tracemalloc
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wellhead_historian.store import codec

DECODERS = (codec.decode_floats, codec.decode_ints, codec.decode_times)
N = 3600
_rng = np.random.default_rng(5)
_int64 = st.integers(-(2**63), 2**63 - 1)
_bits = st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0])
_decimal = st.tuples(st.integers(-(10**6), 10**6), st.integers(0, 9)).map(
    lambda p: p[0] / 10 ** p[1]
)
_odd = st.sampled_from([np.nan, np.inf, -np.inf, -0.0, 0.0, 5e-324, 2.0**53, -(2.0**63), 1e308])


def _same(values: npt.NDArray[np.float64]) -> bool:
    data = codec.encode_floats(values)
    return codec.decode_floats(data, len(values)).tobytes() == values.tobytes()


@given(
    st.one_of(
        st.lists(_bits, max_size=80),
        st.lists(st.floats(width=32), max_size=80),
        st.lists(st.one_of(_decimal, _odd), max_size=80),
        st.lists(st.integers(-50, 50).map(lambda k: k * 0.01), max_size=80),
    )
)
@settings(max_examples=200, deadline=None)
@example([0.1] * 30 + [np.nan] + [0.2] * 30)
@example([-0.0] * 2 + [0.0])
def test_floats_survive_bit_by_bit(values: list[float]) -> None:
    assert _same(np.array(values, np.float64))


@given(st.lists(st.one_of(_int64, st.integers(-3, 3)), max_size=60))
@settings(max_examples=100, deadline=None)
def test_integers_and_times_survive(values: list[int]) -> None:
    column = np.array(values, np.int64)
    assert (codec.decode_ints(codec.encode_ints(column), len(column)) == column).all()
    assert (codec.decode_times(codec.encode_times(column), len(column)) == column).all()


def test_payloads_of_nan_survive_among_decimals() -> None:
    values = np.round(_rng.normal(20, 1, N), 2)
    for place, bits in ((3, 0x7FF8000000000001), (4, 0x7FF0000000000001), (5, 0xFFF8000000000000)):
        values.view(np.uint64)[place] = bits
    values[:3] = np.nan
    values[100:300] = np.nan
    data = codec.encode_floats(values)
    assert codec.decode_floats(data, N).tobytes() == values.tobytes()
    assert len(data) < 1.3 * N, "a few readings without a value spoil the decimals of the others"


def _signals() -> dict[str, tuple[npt.NDArray[np.float64], float]]:
    """A column of each sort, and the bytes a reading that it may have."""
    walk = np.cumsum(_rng.normal(0, 0.02, N)) + _rng.normal(0, 0.02, N)
    return {
        "constant": (np.full(N, 17.3), 0.003),
        "quantised": (np.round(100 + walk, 2), 0.6),
        "scaled by multiplication": (np.rint(100 * walk) * 0.01, 0.6),
        "float32": ((50 + walk).astype(np.float32).astype(np.float64), 2.3),
        "set-point": (np.repeat([5.0, 7.5, 5.0], N // 3), 0.02),
        "digital": ((np.cumsum(_rng.random(N) < 0.01) % 2).astype(np.float64), 0.06),
        "counter": (np.cumsum(_rng.integers(0, 5, N)).astype(np.float64), 0.45),
        "noise": (_rng.normal(100, 1, N), 6.3),
        "noise around zero": (_rng.normal(0, 1, N), 7.3),
    }


@pytest.mark.parametrize("signal", list(_signals()))
def test_what_instruments_send_becomes_small(signal: str) -> None:
    values, most = _signals()[signal]
    assert _same(values)
    assert len(codec.encode_floats(values)) / N <= most


def test_even_times_cost_next_to_nothing() -> None:
    times = 1_750_000_000_000_000 + np.arange(N) * 1_000_000
    assert len(codec.encode_times(times)) < 40
    late = times + _rng.integers(0, 3000, N)
    assert len(codec.encode_times(late)) < 1.7 * N


def test_many_columns_together_are_the_same_as_one_by_one() -> None:
    columns = np.stack([values for values, _ in _signals().values()] * 4)
    assert codec.encode_columns(columns) == [codec.encode_floats(column) for column in columns]


def _encoded(draw: Any) -> bytes:
    values = np.array(draw(st.lists(st.one_of(_decimal, _odd, _bits), min_size=1, max_size=40)))
    column: bytes = draw(
        st.sampled_from(
            [
                codec.encode_floats(values),
                codec.encode_ints(values.view(np.int64)),
                codec.encode_times(values.view(np.int64)),
            ]
        )
    )
    return column


@st.composite
def _damaged(draw: Any) -> bytes:
    data = bytearray(_encoded(draw))
    for _ in range(draw(st.integers(0, 4))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))])


@given(st.one_of(st.binary(max_size=80), _damaged()), st.integers(-1, 5000))
@settings(max_examples=300, deadline=None)
def test_r9_malformed_columns_raise_one_error(data: bytes, n: int) -> None:
    for decode in DECODERS:
        try:
            assert len(decode(data, n)) == n
        except codec.CodecError:
            continue


def test_r9_a_column_that_inflates_without_end_costs_no_memory() -> None:
    bomb = bytearray(codec.encode_floats(np.repeat(np.arange(2.0), 1 << 19)))
    tracemalloc.start()
    with pytest.raises(codec.CodecError):
        codec.decode_floats(bytes(bomb), 100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 19
