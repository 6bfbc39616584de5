"""A gas at one pressure and temperature, from what is sent: z and what follows, nothing kept."""

from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_reservoir.calc.constants import RANKINE
from wellhead_reservoir.calc.correlations import CORRELATIONS, warnings_of
from wellhead_reservoir.pvt.columns import PROPERTIES, shown_unit
from wellhead_reservoir.pvt.gas_model import GasModel
from wellhead_reservoir.pvt.given import DEFAULT_CHOICES, Given
from wellhead_reservoir.pvt.inputs import FIELD_CONDITIONS
from wellhead_reservoir.pvt.rows import shown_warning
from wellhead_reservoir.pvt.samples import check_composition, shares_of

IMPURITIES = ("nitrogen", "carbon_dioxide", "hydrogen_sulfide")


def gas_point(data: dict[str, Any]) -> dict[str, Any]:
    """As `ZFactorSchema` shows it. data: as `ZFactorInputSchema` loads it.

    Raises WellheadError for a gas that is described twice or not at all, and for what lies outside
    of a correlation's reach.
    """
    choices = DEFAULT_CHOICES | data.get("choices", {})
    model, pressure = GasModel(_given(data), choices), data["pressure"].to("psia")
    found = {name: float(row[0]) for name, row in model.columns(np.array([pressure])).items()}
    used = model.used({"pressure": pressure, "temperature": model.temperature})
    correlations = [CORRELATIONS[gives][choices[gives]] for gives in used]
    conditions = data["standard_conditions"]
    return {
        "results": _lines(found, conditions, _system(data))
        + _reduced(model, pressure, _system(data)),
        "standard_conditions": conditions,
        "correlations": [
            {"property": row.gives, "name": row.name, "source": row.source} for row in correlations
        ],
        "warnings": [
            shown_warning(outside)
            for row in correlations
            for outside in warnings_of(row, used[row.gives])
        ],
    }


def _given(data: dict[str, Any]) -> Given:
    temperature = data["temperature"].to("degF")
    parts = data.get("gas_composition")
    if bool(parts) == ("gas_gravity" in data):
        raise sdk.WellheadError(
            "a gas is described by its gravity or by its composition",
            field="gas_gravity",
            value=data.get("gas_gravity"),
            remedy="Send one of gas_gravity and gas_composition",
        )
    if not parts:
        shares = {name: data[name] / 100 for name in IMPURITIES if name in data}
        return Given(temperature, gas_gravity=data["gas_gravity"], **shares)
    for name in IMPURITIES:
        if name in data:
            raise sdk.WellheadError(
                "is a component of the composition that was sent",
                field=name,
                value=data[name],
                remedy="Leave it out beside gas_composition",
            )
    check_composition(parts)
    shares = shares_of(parts)
    known = {name: shares.get(name, 0.0) for name in IMPURITIES}
    return Given(temperature, composition=shares, **known)


def _lines(
    found: dict[str, float], conditions: str, system: sdk.units.System
) -> list[dict[str, Any]]:
    factor = sdk.units.gas_volume_factor(FIELD_CONDITIONS, conditions)
    lines = []
    for name, value in found.items():
        column = PROPERTIES[name]
        unit = shown_unit(column, column.unit, system)
        stated = sdk.Quantity(value * factor**column.gas, column.unit).to(unit)
        lines.append({"name": name, "title": column.title, "value": stated, "unit": unit})
    return lines


def _reduced(model: GasModel, pressure: float, system: sdk.units.System) -> list[dict[str, Any]]:
    """The pseudo-critical point and how far from it, where z is by it."""
    molar = ("molar_mass", "Molar mass of gas", sdk.Quantity(model.mass, "g/mol"), None)
    rows: list[tuple[str, str, sdk.Quantity, str | None]] = [molar]
    if model.by_chart:
        rows += [
            (
                "critical_pressure",
                "Pseudo-critical pressure",
                sdk.Quantity(model.critical_pressure, "psia"),
                "absolute_pressure",
            ),
            (
                "critical_temperature",
                "Pseudo-critical temperature",
                sdk.Quantity(model.critical_temperature - RANKINE, "degF"),
                "temperature",
            ),
            (
                "reduced_pressure",
                "Reduced pressure",
                sdk.Quantity(pressure / model.critical_pressure, "1"),
                None,
            ),
            (
                "reduced_temperature",
                "Reduced temperature",
                sdk.Quantity(model.reduced_temperature, "1"),
                None,
            ),
        ]
    return [sdk.result_line(*row, system) for row in rows]


def _system(data: dict[str, Any]) -> sdk.units.System:
    """As asked for; else oilfield where the pressure is in psia."""
    if "units" in data:
        return sdk.units.System(data["units"])
    oilfield = data["pressure"].unit == sdk.units.QUANTITIES["absolute_pressure"].oilfield
    return sdk.units.System.OILFIELD if oilfield else sdk.units.System.METRIC
