"""Allocation divides what was measured without a unit lost or found."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.errors import WellheadError
from wellhead_production.calc.allocation import allocate, rounded, theoretical_volume

decimals = st.integers(0, 6)
odd = st.one_of(st.floats(1e-3, 1e6), st.just(0.0), st.floats(1e-9, 1e-8), st.floats(1e14, 1e15))


@st.composite
def problems(draw: st.DrawFn) -> tuple[Decimal, list[float], int]:
    """(measured, theoretical of each well, decimals)"""
    places = draw(decimals)
    measured = Decimal(draw(st.integers(0, 10**12))).scaleb(-places)
    return measured, draw(st.lists(odd, min_size=1, max_size=30)), places


def test_the_published_example() -> None:
    """Tests of 200 and 100 BOPD, 10,000 bbl together: 6,666.67 and 3,333.33."""
    found = allocate(Decimal("10000.00"), [theoretical_volume(rate, 24) for rate in (200, 100)], 2)
    assert found.shares == (Decimal("6666.67"), Decimal("3333.33"))
    assert found.theoretical == 300
    assert found.factor == pytest.approx(100 / 3)


@given(problems())
def test_shares_add_up_to_what_was_measured_to_the_last_unit(
    problem: tuple[Decimal, list[float], int],
) -> None:
    measured, theoretical, places = problem
    found = allocate(measured, theoretical, places)
    assert sum(found.shares) + found.unallocated == measured
    assert all(-share.as_tuple().exponent == places for share in found.shares)  # type: ignore[operator]
    assert all(share >= 0 for share in found.shares)
    assert (found.unallocated == 0) or not any(theoretical)


@given(problems())
def test_no_share_is_a_whole_unit_from_its_quota_and_who_makes_nothing_gets_nothing(
    problem: tuple[Decimal, list[float], int],
) -> None:
    measured, theoretical, places = problem
    total = sum(map(Fraction, theoretical))
    for share, volume in zip(
        allocate(measured, theoretical, places).shares, theoretical, strict=True
    ):
        quota = Fraction(measured) * Fraction(volume) / total if total else Fraction()
        assert abs(Fraction(share) - quota) < Fraction(1, 10**places)
        assert volume or not share


@given(problems(), st.integers(-20, 20))
def test_the_unit_of_the_theoretical_volumes_changes_nothing(
    problem: tuple[Decimal, list[float], int], power: int
) -> None:
    measured, theoretical, places = problem
    plain = [volume for volume in theoretical if 1e-2 < volume < 1e8]
    scaled = [volume * 2.0**power for volume in plain]
    assert allocate(measured, scaled, places).shares == allocate(measured, plain, places).shares


def test_one_well_gets_all_of_it() -> None:
    assert allocate(Decimal("123.4"), [0.001], 1).shares == (Decimal("123.4"),)


def test_what_nobody_could_have_made_stays_unallocated_and_is_said() -> None:
    found = allocate(Decimal("5.00"), [0.0, 0.0], 2)
    assert (found.factor, found.unallocated, sum(found.shares)) == (None, Decimal("5.00"), 0)
    assert allocate(Decimal("5.00"), [], 2).unallocated == Decimal("5.00")


def test_of_equal_remainders_the_first_well_has_the_unit() -> None:
    assert allocate(Decimal(2), [1.0, 1.0, 1.0], 0).shares == tuple(map(Decimal, (1, 1, 0)))


@pytest.mark.parametrize(("hours", "volume"), [(24, 240), (12, 120), (23, 230), (25, 250)])
def test_a_rate_is_of_24_hours_on_every_day(hours: float, volume: float) -> None:
    assert theoretical_volume(240, hours) == pytest.approx(volume)


@pytest.mark.parametrize(
    ("measured", "theoretical", "places", "field"),
    [
        ("-1", [1.0], 0, "measured"),
        ("1.001", [1.0], 2, "measured"),
        ("NaN", [1.0], 2, "measured"),
        ("Infinity", [1.0], 2, "measured"),
        ("1", [-1.0], 2, "theoretical"),
        ("1", [float("nan")], 2, "theoretical"),
        ("1", [float("inf")], 2, "theoretical"),
        ("1", [1e-10], 2, "theoretical"),
        ("1e16", [1.0], 2, "measured"),
        ("1", [1.0], 7, "decimals"),
    ],
)
def test_what_cannot_be_divided_is_named(
    measured: str, theoretical: list[float], places: int, field: str
) -> None:
    with pytest.raises(WellheadError) as caught:
        allocate(Decimal(measured), theoretical, places)
    assert caught.value.field == field
    assert caught.value.remedy


@pytest.mark.parametrize(("rate", "hours", "field"), [(-1, 1, "rate"), (1, 25.1, "hours_on")])
def test_rates_and_hours_that_no_well_has_are_refused(
    rate: float, hours: float, field: str
) -> None:
    with pytest.raises(WellheadError) as caught:
        theoretical_volume(rate, hours)
    assert caught.value.field == field


def test_a_measured_volume_is_rounded_half_to_even_as_it_is_written() -> None:
    assert rounded(2.675, 2) == Decimal("2.68")
    assert rounded(0.125, 2) == Decimal("0.12")
    with pytest.raises(WellheadError):
        rounded(float("nan"), 2)
