"""An expression over columns: values and how good they are, without an exception for any of them.

The quality of a result is the worst of the inputs that were used for it: of a choice, those of the
condition and of the branch taken. What cannot be calculated (a division by zero, a root of a
negative number, an overflow) has no value and is bad, and so is a result without an input.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_calculations.expression.tree import Apply, Choice, Expression, Input, Line, Node

NOT_CALCULABLE = np.int16(sdk.quality.BAD_CONFIGURATION)
_UNUSED = np.int16(0xFF)  # better than any: what stands for "no input was used"
_CODE = np.int16(0xFF)  # above it are a vendor's own bits
_Part: TypeAlias = tuple[Any, Any]

_FUNCTIONS: dict[str, Any] = {
    "neg": np.negative, "abs": np.abs, "sqrt": np.sqrt, "exp": np.exp, "log": np.log,
    "log10": np.log10, "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide,
    "pow": np.power, "min": np.minimum, "max": np.maximum,
}  # fmt: skip
_TESTS: dict[str, Any] = {
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    "eq": np.equal, "ne": np.not_equal,
}  # fmt: skip


def evaluate(
    expression: Expression,
    values: Sequence[npt.NDArray[np.float64]],
    qualities: Sequence[npt.NDArray[np.int16]],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int16]]:
    """(values, qualities), float64[n] and int16[n], of inputs by place, all of length n."""
    count = len(values[0])
    codes = [quality & _CODE for quality in qualities]
    with np.errstate(all="ignore"):
        found, worst = _part(expression.root, values, codes)
    result = np.array(np.broadcast_to(found, count), np.float64)
    quality = np.array(np.broadcast_to(worst, count), np.int16)
    quality[quality == _UNUSED] = sdk.quality.GOOD
    lost = ~np.isfinite(result)
    result[lost] = np.nan
    quality[lost & (quality & sdk.quality.STATUS_MASK != 0)] = NOT_CALCULABLE
    return result, quality


def _part(node: Node, values: Sequence[Any], qualities: Sequence[Any]) -> _Part:
    match node:
        case Input(place):
            return values[place], qualities[place]
        case Line(of, factor, offset):
            found, quality = _part(of, values, qualities)
            return found * factor + offset, quality
        case Choice():
            return _choice(node, values, qualities)
        case Apply(function, operands):
            parts = [_part(operand, values, qualities) for operand in operands]
            worst = parts[0][1] if len(parts) == 1 else np.minimum(parts[0][1], parts[1][1])
            return _applied(function, [found for found, _ in parts]), worst
        case _:
            return np.float64(node.value), _UNUSED


def _applied(function: str, operands: Sequence[Any]) -> Any:
    """Tests answer 1 or 0, and NaN of NaN: nobody knows whether it is more than 5."""
    if function in _FUNCTIONS:
        return _FUNCTIONS[function](*operands)
    if function == "not":
        return np.where(np.isnan(operands[0]), np.nan, operands[0] == 0)
    left, right = operands
    unknown = np.isnan(left) | np.isnan(right)
    return np.where(unknown, np.nan, _TESTS[function](left, right))


def _choice(node: Choice, values: Sequence[Any], qualities: Sequence[Any]) -> _Part:
    test, test_quality = _part(node.condition, values, qualities)
    then, then_quality = _part(node.then, values, qualities)
    other, other_quality = _part(node.otherwise, values, qualities)
    unknown, yes = np.isnan(test), test != 0
    found = np.where(unknown, np.nan, np.where(yes, then, other))
    used = np.where(unknown, _UNUSED, np.where(yes, then_quality, other_quality))
    return found, np.minimum(test_quality, used)
