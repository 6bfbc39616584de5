"""Expressions: what is understood, what is refused and where; columns against scalars."""

import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_calculations.expression.check import Known, check
from wellhead_calculations.expression.errors import ExpressionError
from wellhead_calculations.expression.evaluate import evaluate

UNITS = {
    "P-1": "bar", "P-2": "psi", "PG": "barg", "Q": "m3/d", "G": "Mscf/d", "T": "degC", "T2": "degF",
    "WC": "%", "x": None, "y": None, "z": None, "W-01.PT 101": "bar", "D": "delta_degC",
}  # fmt: skip
NAMES = {name: Known(number, unit) for number, (name, unit) in enumerate(UNITS.items(), 1)}
IDS = {known.id: known for known in NAMES.values()}
GOOD = sdk.quality.GOOD
BAD = sdk.quality.BAD_CONFIGURATION


def value_of(text: str, unit: str | None = None, **tags: float) -> float:
    """Of one reading of each tag; other tags are 0."""
    expression = check(text, NAMES, IDS, unit)
    names = {known.id: name for name, known in NAMES.items()}
    columns = [np.array([tags.get(names[tag].replace("-", ""), 0.0)]) for tag in expression.inputs]
    values, _ = evaluate(expression, columns, [np.array([GOOD], np.int16)] * len(columns))
    return float(values[0])


@pytest.mark.parametrize(
    ("text", "unit", "tags", "expected"),
    [
        ("{P-1} * 2", "bar", {"P1": 5.1}, 10.2),
        ("{P-1} + {P-2}", "psi", {"P1": 1.0, "P2": 1.0}, 15.503773773020921),
        ("{P-1} - 5 [bar]", "kPa", {"P1": 7.0}, 200.0),
        ("{P-1} - unit(5, 'bar')", "bar", {"P1": 7.0}, 2.0),
        ("to({P-1}, 'psi') / 1 [psi]", None, {"P1": 1.0}, 14.503773773020923),
        ("{Q} * {WC}", "m3/d", {"Q": 200.0, "WC": 25.0}, 50.0),
        ("{Q} * (1 - {WC})", "bbl/d", {"Q": 100.0, "WC": 20.0}, 80 / 0.158987294928),
        ("{G} / {Q}", "scf/STB", {"G": 500.0, "Q": 100.0}, 5e5 / (100 / 0.158987294928)),
        ("{T} - {T2}", "delta_degC", {"T": 100.0, "T2": 32.0}, 100.0),
        ("{T} + 10 [delta_degF]", "degC", {"T": 20.0}, 25.555555555555557),
        ("(to({T}, 'K') + to({T2}, 'K')) / 2", "degC", {"T": 20.0, "T2": 86.0}, 25.0),
        ("{T} > -5 [°C]", None, {"T": -4.0}, 1.0),
        ("to({T}, [°F]) > 50 [degF]", None, {"T": 9.0}, 0.0),
        ("where({P-1} > {P-2}, {P-1}, {P-2})", "bar", {"P1": 1.0, "P2": 14.0}, 1.0),
        ("{Q} if {x} == 1 else 0 [m3/d]", "m3/d", {"Q": 3.0, "x": 1.0}, 3.0),
        ("1 < {x} <= 3 and not {y}", None, {"x": 3.0, "y": 0.0}, 1.0),
        ("{x} > 5 or {y}", None, {"x": 1.0, "y": 2.0}, 1.0),
        ("sqrt({P-1} * {P-1})", "bar", {"P1": 3.0}, 3.0),
        ("{P-1} ** 2", "bar**2", {"P1": 3.0}, 9.0),
        ("pow({x}, {y})", None, {"x": 2.0, "y": 10.0}, 1024.0),
        ("clip({x}, 0, 10) + max({y}, 1, 7) + abs(-{x})", None, {"x": 12.0, "y": 3.0}, 29.0),
        ("exp({x}) + log({y}) + log10({z})", None, {"x": 0.0, "y": 1.0, "z": 100.0}, 3.0),
        ("exp({WC})", None, {"WC": 100.0}, math.e),
        ("{W-01.PT 101}+\n tag(1)", "bar", {"W01.PT 101": 1.0, "P1": 2.0}, 3.0),
        ("-{x} ** 2 + +3", None, {"x": 2.0}, -1.0),
    ],
)
def test_what_expressions_give(
    text: str, unit: str | None, tags: dict[str, float], expected: float
) -> None:
    assert value_of(text, unit, **tags) == pytest.approx(expected, rel=1e-12)


