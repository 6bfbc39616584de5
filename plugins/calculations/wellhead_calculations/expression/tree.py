"""What an expression is made of, once it is read and its units are checked."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Function = Literal[
    "neg", "not", "abs", "sqrt", "exp", "log", "log10",
    "add", "sub", "mul", "div", "pow", "min", "max",
    "lt", "le", "gt", "ge", "eq", "ne",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Input:
    """The value of a tag. place: which of the expression's inputs"""

    place: int


@dataclass(frozen=True, slots=True)
class Line:
    """A conversion: value · factor + offset."""

    of: "Node"
    factor: float
    offset: float


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of one or two values."""

    function: Function
    operands: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """`then` where `condition` is not 0, else `otherwise`. What is not chosen is not used. And,
    or are choices too."""

    condition: "Node"
    then: "Node"
    otherwise: "Node"


Node: TypeAlias = Number | Input | Line | Apply | Choice


@dataclass(frozen=True, slots=True)
class Expression:
    """root: gives values in the unit asked for; inputs: ids of tags, by place"""

    root: Node
    inputs: tuple[int, ...]
