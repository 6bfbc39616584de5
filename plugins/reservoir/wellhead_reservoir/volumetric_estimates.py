"""Volumetric estimates: oil or gas in place with its uncertainty, from inputs, rock and fluid.

Like `reservoirs`, these functions work in the caller's tenant and transaction and do not commit.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_reservoir.analyses import Outcome, keep
from wellhead_reservoir.calc import sampling, volumetrics
from wellhead_reservoir.calc.sampling import Distribution
from wellhead_reservoir.fluids import volume_factor
from wellhead_reservoir.models import Reservoir, Rock, VolumetricEstimate
from wellhead_reservoir.records import held_reservoir
from wellhead_reservoir.schemas.volumetrics import INPUTS, VolumetricInputsSchema

_FORMULAS = {
    "oil": "N = 7,758·A·h·NTG·φ·(1 − Sw)/Boi (acre, ft, STB)",
    "gas": "G = 43,560·A·h·NTG·φ·(1 − Sw)/Bgi (acre, ft, scf)",
}
_SOURCE = "Craft and Hawkins (2015), sections 3.2 and 4.2; percentiles as SPE PRMS (2018)"
_ROCK = ("net_to_gross", "porosity", "water_saturation")


def estimate(data: Mapping[str, Any]) -> VolumetricEstimate:
    """Calculate, and keep the estimate as the reservoir's next version.

    data: as `VolumetricEstimateSchema` loads it. Raises WellheadError naming the input for what is
    missing or cannot be.
    """
    reservoir = held_reservoir(data["reservoir_id"])
    inputs = data["inputs"]
    oil = inputs["fluid"] == "oil"
    words: list[str] = []
    given = _rock(reservoir, inputs, words) | _factor(reservoir, inputs, oil, words)
    distributions = {
        name: _distribution(name, given.get(name) or inputs[name])
        for name in INPUTS
        if name in given or name in inputs
        if name != ("gas_volume_factor" if oil else "oil_volume_factor")
    }
    for name, distribution in distributions.items():
        sampling.check(distribution, f"inputs.{name}")
    drawn = sampling.sample(distributions, inputs["trials"], inputs["seed"])
    in_place = _in_place(drawn, oil)
    central = _in_place({name: _central(row) for name, row in distributions.items()}, oil)
    found = Outcome(_FORMULAS[inputs["fluid"]], _SOURCE, made_from=words)
    _show(found, in_place, float(central[0]), oil, sdk.units.System(inputs["units"]))
    shares = sampling.rank_correlations(drawn, in_place)
    return keep(
        VolumetricEstimate,
        reservoir,
        VolumetricInputsSchema().dump(inputs),
        found,
        data.get("remark"),
        sensitivities=[
            {"input": name, "rank_correlation": shares[name]}
            for name in sorted(shares, key=lambda one: -abs(shares[one]))
        ],
    )


def _in_place(values: Mapping[str, sdk.Array], oil: bool) -> sdk.Array:
    volume = volumetrics.hydrocarbon_volume(
        values["area"],
        values["thickness"],
        values["net_to_gross"],
        values["porosity"],
        values["water_saturation"],
    )
    if oil:
        return volumetrics.oil_in_place(volume, values["oil_volume_factor"])
    return volumetrics.gas_in_place(volume, values["gas_volume_factor"])


def _show(
    found: Outcome, in_place: sdk.Array, central: float, oil: bool, system: sdk.units.System
) -> None:
    unit, quantity = ("STB", "oil_volume") if oil else ("scf", "gas_volume")
    curve = sampling.exceedance(in_place)
    rows = {
        "central": ("With each input at its likeliest value, or its mean", central),
        "mean": ("Mean", float(in_place.mean())),
        "p90": ("P90, the low estimate: exceeded with 90 %", float(curve[89])),
        "p50": ("P50, the median", float(curve[49])),
        "p10": ("P10, the high estimate: exceeded with 10 %", float(curve[9])),
        "standard_deviation": ("Standard deviation", float(in_place.std())),
    }
    found.results = [
        sdk.result_line(name, title, sdk.Quantity(value, unit), quantity, system)
        for name, (title, value) in rows.items()
    ]
    shown = found.results[0]["unit"]
    volumes = sdk.units.convert(curve, unit, shown)
    found.rows = [
        {"probability": float(probability), "volume": float(volume), "unit": shown}
        for probability, volume in zip(sampling.PERCENTILES, volumes, strict=True)
    ]


def _rock(
    reservoir: Reservoir, inputs: Mapping[str, Any], words: list[str]
) -> dict[str, dict[str, Any]]:
    """Distributions of what the inputs leave out and the reservoir's rock knows."""
    missing = [name for name in _ROCK if name not in inputs]
    if not missing:
        return {}
    part = inputs["rock_part"]
    rock = sdk.db.session.scalar(
        select(Rock).where(Rock.reservoir_id == reservoir.id, Rock.part == part)
    )
    found = {}
    for name in missing:
        value = None if rock is None else getattr(rock, name)
        if value is None:
            raise sdk.WellheadError(
                f"neither the inputs nor the reservoir's rock ({part}) say it",
                field=f"inputs.{name}",
                remedy="Send it, or enter the rock of the reservoir",
            )
        words.append(f"{name} {value:g} of rock {part}")
        found[name] = _constant(value, "1")
    return found


def _factor(
    reservoir: Reservoir, inputs: Mapping[str, Any], oil: bool, words: list[str]
) -> dict[str, dict[str, Any]]:
    name, column = ("oil_volume_factor", "bo") if oil else ("gas_volume_factor", "bg")
    if name in inputs:
        return {}
    value, taken = volume_factor(
        reservoir, inputs.get("pvt_table_id"), column, inputs["standard_conditions"]
    )
    words.append(taken)
    return {name: _constant(value, INPUTS[name].unit)}


def _constant(value: float, unit: str) -> dict[str, Any]:
    return {"distribution": "constant", "value": value, "unit": unit}


def _distribution(name: str, given: Mapping[str, Any]) -> Distribution:
    row = INPUTS[name]
    parameters = {
        word: sdk.Quantity(value, given["unit"]).to(row.unit)
        for word, value in given.items()
        if word not in ("distribution", "unit")
    }
    return Distribution(given["distribution"], parameters, row.low, row.high)


def _central(row: Distribution) -> sdk.Array:
    for word in ("value", "mode", "mean"):
        if word in row.parameters:
            return np.array([row.parameters[word]])
    return np.array([(row.parameters["low"] + row.parameters["high"]) / 2])
