"""Material balance of an oil reservoir as straight lines: F = N·Et + We.

Everything is in reservoir barrels: what has left the reservoir on one side, what has expanded and
flowed in on the other. Which of the oil N, the gas cap's size m and the aquifer's strength are
sought, and which are held, is the engineer's choice; each choice is a linear regression.

Sources: Havlena and Odeh, The material balance as an equation of a straight line, JPT 15 (1963)
896-900; Dake, Fundamentals of Reservoir Engineering (1978), chapter 3; Pirson, Elements of Oil
Reservoir Engineering (1958), for the drive indices.
"""

from dataclasses import dataclass

import numpy as np

from wellhead import sdk
from wellhead_reservoir.calc.straight_lines import LinearFit, least_squares

ILL_CONDITIONED = 30.0
"""Condition of the regression from which its unknowns are hardly told apart (Belsley, Kuh and
Welsch 1980)."""


@dataclass(frozen=True, slots=True)
class Fluids:
    """Properties at each pressure, float64[n]; the first is the initial pressure.

    bo, bw: rb/STB; bg: rb/scf; rs: scf/STB
    """

    bo: sdk.Array
    rs: sdk.Array
    bg: sdk.Array
    bw: sdk.Array


@dataclass(frozen=True, slots=True)
class Volumes:
    """What was produced and injected up to each pressure, float64[n]; 0 at the first.

    oil, water, water_injected: STB; gas, gas_injected: scf
    """

    oil: sdk.Array
    gas: sdk.Array
    water: sdk.Array
    water_injected: sdk.Array
    gas_injected: sdk.Array


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a stock-tank barrel of oil in place makes room for, rb/STB, float64[n].

    oil: of oil and the gas dissolved in it, Eo; gas: of a gas cap as large as the oil, Eg;
    rock: of rock and connate water, Efw
    """

    oil: sdk.Array
    gas: sdk.Array
    rock: sdk.Array

    def total(self, m: float) -> sdk.Array:
        """Et = Eo + m·Eg + (1 + m)·Efw."""
        return self.oil + m * self.gas + (1 + m) * self.rock


@dataclass(frozen=True, slots=True)
class Balance:
    """oil_in_place: STB; m: gas cap over oil, both at reservoir conditions; strength: of the
    aquifer, rb per unit of its shape; each with (low, high), None where it was held or where the
    points do not bound it. influx: We, rb, float64[n]; fit: of the points after the first"""

    oil_in_place: float
    oil_interval: tuple[float, float]
    m: float
    m_interval: tuple[float, float] | None
    strength: float | None
    strength_interval: tuple[float, float] | None
    influx: sdk.Array
    fit: LinearFit


def withdrawal(volumes: Volumes, fluids: Fluids) -> sdk.Array:
    """rb that have left the reservoir on balance: F = Np·(Bo − Rs·Bg) + Gp·Bg + Wp·Bw − injected
    water and gas at reservoir conditions. With Gp = Np·Rp it is Np·(Bo + (Rp − Rs)·Bg) + Wp·Bw."""
    return voidage(volumes, fluids) - injected(volumes, fluids)


def voidage(volumes: Volumes, fluids: Fluids) -> sdk.Array:
    """rb produced."""
    free = volumes.gas - volumes.oil * fluids.rs
    return volumes.oil * fluids.bo + free * fluids.bg + volumes.water * fluids.bw


def injected(volumes: Volumes, fluids: Fluids) -> sdk.Array:
    """rb injected, at the reservoir's pressure."""
    return volumes.water_injected * fluids.bw + volumes.gas_injected * fluids.bg


