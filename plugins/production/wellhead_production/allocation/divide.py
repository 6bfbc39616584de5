"""A network's day divided: pure, from inputs as they are kept with each version.

inputs: `{"liquid_unit", "gas_unit", "decimals", "wells": […], "meters": […]}`
    a well: `well_id`, `name`, `hours_on` (None = not known), `oil`, `gas`, `water` (Sm3/d of its
    test at the network's conditions, None = the test does not say), `tested_at` (None = no test)
    a meter: `name`, `fluid`, `sign`, `volume` in `unit`, `coverage` (percent; None = entered)
Wells are in the order of their ids, which decides who has the unit of two equal remainders.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wellhead import sdk
from wellhead_production.calc.allocation import Allocated, allocate, rounded, theoretical_volume
from wellhead_production.vocabulary import CANONICAL_VOLUME, Fluid

Inputs = Mapping[str, Any]
FULL = 99.95
"""Percent of a day from which on a meter's total counts as whole."""


@dataclass(frozen=True, slots=True)
class Divided:
    """balances: a fluid that is metered each, as `AllocationDay` keeps them
    volumes: a well each: `well_id`, `hours_on`, `theoretical_oil`, `oil` …; None of a fluid that is
        not metered, and of one that no well could be given: its daily record stays as it is
    warnings: what should be looked at, in words
    """

    balances: list[dict[str, Any]]
    volumes: list[dict[str, Any]]
    warnings: list[str]


def divide(inputs: Inputs) -> Divided:
    """The day's allocation, of each fluid that a meter measures. Raises WellheadError for volumes
    that cannot be divided: less than nothing in all."""
    wells: Sequence[Mapping[str, Any]] = inputs["wells"]
    volumes: list[dict[str, Any]] = [
        {"well_id": well["well_id"], "hours_on": well["hours_on"]} for well in wells
    ]
    warnings = [*_of_meters(inputs["meters"]), *_of_wells(wells)]
    balances = []
    for fluid in Fluid:
        meters = [meter for meter in inputs["meters"] if meter["fluid"] == fluid]
        found = _allocated(inputs, meters, fluid, warnings) if meters else None
        for place, row in enumerate(volumes):
            row[f"theoretical_{fluid}"] = found and found[0][place]
            given = found is not None and not found[1].unallocated
            row[str(fluid)] = found[1].shares[place] if found and given else None
        if found:
            balances.append(_balance(found[1], fluid, unit_of(inputs, fluid)))
    return Divided(balances, volumes, warnings)


def unit_of(inputs: Inputs, fluid: str) -> str:
    """The unit that the network's volumes of a fluid are in."""
    unit: str = inputs["gas_unit" if fluid == Fluid.GAS else "liquid_unit"]
    return unit


def _allocated(
    inputs: Inputs, meters: Sequence[Mapping[str, Any]], fluid: Fluid, warnings: list[str]
) -> tuple[list[float], Allocated]:
    unit = unit_of(inputs, fluid)
    parts = [
        meter["sign"] * sdk.units.convert(float(meter["volume"]), meter["unit"], unit)
        for meter in meters
    ]
    measured = rounded(math.fsum(parts), inputs["decimals"])
    factor = sdk.units.convert(1.0, CANONICAL_VOLUME, unit)
    theoretical = []
    for well in inputs["wells"]:
        rate, hours = well[str(fluid)], well["hours_on"]
        if hours and rate is None and well["tested_at"] is not None:
            warnings.append(f"well {well['name']}: its test says nothing of {fluid}")
        theoretical.append(theoretical_volume((rate or 0.0) * factor, hours or 0.0))
    found = allocate(measured, theoretical, inputs["decimals"])
    if found.unallocated:
        warnings.append(
            f"{fluid}: {found.unallocated} {unit} measured, and no well could have made any"
        )
    return theoretical, found


def _balance(found: Allocated, fluid: str, unit: str) -> dict[str, Any]:
    return {
        "fluid": str(fluid),
        "unit": unit,
        "measured": float(found.measured),
        "theoretical": found.theoretical,
        "factor": found.factor,
        "unallocated": float(found.unallocated),
    }


def _of_meters(meters: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"meter {meter['name']}: {meter['coverage']:.1f} % of the day is known"
        for meter in meters
        if meter["coverage"] is not None and meter["coverage"] < FULL
    ]


def _of_wells(wells: Sequence[Mapping[str, Any]]) -> list[str]:
    words = []
    for well in wells:
        if well["hours_on"] is None:
            words.append(f"well {well['name']}: no daily record with its hours on")
        elif well["hours_on"] and well["tested_at"] is None:
            words.append(f"well {well['name']}: no validated test at or before the day")
    return words
