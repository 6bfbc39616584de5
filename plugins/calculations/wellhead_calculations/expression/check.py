"""Syntax to a checked expression: what is allowed, and whether the units go together.

Values stay in the units they come in for as long as they can: a conversion is put in only where
two differ, so that doubling a pressure in bar is exact.
"""

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from wellhead import sdk
from wellhead_calculations.expression import operations
from wellhead_calculations.expression.operations import Typed, UnitsDiffer
from wellhead_calculations.expression.text import Syntax, read
from wellhead_calculations.expression.tree import Expression, Input, Number

MOST_INPUTS = 32
_MOST_NODES = 500
_MOST_DEEP = 60

_BINARY = {
    ast.Add: operations.add,
    ast.Sub: operations.subtract,
    ast.Mult: operations.multiply,
    ast.Div: operations.divide,
    ast.Pow: operations.power,
}
_COMPARE: dict[type[ast.cmpop], operations.Comparison] = {
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne",
}  # fmt: skip
_NAMES = (*operations.FUNCTIONS, "clip", "tag", "to", "unit", "where")


@dataclass(frozen=True, slots=True)
class Known:
    """A tag that an expression names. textual: its readings are texts, so it may not be used"""

    id: int
    unit: str | None
    textual: bool = False


def check(
    text: str, names: Mapping[str, Known], ids: Mapping[int, Known], unit: str | None
) -> Expression:
    """The expression of `text` with its result in `unit`.

    names, ids: the tags it may use, by name and by id
    Raises ExpressionError with the place of what cannot be read, is not allowed, or adds bar to
    m³/d, and for a result that is not of `unit`.
    """
    syntax = read(text)
    reading = _Reading(syntax, names, ids)
    result = reading.node(syntax.body, 0)
    if not reading.inputs:
        raise syntax.error("names no tag", syntax.body, "Write tags as {name} or tag(17)")
    try:
        root = operations.converted(result, sdk.units.Measure.of(unit))
    except UnitsDiffer as error:
        raise syntax.error(
            f"the result: {error}", syntax.body, "Give the tag a unit of what is calculated"
        ) from None
    return Expression(root, tuple(reading.inputs))