def test_a_result_in_the_unit_of_its_inputs_is_exact() -> None:
    for value in (0.1, 5.3, 1e-7, 123.456):
        assert value_of("{P-1} * 2 + {W-01.PT 101}", "bar", **{"P1": value}) == value * 2


@pytest.mark.parametrize(
    ("text", "unit", "says", "position"),
    [
        ("{P-1} + {Q}", "bar", "m3 / d and bar do not go together", 1),
        ("{x} * ({P-1} + {Q})", "bar", "do not go together", 8),
        ("{P-1} + {PG}", "bar", "do not go together", 1),
        ("{P-1} + 5", "bar", "do not go together", 1),
        ("{P-1}", "m3/d", "the result", 1),
        ("{P-1}", None, "the result", 1),
        ("{x}", "bar", "the result", 1),
        ("{T} * 2", "degC", "a multiple of °C means nothing", 1),
        ("{T} + {T2}", "degC", "a sum of two values", 1),
        ("{T} + 3 [K]", "degC", "do not go together", 1),
        ("to({D}, 'degC')", "degC", "do not go together", 1),
        ("exp({P-1})", None, "do not go together", 1),
        ("{P-1} ** {x}", None, "needs a number as exponent", 1),
        ("{P-1} if {Q} else {P-1}", "bar", "do not go together", 1),
        ("{x} + {nothing}", None, "there is no such tag", 7),
        ("{x} + tag(99)", None, "there is no such tag", 7),
        ("{x} + _0", None, "is not allowed", 7),
        ("{x} + 5 [barr]", None, "unknown unit", 10),
        ("{x} + spam({x})", None, "there is no function spam", 7),
        ("{x} + sqrt({x}, 2)", None, "sqrt takes 1 values, not 2", 7),
        ("max({x})", None, "two values or more", 1),
        ("{x}.real", None, "is not allowed", 1),
        ("{x} + __import__('os').system('true')", None, "is not allowed", 7),
        ("(lambda: {x})()", None, "is not allowed", 1),
        ("[{x} for x in {x}]", None, "is not allowed", 1),
        ("{x} + 'text'", None, "is not allowed", 7),
        ("{x} + True", None, "is not allowed", 7),
        ("{x} @ {y}", None, "is not allowed", 1),
        ("{x} // 2", None, "is not allowed", 1),
        ("{x} is 2", None, "is no comparison", 1),
        ("sqrt(x={x})", None, "is not allowed", 1),
        ("f'{x}'", None, "", 1),
        ("{x} + )", None, "closes a parenthesis", 7),
        ("{x}) + ({x}", None, "closes a parenthesis", 4),
        ("{x} + ", None, "cannot be read", 6),
        ("(", None, "cannot be read ('(' was never closed)", 1),
        (" ", None, "is empty", 1),
        ("{x} + €", None, "means nothing", 7),
        ("5 + 3", None, "names no tag", 1),
        ("{x} + 1e999", None, "too large", 7),
        ("{x} + " + "9" * 400, None, "too large", 7),
        ("(" * 100 + "{x}" + ")" * 100, None, "nested too deep", 41),
        ("-" * 1500 + "{x}", None, "too long to calculate", None),
        ("+".join(["{x}"] * 300), None, "too long to calculate", None),
        ("{x} + " * 400 + "{x}", None, "at most 2000 characters", 0),
    ],
)
def test_what_is_refused_names_the_place(
    text: str, unit: str | None, says: str, position: int | None
) -> None:
    with pytest.raises(ExpressionError) as caught:
        check(text, NAMES, IDS, unit)
    assert says in str(caught.value)
    assert caught.value.field == "expression"
    if "cannot be read" in says or "parenthesis" in says or "nothing" in says:
        assert caught.value.remedy
    if position is not None:
        assert caught.value.position == position