def expansion(fluids: Fluids, pressure: sdk.Array, pore_compressibility: float) -> Expansion:
    """Eo = Bo − Boi + (Rsi − Rs)·Bg; Eg = Boi·(Bg/Bgi − 1); Efw = Boi·ce·(pi − p).

    pressure: psia, float64[n]; pore_compressibility: (cf + cw·Sw)/(1 − Sw), 1/psi
    """
    boi, rsi, bgi = fluids.bo[0], fluids.rs[0], fluids.bg[0]
    return Expansion(
        fluids.bo - boi + (rsi - fluids.rs) * fluids.bg,
        boi * (fluids.bg / bgi - 1),
        boi * pore_compressibility * (pressure[0] - pressure),
    )


def balance(
    net: sdk.Array,
    expanded: Expansion,
    *,
    confidence: float,
    m: float | None = 0.0,
    shape: sdk.Array | None = None,
    strength: float | None = None,
    ratios: bool = True,
) -> Balance:
    """N, and m and the aquifer's strength where they are not given, by least squares.

    net: F, rb, float64[n], 0 at the first; m: held, None = sought; shape: of `aquifers`,
        float64[n], None = no aquifer; strength: held, None = sought
    ratios: where more than N is sought, the line is that of the usual plots, F/E against Eg/E or
        S/E, in which early points count as much as late ones; False = of F itself
    Raises WellheadError for too few points, for unknowns that they cannot tell apart, and for a
    result that cannot be: oil, gas cap or aquifer below zero.
    """
    later = slice(1, None)
    columns = [expanded.total(m)] if m is not None else [
        expanded.oil + expanded.rock,
        expanded.gas + expanded.rock,
    ]  # fmt: skip
    held = strength
    explained = net
    if shape is not None and held is None:
        columns.append(shape)
    elif shape is not None and held is not None:
        explained = net - held * shape
    share = columns[0][later] if ratios and len(columns) > 1 else np.ones(len(net) - 1)
    if not (share > 0).all():
        raise sdk.WellheadError(
            "nothing has expanded at a point after the first",
            field="points",
            remedy="Leave out points above the initial pressure, or take regression volumes",
        )
    fit = least_squares(np.column_stack(columns)[later] / share[:, None], explained[later] / share)
    oil = float(fit.coefficients[0])
    _refuse_negative("oil_in_place", oil, zero=True)
    m_interval = strength_interval = None
    if m is None:
        m = float(fit.coefficients[1]) / oil
        _refuse_negative("m", m)
        m_interval = fit.ratio_interval(1, 0, confidence) if fit.freedom else None
    if shape is not None and held is None:
        strength = float(fit.coefficients[-1])
        _refuse_negative("aquifer.strength", strength)
        strength_interval = fit.interval(len(columns) - 1, confidence)
    influx = np.zeros_like(net) if shape is None or strength is None else strength * shape
    return Balance(
        oil, fit.interval(0, confidence), m, m_interval, strength, strength_interval, influx, fit
    )


def _refuse_negative(name: str, value: float, *, zero: bool = False) -> None:
    if value < 0 or (zero and value == 0):
        raise sdk.WellheadError(
            "came out below zero: the model does not agree with the points",
            field=name,
            value=value,
            remedy="Take another model (gas cap, aquifer), or hold this number",
        )


def drive_indices(
    found: Balance, expanded: Expansion, injection: sdk.Array
) -> dict[str, sdk.Array]:
    """Shares of what pushed the fluids out, float64[n], 1 in sum; NaN where nothing did.

    depletion: N·Eo; gas_cap: N·m·Eg; rock_and_water: N·(1 + m)·Efw; aquifer: We; injection: rb
    that were injected (`injected`). The shares are of the fitted sum, which is the voidage but for
    the residual of the fit.
    """
    parts = {
        "depletion": found.oil_in_place * expanded.oil,
        "gas_cap": found.oil_in_place * found.m * expanded.gas,
        "rock_and_water": found.oil_in_place * (1 + found.m) * expanded.rock,
        "aquifer": found.influx,
        "injection": injection,
    }
    total = np.sum(list(parts.values()), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {name: np.where(total > 0, part / total, np.nan) for name, part in parts.items()}
