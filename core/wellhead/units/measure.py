"""Units that are calculated with: what a product, a root or a difference is measured in.

Units travel through the rest of Wellhead as texts; here they are pint's, so that an expression over
many of them is checked without writing each one down and reading it again.
"""

from decimal import Decimal
from typing import Any

from wellhead.errors import WellheadError
from wellhead.units.conversion import check_unit, line_between, parsed, registry


class Measure:
    """A unit. Two are equal when no conversion is needed between them."""

    __slots__ = ("_unit",)

    def __init__(self, unit: Any) -> None:
        self._unit = unit

    @classmethod
    def of(cls, text: str | None) -> "Measure":
        """The unit of this text; of None, that of a plain number. Raises WellheadError when there
        is no such unit."""
        return cls(registry().Unit("")) if text is None else cls(parsed(check_unit(text)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Measure) and bool(self._unit == other._unit)

    def __hash__(self) -> int:
        return hash(self._unit)

    def __str__(self) -> str:
        return f"{self._unit:~}" or "a plain number"

    def __mul__(self, other: "Measure") -> "Measure":
        return Measure(self._unit * other._unit)

    def __truediv__(self, other: "Measure") -> "Measure":
        return Measure(self._unit / other._unit)

    def __pow__(self, exponent: float) -> "Measure":
        return Measure(self._unit ** Decimal(repr(exponent)))

    @property
    def is_number(self) -> bool:
        """True for all without a dimension, percent too."""
        return bool(self._unit.dimensionless)

    @property
    def has_zero_elsewhere(self) -> bool:
        """True for degC and degF: twice such a value, or the sum of two, means nothing."""
        base = registry().get_base_units(self._unit)[1]
        return line_between(self._unit, base)[1] != 0.0

    @property
    def is_difference(self) -> bool:
        """True for delta_degC and delta_degF, which are no temperatures."""
        return "delta_" in str(self._unit)

    def difference(self) -> "Measure":
        """What two values of it differ by."""
        return Measure(parsed(f"delta_{self._unit}")) if self.has_zero_elsewhere else self

    def measures_the_same(self, other: "Measure") -> bool:
        """Whether values of one can be those of the other. Gauge and absolute pressure differ, and
        so do a temperature and a difference of two."""
        if self.has_zero_elsewhere and other.is_difference:
            return False
        if other.has_zero_elsewhere and self.is_difference:
            return False
        return bool(self._unit.dimensionality == other._unit.dimensionality)

    def line_to(self, other: "Measure") -> tuple[float, float]:
        """(factor, offset): value in `other` = value in this · factor + offset. Raises
        WellheadError when they do not measure the same."""
        if not self.measures_the_same(other):
            raise WellheadError(f"{self} cannot be converted to {other}")
        return line_between(self._unit, other._unit)