def test_more_inputs_than_allowed_are_refused() -> None:
    names = {f"t{n}": Known(n, None) for n in range(40)}
    with pytest.raises(ExpressionError, match="more than 32 tags"):
        check("+".join(f"{{{name}}}" for name in names), names, {}, None)


@settings(max_examples=80, deadline=None)
@given(st.text(st.characters(max_codepoint=0x2FF), max_size=60))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with suppress(ExpressionError):
        check(text, NAMES, IDS, None)


# --- columns against scalars ---------------------------------------------------------------------

Scalar = Callable[[dict[str, tuple[float, int]]], tuple[float, int]]
NEVER = 0xFF


def _unary(name: str, function: Callable[[float], float], part: Any) -> Any:
    text, run = part

    def go(row: Any) -> tuple[float, int]:
        value, quality = run(row)
        return _safely(function, value), quality

    return f"{name}({text})", go


def _binary(symbol: str, function: Callable[[float, float], float], left: Any, right: Any) -> Any:
    def go(row: Any) -> tuple[float, int]:
        (a, qa), (b, qb) = left[1](row), right[1](row)
        return _safely(function, a, b), min(qa, qb)

    return f"({left[0]} {symbol} {right[0]})", go


def _choice(test: Any, then: Any, other: Any) -> Any:
    def go(row: Any) -> tuple[float, int]:
        c, qc = test[1](row)
        if math.isnan(c):
            return math.nan, qc
        value, quality = (then if c else other)[1](row)
        return value, min(qc, quality)

    return f"({then[0]} if {test[0]} else {other[0]})", go


def _safely(function: Callable[..., float], *values: float) -> float:
    if any(math.isnan(value) for value in values):
        return math.nan
    try:
        return float(function(*values))
    except ZeroDivisionError:
        a, b = values
        return math.nan if a == 0 else math.copysign(math.inf, a) * math.copysign(1, b)


LEAVES = st.one_of(
    st.sampled_from(["x", "y", "z"]).map(lambda n: (f"{{{n}}}", lambda row: row[n])),
    st.integers(0, 9).map(lambda n: (str(n), lambda row: (float(n), NEVER))),
)
TREES = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.tuples(parts, parts).map(lambda p: _binary("+", lambda a, b: a + b, *p)),
        st.tuples(parts, parts).map(lambda p: _binary("-", lambda a, b: a - b, *p)),
        st.tuples(parts, parts).map(lambda p: _binary("*", lambda a, b: a * b, *p)),
        st.tuples(parts, parts).map(lambda p: _binary("/", lambda a, b: a / b, *p)),
        st.tuples(parts, parts).map(lambda p: _binary(">", lambda a, b: float(a > b), *p)),
        parts.map(lambda p: _unary("abs", abs, p)),
        parts.map(lambda p: _unary("sqrt", lambda a: math.sqrt(a) if a >= 0 else math.nan, p)),
        st.tuples(parts, parts, parts).map(lambda p: _choice(*p)),
    ),
    max_leaves=12,
)
READING = st.tuples(
    st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, -0.0, math.nan])),
    st.sampled_from([0, 24, 64, 192, 216]),
)


@settings(max_examples=80, deadline=None)
@given(TREES, st.lists(st.tuples(READING, READING, READING), min_size=1, max_size=6))
def test_columns_give_what_scalars_give(tree: Any, rows: list[Any]) -> None:
    text, scalar = tree
    if "{" not in text:
        return
    expression = check(text, NAMES, IDS, None)
    names = {known.id: name for name, known in NAMES.items()}
    order = [("x", "y", "z").index(names[tag]) for tag in expression.inputs]
    values = [np.array([row[at][0] for row in rows]) for at in order]
    qualities = [np.array([row[at][1] for row in rows], np.int16) for at in order]
    found, codes = evaluate(expression, values, qualities)
    for place, row in enumerate(rows):
        value, quality = scalar(dict(zip("xyz", row, strict=True)))
        quality = GOOD if quality == NEVER else quality
        if not math.isfinite(value):
            value = math.nan
            quality = quality if quality & sdk.quality.STATUS_MASK == 0 else BAD
        assert found[place] == value or (math.isnan(value) and np.isnan(found[place])), text
        assert codes[place] == quality, text
