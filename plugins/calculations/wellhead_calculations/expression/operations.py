"""What can be done with values of units, and what comes out.

degC and degF have their zero elsewhere: a sum of two such values, or twice one, means nothing until
it is said as kelvin, so it is refused. Two of them may be compared and subtracted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from wellhead import sdk
from wellhead_calculations.expression.tree import Apply, Choice, Function, Line, Node, Number

Measure = sdk.units.Measure
Comparison = Literal["lt", "le", "gt", "ge", "eq", "ne"]
_KELVIN = "Say it in kelvin first: to(…, 'K')"


@dataclass(frozen=True, slots=True)
class Typed:
    """A part of an expression, and the unit its values are in."""

    node: Node
    measure: Measure


class UnitsDiffer(Exception):
    """Units that do not go together here."""

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy


def converted(value: Typed, measure: Measure) -> Node:
    """The value in that unit. Raises UnitsDiffer."""
    if value.measure == measure:
        return value.node
    if not value.measure.measures_the_same(measure):
        raise _differ(value.measure, measure)
    factor, offset = value.measure.line_to(measure)
    if isinstance(value.node, Number):
        return Number(value.node.value * factor + offset)
    return Line(value.node, factor, offset)


def add(left: Typed, right: Typed) -> Typed:
    if right.measure.has_zero_elsewhere:
        left, right = right, left
    if not left.measure.has_zero_elsewhere:
        return Typed(
            Apply("add", (left.node, converted(right, left.measure))),
            left.measure,
        )
    if right.measure.has_zero_elsewhere:
        raise UnitsDiffer(f"a sum of two values in {left.measure} means nothing", _KELVIN)
    return _shifted("add", left, right)


def subtract(left: Typed, right: Typed) -> Typed:
    if left.measure.has_zero_elsewhere and not right.measure.has_zero_elsewhere:
        return _shifted("sub", left, right)
    if right.measure.has_zero_elsewhere and not left.measure.has_zero_elsewhere:
        raise UnitsDiffer(f"{left.measure} less {right.measure} means nothing", _KELVIN)
    node = Apply("sub", (left.node, converted(right, left.measure)))
    return Typed(node, left.measure.difference())


def _shifted(function: Literal["add", "sub"], value: Typed, by: Typed) -> Typed:
    """A temperature and a difference of two."""
    difference = value.measure.difference()
    if not by.measure.is_difference:
        raise UnitsDiffer(
            f"{value.measure} and {by.measure} do not go together",
            f"Give what is added or subtracted in {difference}, or say both in kelvin",
        )
    return Typed(Apply(function, (value.node, converted(by, difference))), value.measure)


def multiply(left: Typed, right: Typed) -> Typed:
    _scalable(left, right)
    return Typed(Apply("mul", (left.node, right.node)), left.measure * right.measure)


def divide(left: Typed, right: Typed) -> Typed:
    _scalable(left, right)
    return Typed(Apply("div", (left.node, right.node)), left.measure / right.measure)


def power(base: Typed, exponent: Typed) -> Typed:
    if base.measure.is_number:
        nodes = (converted(base, Measure.of(None)), converted(exponent, Measure.of(None)))
        return Typed(Apply("pow", nodes), Measure.of(None))
    _scalable(base)
    if not isinstance(exponent.node, Number) or not exponent.measure.is_number:
        raise UnitsDiffer(
            f"a value in {base.measure} needs a number as exponent",
            "Divide it by 1 of its unit first",
        )
    value = converted(exponent, Measure.of(None))
    assert isinstance(value, Number)
    if abs(value.value) > 100:
        raise UnitsDiffer("the exponent is too large")
    return Typed(Apply("pow", (base.node, value)), base.measure**value.value)


def root(value: Typed) -> Typed:
    _scalable(value)
    return Typed(Apply("sqrt", (value.node,)), value.measure**0.5)


def scaled(function: Literal["neg", "abs"], value: Typed) -> Typed:
    _scalable(value)
    return Typed(Apply(function, (value.node,)), value.measure)


def plain(function: Function, value: Typed) -> Typed:
    """A function of plain numbers."""
    number = Measure.of(None)
    return Typed(Apply(function, (converted(value, number),)), number)


def extreme(function: Literal["min", "max"], left: Typed, right: Typed) -> Typed:
    return Typed(Apply(function, (left.node, converted(right, left.measure))), left.measure)


def alike(values: Sequence[Typed]) -> list[Typed]:
    """All of them in the unit of the first. Raises UnitsDiffer."""
    measure = values[0].measure
    return [Typed(converted(value, measure), measure) for value in values]


def all_of(join: Callable[[Typed, Typed], Typed], values: Sequence[Typed]) -> Typed:
    """The values, at least one, joined from left to right. Neighbours are joined in pairs and those
    again, so that hundreds of values are no tree of hundreds of levels, which is too deep for who
    evaluates it."""
    found = list(values)
    while len(found) > 1:
        pairs = (found[at : at + 2] for at in range(0, len(found), 2))
        found = [join(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return found[0]


def compare(function: Comparison, left: Typed, right: Typed) -> Typed:
    node = Apply(function, (left.node, converted(right, left.measure)))
    return Typed(node, Measure.of(None))


def choose(condition: Typed, then: Typed, otherwise: Typed) -> Typed:
    test = converted(condition, Measure.of(None))
    return Typed(Choice(test, then.node, converted(otherwise, then.measure)), then.measure)


def both(left: Typed, right: Typed) -> Typed:
    return choose(left, _truth(right), _constant(0.0))


def either(left: Typed, right: Typed) -> Typed:
    return choose(left, _constant(1.0), _truth(right))


def _truth(value: Typed) -> Typed:
    return compare("ne", value, _constant(0.0))


def _constant(value: float) -> Typed:
    return Typed(Number(value), Measure.of(None))


def _scalable(*values: Typed) -> None:
    for value in values:
        if value.measure.has_zero_elsewhere:
            raise UnitsDiffer(f"a multiple of {value.measure} means nothing", _KELVIN)


def _differ(one: Measure, other: Measure) -> UnitsDiffer:
    number = Measure.of(None)
    if number in (one, other):
        unit = one if other == number else other
        remedy = f"Give the number its unit, like 5 [{unit}], or divide by 1 [{unit}]"
    else:
        remedy = "Both must measure the same; gauge and absolute pressure do not"
    return UnitsDiffer(f"{one} and {other} do not go together", remedy)


@dataclass(frozen=True, slots=True)
class Named:
    """A function by name. arguments: how many; None = two or more, from left to right"""

    arguments: int | None
    make: Callable[..., Typed]


FUNCTIONS: dict[str, Named] = {
    "abs": Named(1, lambda value: scaled("abs", value)),
    "sqrt": Named(1, root),
    "exp": Named(1, lambda value: plain("exp", value)),
    "log": Named(1, lambda value: plain("log", value)),
    "log10": Named(1, lambda value: plain("log10", value)),
    "pow": Named(2, power),
    "min": Named(None, lambda left, right: extreme("min", left, right)),
    "max": Named(None, lambda left, right: extreme("max", left, right)),
}
