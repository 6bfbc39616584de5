"""Gas from one statement of conditions to another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.errors import WellheadError
from wellhead.units import STANDARD_CONDITIONS, gas_volume_factor

NAMES = st.sampled_from(sorted(STANDARD_CONDITIONS))


def test_published_factors() -> None:
    """ISO 13443:1996, table 1: 1 m3 (0 °C) is 1.0549 m3 (15 °C); API MPMS 14: 14.73 to 14.65."""
    assert gas_volume_factor("0C_101.325kPa", "15C_101.325kPa") == pytest.approx(1.0549, abs=5e-5)
    assert gas_volume_factor("60F_14.73psia", "60F_14.65psia") == pytest.approx(14.73 / 14.65)
    assert gas_volume_factor("15C_101.325kPa", "60F_14.696psia") == pytest.approx(1.00192, abs=2e-5)


@given(NAMES, NAMES, NAMES)
def test_it_goes_there_and_back_by_any_way(one: str, two: str, three: str) -> None:
    assert gas_volume_factor(one, one) == 1.0
    there = gas_volume_factor(one, two) * gas_volume_factor(two, three)
    assert there == pytest.approx(gas_volume_factor(one, three), rel=1e-12)


def test_unknown_conditions_name_the_known() -> None:
    with pytest.raises(WellheadError, match=r"15C_101\.325kPa"):
        gas_volume_factor("15C_101.325kPa", "15C_101.3kPa")
