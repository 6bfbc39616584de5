"""Steadiness of rates, pressures of both kinds, and series in blocks: pure functions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_well_testing.blocks import pack, unpack
from wellhead_well_testing.pressures import absolute, counted_in, vacuum
from wellhead_well_testing.series_csv import Form, read_csv
from wellhead_well_testing.stability import changes, mean_rate, spread_percent

SEA_LEVEL = sdk.Quantity(14.696, "psia")


def test_means_are_of_the_time_that_each_step_lasts() -> None:
    starts, rates = np.array([-100.0, 0.0, 600.0]), np.array([900.0, 100.0, 200.0])
    assert mean_rate(starts, rates, 0.0, 800.0) == pytest.approx((600 * 100 + 200 * 200) / 800)
    assert mean_rate(starts, rates, 600.0, 800.0) == 200.0
    assert np.isnan(mean_rate(starts, np.full(3, np.nan), 0.0, 800.0))
    assert spread_percent(starts, rates, 0.0, 800.0) == pytest.approx(60.0)
    assert np.isnan(spread_percent(starts, rates, 600.0, 800.0))  # one step says nothing
    assert changes(np.array([5.0, np.nan, 5.0, 7.0, 0.0])) == 2


@given(
    st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=20),
    st.floats(0.1, 1e5),
)
def test_a_mean_lies_among_its_rates(rates: list[float], end: float) -> None:
    starts = np.linspace(-end, end, len(rates), endpoint=False)
    seen = mean_rate(starts, np.array(rates), 0.0, end)
    assert min(rates) * (1 - 1e-9) <= seen <= max(rates) * (1 + 1e-9)


def test_gauge_and_absolute_pressures_are_told_apart() -> None:
    assert (counted_in("psi", "gauge"), counted_in("bar", "absolute")) == ("psig", "bara")
    for unit, kind in (("psia", "gauge"), ("barg", "absolute"), ("m", "gauge")):
        with pytest.raises(sdk.WellheadError, match=f"no unit of {kind} pressure"):
            counted_in(unit, kind)
    above = absolute(np.array([0.0, 100.0]), "psig", "gauge", SEA_LEVEL, "psia")
    assert above == pytest.approx([14.696, 114.696])
    assert absolute(np.array([2.0]), "bara", "absolute", None, "psia") == pytest.approx(29.00755)
    with pytest.raises(sdk.WellheadError, match="only with the pressure of the atmosphere"):
        absolute(np.zeros(1), "psig", "gauge", None, "psia")
    assert vacuum("barg", "gauge", SEA_LEVEL) == pytest.approx(-1.01325, abs=1e-5)
    assert vacuum("psia", "absolute", None) == 0.0


@given(
    st.lists(
        st.tuples(
            st.integers(-(2**60), 2**60),
            st.floats(allow_infinity=False),
            st.sampled_from([0, 24, 64, 192]),
        ),
        max_size=50,
    )
)
def test_a_block_gives_back_what_was_packed(rows: list[tuple[int, float, int]]) -> None:
    times = np.array([row[0] for row in rows], np.int64)
    values = np.array([row[1] for row in rows], np.float64)
    qualities = np.array([row[2] for row in rows], np.int16)
    found = unpack(*pack(times, values, qualities))
    assert np.array_equal(found[0], times)
    assert np.array_equal(found[1], values, equal_nan=True)
    assert np.array_equal(found[2], qualities)


@given(
    st.dictionaries(
        st.integers(0, 10**9), st.floats(0, 20_000, allow_nan=False), min_size=1, max_size=40
    ),
    st.sampled_from(["s", "min", "h"]),
)
def test_a_file_gives_back_what_was_written(rows: dict[int, float], unit: str) -> None:
    lines = ["t,p", *(f"{time},{value!r}" for time, value in rows.items())]
    found, wrong = read_csv("\n".join(lines).encode(), Form(unit, 0, 0.0), 100)
    micros = {"s": 10**6, "min": 60 * 10**6, "h": 3600 * 10**6}[unit]
    if max(rows) * micros <= 10**16:
        assert wrong.failed == 0
        assert found.times.tolist() == [time * micros for time in sorted(rows)]
        assert found.values.tolist() == [rows[time] for time in sorted(rows)]
    else:
        assert wrong.failed > 0  # longer than any test


def test_a_file_of_too_many_rows_is_refused() -> None:
    data = b"t,p\n" + b"1,2\n" * 101
    with pytest.raises(sdk.WellheadError, match="more than 100 rows"):
        read_csv(data, Form("s", 0, 0.0), 100)
