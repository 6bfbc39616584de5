"""Units of the oilfield: which there are, what they measure, and numbers from one to another."""

from wellhead.units.conversion import check_unit, convert, shown_in
from wellhead.units.crude_oil import (
    api_of_density,
    base_density,
    crude_vcf,
    density_of_api,
    oil_volume_factor,
)
from wellhead.units.measure import Measure
from wellhead.units.quantities import QUANTITIES, Quantity, System, check_quantity
from wellhead.units.standard_conditions import (
    STANDARD_CONDITIONS,
    StandardConditions,
    check_conditions,
    gas_volume_factor,
)

__all__ = [
    "QUANTITIES",
    "STANDARD_CONDITIONS",
    "Measure",
    "Quantity",
    "StandardConditions",
    "System",
    "api_of_density",
    "base_density",
    "check_conditions",
    "check_quantity",
    "check_unit",
    "convert",
    "crude_vcf",
    "density_of_api",
    "gas_volume_factor",
    "oil_volume_factor",
    "shown_in",
]
