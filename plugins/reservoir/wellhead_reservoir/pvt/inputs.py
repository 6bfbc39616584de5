"""What a fluid table is made from: the correlation set's own numbers, and where it has none the
sample's and the reservoir's, each with a word on where it is from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wellhead import sdk
from wellhead_reservoir.models import CorrelationSet, PvtSample, Reservoir
from wellhead_reservoir.pvt.given import Given
from wellhead_reservoir.pvt.samples import absolute_pressure, composition
from wellhead_reservoir.vocabulary import HeldTo, Phase

FIELD_CONDITIONS = "60F_14.696psia"
"""Those of the correlations' scf and STB."""


@dataclass(frozen=True, slots=True)
class _Input:
    """A number of `Given`

    oil: only a table of oil has it; gas_volume: conditions matter; held: the sample's is left out
    of a set whose oil is held to nothing
    """

    name: str
    title: str
    unit: str
    oil: bool = False
    gas_volume: bool = False
    held: bool = False


_INPUTS = (
    _Input("temperature", "Temperature of the reservoir", "degF"),
    _Input("oil_gravity", "Gravity of stock tank oil", "degAPI", oil=True),
    _Input("gas_gravity", "Gravity of gas to air", "1"),
    _Input("solution_gor", "Gas in solution at the bubble point", "scf/STB", True, True),
    _Input("bubble_point", "Bubble point", "psia", oil=True, held=True),
    _Input("oil_volume", "Formation volume factor at the bubble point", "bbl/STB", True, held=True),
    _Input("oil_viscosity", "Viscosity at the bubble point", "cP", oil=True, held=True),
    _Input("separator_pressure", "Pressure of the separator", "psia", oil=True),
    _Input("separator_temperature", "Temperature of the separator", "degF", oil=True),
    _Input("nitrogen", "Nitrogen in the gas", "%"),
    _Input("carbon_dioxide", "Carbon dioxide in the gas", "%"),
    _Input("hydrogen_sulfide", "Hydrogen sulfide in the gas", "%"),
    _Input("salinity", "Salt in the water", "%"),
)
_IMPURITIES = ("nitrogen", "carbon_dioxide", "hydrogen_sulfide")
_NEEDED_BY_GAS = ("gas_gravity", *_IMPURITIES)


def gather(
    record: CorrelationSet, sample: PvtSample | None, reservoir: Reservoir
) -> tuple[Given, list[dict[str, Any]]]:
    """(what `black_oil` takes, lines that people read: name, title, value, unit, source).

    Raises WellheadError without a temperature.
    """
    lines: list[dict[str, Any]] = []
    values: dict[str, float] = {}
    mixture = composition(sample) if sample is not None else None
    for row in _INPUTS:
        if row.oil and record.fluid != Phase.OIL:
            continue
        if row.name in _NEEDED_BY_GAS and record.fluid == Phase.WATER:
            continue
        for source, look in _sources(record, sample, reservoir, mixture):
            value = look(row)
            if value is not None:
                values[row.name] = value
                lines.append(_line(row, value, source))
                break
    if "temperature" not in values:
        raise sdk.WellheadError(
            "neither the set, its sample nor the reservoir has a temperature",
            field="temperature",
            remedy="Send temperature with the correlation set",
        )
    shares = {name: values.pop(name) / 100 for name in _IMPURITIES if name in values}
    of_gas = mixture if record.fluid != Phase.WATER else None
    return Given(**values, **shares, composition=of_gas), lines


def _sources(
    record: CorrelationSet,
    sample: PvtSample | None,
    reservoir: Reservoir,
    mixture: dict[str, float] | None,
) -> list[tuple[str, Callable[[_Input], float | None]]]:
    """Where a number may be from, in the order that they are asked in."""
    found: list[tuple[str, Callable[[_Input], float | None]]] = [
        ("correlation set", lambda row: _number(record, row))
    ]
    if sample is not None:
        free = record.held_to == HeldTo.NOTHING
        found.append((f"sample {sample.name}", lambda row: _of_sample(sample, row, free)))
    if mixture is not None:
        word = "composition of the sample"
        found.append((word, lambda row: _of_mixture(mixture, row)))
    found.append(("reservoir", lambda row: _number(reservoir, row)))
    return found


def _number(record: Any, row: _Input) -> float | None:
    """The record's number in the row's unit and at the field's conditions; None for none."""
    value = getattr(record, row.name, None)
    if isinstance(value, sdk.Quantity):
        value = value.to(row.unit)
    if value is None or not row.gas_volume:
        return value
    return float(value) * sdk.units.gas_volume_factor(record.standard_conditions, FIELD_CONDITIONS)


def _of_sample(sample: PvtSample, row: _Input, free: bool) -> float | None:
    if free and row.held:
        return None
    if row.unit == "psia":
        return absolute_pressure(sample, row.name)
    return _number(sample, row)


def _of_mixture(mixture: dict[str, float], row: _Input) -> float | None:
    return mixture.get(row.name, 0.0) * 100 if row.name in _IMPURITIES else None


def _line(row: _Input, value: float, source: str) -> dict[str, Any]:
    conditions = FIELD_CONDITIONS if row.gas_volume else None
    return {
        "name": row.name,
        "title": row.title,
        "value": value,
        "unit": row.unit,
        "standard_conditions": conditions,
        "source": source,
    }