@dataclass(slots=True)
class _Reading:
    syntax: Syntax
    names: Mapping[str, Known]
    ids: Mapping[int, Known]
    inputs: dict[int, int] = field(default_factory=dict)
    nodes: int = 0

    def node(self, node: ast.expr, depth: int) -> Typed:
        self.nodes += 1
        if self.nodes > _MOST_NODES or depth > _MOST_DEEP:
            raise self.syntax.error(
                "too long to calculate", node, "Calculate a part of it as a tag of its own"
            )
        try:
            return self._node(node, depth + 1)
        except UnitsDiffer as error:
            raise self.syntax.error(str(error), node, error.remedy) from None

    def _node(self, node: ast.expr, depth: int) -> Typed:
        number = self._literal(node)
        if number is not None:
            return number
        match node:
            case ast.Name() if (named := self.syntax.tag(node)) is not None:
                return self._tag(node, self.names.get(named))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                return _BINARY[type(op)](self.node(left, depth), self.node(right, depth))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return operations.scaled("neg", self.node(operand, depth))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.node(operand, depth)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return operations.plain("not", self.node(operand, depth))
            case ast.BoolOp(op=op, values=values):
                return self._bool(op, [self.node(value, depth) for value in values])
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._compare(node, [left, *others], ops, depth)
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                branches = (self.node(each, depth) for each in (test, body, otherwise))
                return operations.choose(*branches)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(node, name, arguments, depth)
        raise self.syntax.error(
            "is not allowed here",
            node,
            "Use numbers, 5 [bar], {tags}, + - * / **, comparisons, and, or, not, a if b else c, "
            f"and {', '.join(sorted(_NAMES))}",
        )

    # --- numbers and tags ------------------------------------------------------------------------

    def _literal(self, node: ast.expr) -> Typed | None:
        """A number as it is written, with its sign and its unit; None for anything else."""
        match node:
            case ast.Constant(value=bool()):
                return None
            case ast.Constant(value=int() | float() as value):
                return Typed(Number(self._float(node, value)), sdk.units.Measure.of(None))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() | ast.Subscript() as operand):
                found = self._literal(operand)
                if found is None:
                    return None
                assert isinstance(found.node, Number)
                return Typed(Number(-found.node.value), found.measure)
            case ast.Subscript(value=ast.Constant() as value, slice=unit):
                return self._with_unit(value, unit)
            case ast.Call(func=ast.Name(id="unit"), args=[value, unit], keywords=[]):
                return self._with_unit(value, unit)
        return None

    def _with_unit(self, value: ast.expr, unit: ast.expr) -> Typed:
        found = self._literal(value)
        if found is None:
            raise self.syntax.error("only a number can be given a unit", value)
        return Typed(found.node, self._unit(unit))

    def _float(self, node: ast.expr, value: float) -> float:
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.syntax.error("the number is too large", node)
        return number

    def _unit(self, node: ast.expr) -> sdk.units.Measure:
        match node:
            case ast.Constant(value=str() as text):
                pass
            case ast.Name(id=name) | ast.List(elts=[ast.Name(id=name)]) if (
                name in self.syntax.units
            ):
                text = self.syntax.units[name]
            case _:
                raise self.syntax.error("is no unit", node, "Write it like [bar] or 'bar'")
        try:
            return sdk.units.Measure.of(text)
        except sdk.WellheadError as error:
            raise self.syntax.error(f"{text}: {error.message}", node, error.remedy) from None

    def _tag(self, node: ast.expr, known: Known | None) -> Typed:
        if known is None:
            raise self.syntax.error("there is no such tag", node, "Write tags as {name} or tag(17)")
        if known.textual:
            raise self.syntax.error(
                "holds texts, with which nothing is calculated", node, "Name a tag of numbers"
            )
        place = self.inputs.setdefault(known.id, len(self.inputs))
        if len(self.inputs) > MOST_INPUTS:
            raise self.syntax.error(f"uses more than {MOST_INPUTS} tags", node)
        return Typed(Input(place), sdk.units.Measure.of(known.unit))

    # --- operators and functions -----------------------------------------------------------------

    def _bool(self, op: ast.boolop, values: list[Typed]) -> Typed:
        join = operations.both if isinstance(op, ast.And) else operations.either
        return operations.all_of(join, values)

    def _compare(
        self, node: ast.Compare, sides: list[ast.expr], ops: list[ast.cmpop], depth: int
    ) -> Typed:
        values = [self.node(side, depth) for side in sides]
        found: list[Typed] = []
        for op, left, right in zip(ops, values[:-1], values[1:], strict=True):
            if type(op) not in _COMPARE:
                raise self.syntax.error("is no comparison of values", node)
            found.append(operations.compare(_COMPARE[type(op)], left, right))
        return self._bool(ast.And(), found)

    def _call(self, node: ast.Call, name: str, arguments: list[ast.expr], depth: int) -> Typed:
        if name == "tag":
            return self._tag(node, self.ids.get(self._id(node, arguments)))
        if name == "to":
            self._count(node, name, arguments, 2)
            measure = self._unit(arguments[1])
            return Typed(operations.converted(self.node(arguments[0], depth), measure), measure)
        values = [self.node(argument, depth) for argument in arguments]
        if name == "where":
            self._count(node, name, arguments, 3)
            return operations.choose(*values)
        if name == "clip":
            self._count(node, name, arguments, 3)
            above = operations.FUNCTIONS["max"].make(values[0], values[1])
            return operations.FUNCTIONS["min"].make(above, values[2])
        function = operations.FUNCTIONS.get(name)
        if function is None:
            raise self.syntax.error(
                f"there is no function {name}",
                node,
                sdk.did_you_mean(name, _NAMES),
            )
        if function.arguments is None:
            if len(values) < 2:
                raise self.syntax.error(f"{name} takes two values or more", node)
        else:
            self._count(node, name, arguments, function.arguments)
        if function.arguments is None:
            return operations.all_of(function.make, operations.alike(values))
        return function.make(*values)

    def _id(self, node: ast.expr, arguments: list[ast.expr]) -> int:
        match arguments:
            case [ast.Constant(value=int() as number)] if not isinstance(number, bool):
                return number
        raise self.syntax.error("is no tag", node, "Write tags as {name} or tag(17)")

    def _count(self, node: ast.expr, name: str, arguments: list[ast.expr], count: int) -> None:
        if len(arguments) != count:
            raise self.syntax.error(f"{name} takes {count} values, not {len(arguments)}", node)
