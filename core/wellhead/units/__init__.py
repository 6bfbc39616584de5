"""Units of the oilfield: which there are, what they measure, and numbers from one to another."""

from wellhead.units.conversion import check_unit, convert, shown_in
from wellhead.units.measure import Measure
from wellhead.units.quantities import QUANTITIES, Quantity, System, check_quantity

__all__ = [
    "QUANTITIES",
    "Measure",
    "Quantity",
    "System",
    "check_quantity",
    "check_unit",
    "convert",
    "shown_in",
]
