"""Hours by phase and class, non-productive time, and money that is exact."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead.errors import WellheadError
from wellhead_drilling.calc.time_analysis import hours_by, npt_percent
from wellhead_drilling.reports.breakdown import breakdown_of
from wellhead_drilling.reports.money import CURRENCIES, check_amount, priced
from wellhead_drilling.reports.vocabulary import ACTIVITY_CODES, Phase, TimeClass

LOST = np.array([False, True, True])


def test_npt_is_unplanned_and_downtime_over_all() -> None:
    """domain.md: NPT% = Σ(unplanned + downtime)/Σ all."""
    assert npt_percent(np.array([18.0, 4.0, 2.0]), LOST) == 25.0
    assert np.isnan(npt_percent(np.zeros(3), LOST))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Phase)),
            st.sampled_from(list(ACTIVITY_CODES)),
            st.sampled_from(list(TimeClass)),
            st.integers(1, 24 * 60).map(lambda minutes: minutes / 60),
        ),
        max_size=30,
    )
)
@settings(max_examples=40)
def test_no_hour_is_lost_or_counted_twice(rows: list[tuple[str, str, str, float]]) -> None:
    found = breakdown_of(rows)
    total = sum(row[3] for row in rows)
    lost = sum(row[3] for row in rows if row[2] != "planned")
    assert found.total.hours == pytest.approx(total)
    for shares in (found.phases, found.codes):
        assert sum(share.hours for share in shares) == pytest.approx(total)
        assert sum(share.npt_hours for share in shares) == pytest.approx(lost)
        assert all(share.hours > 0 for share in shares)
    if rows:
        assert found.total.npt_percent == pytest.approx(100 * lost / total)
    else:
        assert found.total.npt_percent is None


def test_hours_below_zero_are_refused() -> None:
    place = np.array([0], np.intp)
    for hours in (-1.0, np.nan):
        with pytest.raises(WellheadError, match="less than no time"):
            hours_by(np.array([hours]), place, place, shape=(1, 1))


@given(st.decimals(-(10**6), 10**6, places=6), st.decimals(-(10**5), 10**5, places=6))
def test_a_priced_amount_is_the_exact_product_rounded_once(
    quantity: Decimal, price: Decimal
) -> None:
    for currency, digits in (("USD", 2), ("JPY", 0), ("KWD", 3)):
        found = priced(quantity, price, currency)
        assert -found.as_tuple().exponent == digits  # type: ignore[operator]
        assert abs(found - quantity * price) * 2 <= Decimal(1).scaleb(-digits)


def test_money_is_never_a_float() -> None:
    assert priced(Decimal("3"), Decimal("0.1"), "USD") == Decimal("0.30")
    assert priced(Decimal("0.5"), Decimal("0.05"), "USD") == Decimal("0.02")  # half to even
    assert str(check_amount(Decimal("1250.5"), "USD")) == "1250.50"
    assert str(check_amount(Decimal("-0"), "USD")) == "0.00"
    with pytest.raises(WellheadError, match="amounts in JPY have 0 decimals"):
        check_amount(Decimal("12.5"), "JPY")
    assert (len(CURRENCIES), CURRENCIES["NOK"], CURRENCIES["BHD"]) == (155, 2, 3)
