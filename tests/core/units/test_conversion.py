"""Conversions against published values, and what must hold of all of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.errors import WellheadError
from wellhead.units import QUANTITIES, System, check_quantity, check_unit, convert, shown_in
from wellhead.units.conversion import usual_quantity

PUBLISHED = [
    # API MPMS 11.5 and the SPE Metric Standard, table 2.2
    ("bbl", "m3", 1.0, 0.158987294928),
    ("STB/d", "m3/d", 1.0, 0.158987294928),
    ("Mscf/d", "m3/d", 1.0, 28.316846592),
    ("MMscf", "Sm3", 1.0, 28316.846592),
    ("scf/STB", "Sm3/Sm3", 1.0, 0.178107606679),
    ("psi", "kPa", 1.0, 6.894757293168),
    ("psig", "barg", 1000.0, 68.9475729316836),
    ("psi/ft", "kPa/m", 1.0, 22.6205921),
    ("ppg", "kg/m3", 1.0, 119.826427317),
    ("mD", "m2", 1.0, 9.869232667e-16),
    ("md", "darcy", 1000.0, 1.0),
    ("degF", "degC", 60.0, 15.5555555556),
    ("degC", "degF", 100.0, 212.0),
    ("delta_degC", "delta_degF", 100.0, 180.0),
    ("ft", "m", 1.0, 0.3048),
    ("in64", "in", 64.0, 1.0),
    ("gpm", "L/min", 1.0, 3.785411784),
    ("klbf", "kN", 1.0, 4.4482216152605),
    ("ft*lbf", "N*m", 1.0, 1.3558179483314),
    ("hp", "kW", 1.0, 0.745699871582),
    ("deg_100ft", "deg_30m", 1.016, 1.0),
    ("cP", "Pa*s", 1.0, 0.001),
]


@pytest.mark.parametrize(("unit", "to", "value", "expected"), PUBLISHED)
def test_published_values(unit: str, to: str, value: float, expected: float) -> None:
    assert convert(value, unit, to) == pytest.approx(expected, rel=1e-5)


def test_a_barrel_has_42_gallons_and_md_is_no_milliday() -> None:
    assert convert(1.0, "bbl", "gallon") == 42
    with pytest.raises(WellheadError):
        convert(1.0, "md", "s")


@pytest.mark.parametrize(("unit", "to"), [("barg", "bara"), ("psig", "psi"), ("degAPI", "kg/m3")])
def test_what_would_be_a_guess_is_refused(unit: str, to: str) -> None:
    with pytest.raises(WellheadError, match="gauge and absolute"):
        convert(1.0, unit, to)


@pytest.mark.parametrize(
    ("unit", "to", "expected"),
    [("km2", "m2", 1e6), ("cm2", "m2", 1e-4), ("mm3", "m3", 1e-9), ("dm3", "L", 1.0),
     ("um2", "darcy", 1.01325), ("MSm3", "Sm3", 1e6)],
)  # fmt: skip
def test_a_prefix_is_within_the_power(unit: str, to: str, expected: float) -> None:
    assert convert(1.0, unit, to) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["hm2", "Mm3", "km3/d", "kft2"])
def test_a_prefix_that_pint_would_put_outside_of_the_power_is_refused(text: str) -> None:
    with pytest.raises(WellheadError, match="unknown unit"):
        check_unit(text)


PAIRS = [(row.metric, row.oilfield) for row in QUANTITIES.values()]


@given(st.sampled_from(PAIRS), st.floats(-1e9, 1e9))
def test_there_and_back_is_the_same(pair: tuple[str, str], value: float) -> None:
    there = convert(value, *pair)
    assert convert(there, *reversed(pair)) == pytest.approx(value, rel=1e-9, abs=1e-6)


@given(st.lists(st.floats(allow_infinity=False), max_size=20))
def test_columns_are_converted_as_numbers_are(values: list[float]) -> None:
    column = convert(np.array(values, np.float64), "degC", "degF")
    for converted, value in zip(column.tolist(), values, strict=True):
        if math.isnan(value):
            assert math.isnan(converted)
        else:
            assert converted == convert(value, "degC", "degF")


def test_every_quantity_is_shown_in_units_of_itself() -> None:
    for row in QUANTITIES.values():
        for unit in (row.metric, row.oilfield, *row.spellings):
            assert check_unit(unit, row.name) == unit
            for system in System:
                assert shown_in(unit, row.name, system) == row.unit(system)
            found = usual_quantity(unit)
            assert found is not None
            for system in System:
                convert(1.0, found.unit(system), row.metric)


@pytest.mark.parametrize(
    ("unit", "quantity", "oilfield", "metric"),
    [
        ("bar", None, "psi", "bar"),
        ("kPa", None, "psi", "bar"),
        ("barg", None, "psig", "barg"),
        ("bara", None, "psia", "bara"),
        ("degC", None, "degF", "degC"),
        ("m3/d", None, "bbl/d", "m3/d"),
        ("m3/d", "gas_rate", "Mscf/d", "Sm3/d"),
        ("Sm3/d", None, "STB/d", "Sm3/d"),
        ("STB/d", None, "STB/d", "Sm3/d"),
        ("m3/m3", None, "scf/STB", "Sm3/Sm3"),
        ("mm", None, "in", "mm"),
        ("ft", None, "ft", "m"),
        ("Hz", None, "Hz", "Hz"),
        ("%", None, "%", "%"),
        ("mA", None, "mA", "mA"),
        ("widgets", None, "widgets", "widgets"),
        ("m", "gas_rate", "m", "m"),
        (None, None, None, None),
    ],
)
def test_what_a_unit_is_shown_in(
    unit: str | None, quantity: str | None, oilfield: str | None, metric: str | None
) -> None:
    assert shown_in(unit, quantity, System.OILFIELD) == oilfield
    assert shown_in(unit, quantity, System.METRIC) == metric


@pytest.mark.parametrize(
    "text",
    ["barr", "", " ", "bar ", "m\n", "x" * 60, "m3/", "5 m", "1e400", "\x00", "((((((", "²³",
     "__import__('os')", "m**9**9**9", "{unit}", "ÄÖ"],
)  # fmt: skip
def test_what_is_no_unit_is_refused_by_name(text: str) -> None:
    with pytest.raises(WellheadError) as caught:
        check_unit(text)
    assert (caught.value.field, caught.value.value) == ("unit", text)
    assert "/api/v1/units" in (caught.value.remedy or "")


@given(st.text(max_size=60))
def test_no_text_breaks_the_check(text: str) -> None:
    try:
        check_unit(text)
    except WellheadError:
        return
    convert(1.0, text, text)


def test_a_unit_of_something_else_and_a_quantity_that_there_is_not() -> None:
    with pytest.raises(WellheadError, match=r"is no unit of pressure .*Use bar or psi"):
        check_unit("m3/d", "pressure")
    with pytest.raises(WellheadError, match='Did you mean "pressure"'):
        check_quantity("presure")


@pytest.mark.parametrize(
    ("unit", "quantity", "refused"),
    [
        ("Mscf/d", "oil_rate", True),
        ("MMcf", "liquid_volume", True),
        ("STB/d", "gas_rate", True),
        ("m3/d", "gas_rate", False),
        ("kSm3/d", "oil_rate", False),
        ("scf/STB", "gas_oil_ratio", False),
        ("bbl/Mscf", "gas_formation_volume_factor", False),
    ],
)
def test_gas_is_not_measured_as_liquid_nor_liquid_as_gas(
    unit: str, quantity: str, *, refused: bool
) -> None:
    if refused:
        with pytest.raises(WellheadError, match="is no unit of"):
            check_unit(unit, quantity)
    else:
        assert check_unit(unit, quantity) == unit
