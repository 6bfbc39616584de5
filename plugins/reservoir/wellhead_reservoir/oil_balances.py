"""Oil in place by Havlena and Odeh: the history, the terms, the line through them, what to doubt.

Like `reservoirs`, these functions work in the caller's tenant and transaction and do not commit.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_reservoir.analyses import Outcome, keep
from wellhead_reservoir.aquifer_inputs import Influx, influx_of
from wellhead_reservoir.calc import oil_balance
from wellhead_reservoir.calc.gas_balance import pore_compressibility
from wellhead_reservoir.calc.oil_balance import Balance, Expansion, Fluids, Volumes
from wellhead_reservoir.fluids import gas_factor, oil_factor, properties_at
from wellhead_reservoir.histories import History, history_of
from wellhead_reservoir.models import OilBalance, Reservoir
from wellhead_reservoir.oil_balance_answers import Fitted, axes_of, lines_of, rows_of, warnings_of
from wellhead_reservoir.pvt.inputs import FIELD_CONDITIONS
from wellhead_reservoir.records import held_reservoir
from wellhead_reservoir.schemas.oil_balances import OilBalanceInputsSchema
from wellhead_reservoir.vocabulary import Regression, Sought

_VOLUMES = ("oil", "gas", "water", "water_injected", "gas_injected")
_FLUIDS = {"bo": "bbl/STB", "rs": "scf/STB", "bg": "bbl/scf", "bw": "bbl/STB"}
_FORMULA = "F = N·(Eo + m·Eg + (1 + m)·Efw) + We"
_SOURCE = (
    "Havlena and Odeh (1963), JPT 15, 896-900; Dake (1978), chapters 3 and 9; drive indices as "
    "Pirson (1958)"
)


def balance(data: Mapping[str, Any]) -> OilBalance:
    """Fit the line, and keep the analysis as the reservoir's next version.

    data: as `OilBalanceSchema` loads it. Raises WellheadError naming the input for what is missing
    or cannot be.
    """
    reservoir = held_reservoir(data["reservoir_id"])
    inputs = data["inputs"]
    stated = inputs["standard_conditions"]
    sent = _fluids_are_sent(inputs)
    conditions = stated if sent else FIELD_CONDITIONS
    history = history_of(reservoir, inputs, _VOLUMES, conditions)
    _check_beginning(history)
    fluids = _sent(history) if sent else _of_table(reservoir, inputs, history)
    volumes = Volumes(**{name: history.volumes[name] for name in _VOLUMES})
    _check_gas(volumes, fluids)
    terms = oil_balance.expansion(fluids, history.pressure, _squeeze(inputs))
    net = oil_balance.withdrawal(volumes, fluids)
    aquifer = None
    if inputs.get("aquifer") is not None:
        aquifer = influx_of(inputs["aquifer"], history.days, history.pressure)
    used = history.used.copy()
    used[0] = True
    m_is_fitted = inputs["gas_cap_is"] == Sought.FITTED
    found = oil_balance.balance(
        net[used],
        Expansion(terms.oil[used], terms.gas[used], terms.rock[used]),
        confidence=inputs["confidence"],
        m=None if m_is_fitted else inputs["m"],
        shape=None if aquifer is None else aquifer.shape[used],
        strength=None if aquifer is None else aquifer.strength,
        ratios=inputs["regression"] == Regression.RATIOS,
    )
    found = replace(found, influx=_influx(found, aquifer, len(net)))
    injection = oil_balance.injected(volumes, fluids)
    fitted = Fitted(history, used, net, injection, terms, found, aquifer, m_is_fitted)
    axes = axes_of(fitted)
    system = sdk.units.System(inputs["units"])
    cap = found.m * found.oil_in_place * fluids.bo[0] / fluids.bg[0]
    shown_cap = float(cap) * gas_factor(conditions, stated)
    outcome = Outcome(
        _FORMULA,
        _SOURCE,
        results=lines_of(
            fitted, oil_factor(conditions, stated), shown_cap, inputs["confidence"], system
        ),
        rows=rows_of(fitted, axes, system),
        warnings=warnings_of(fitted),
        made_from=history.words,
    )
    return keep(
        OilBalance,
        reservoir,
        OilBalanceInputsSchema().dump(inputs),
        outcome,
        data.get("remark"),
        x_axis=axes.x_title,
        y_axis=axes.y_title,
    )


def _fluids_are_sent(inputs: Mapping[str, Any]) -> bool:
    """Whether the points have the fluids' properties; raises for some that have and some not."""
    points = inputs.get("points") or []
    missing = [
        f"inputs.points.{place}.{name}"
        for place, point in enumerate(points)
        for name in _FLUIDS
        if point.get(name) is None
    ]
    if missing and len(missing) < len(points) * len(_FLUIDS):
        raise sdk.WellheadError(
            "other points have their fluid's properties, and this one lacks it",
            field=missing[0],
            remedy="Send bo, rs, bg and bw of every point, or of none, for a fluid table",
        )
    return not missing and bool(points)


def _sent(history: History) -> Fluids:
    return Fluids(
        **{
            name: np.array([point[name].to(unit) for point in history.points])
            for name, unit in _FLUIDS.items()
        }
    )


def _of_table(reservoir: Reservoir, inputs: Mapping[str, Any], history: History) -> Fluids:
    table, words = properties_at(reservoir, inputs.get("pvt_table_id"), history.pressure)
    if np.isnan(table.bo).any():
        raise sdk.WellheadError(
            "is a table without oil",
            field="inputs.pvt_table_id",
            remedy="Name a table of black oil",
        )
    history.words.append(words)
    return Fluids(bo=table.bo, rs=table.rs, bg=table.bg, bw=table.bw)


def _check_beginning(history: History) -> None:
    for name in _VOLUMES:
        if history.volumes[name][0] > 0:
            raise sdk.WellheadError(
                "the first point is the reservoir before anything was produced",
                field=f"inputs.points.0.{name}",
                value=float(history.volumes[name][0]),
                remedy="Begin with the initial pressure and no volumes",
            )


def _check_gas(volumes: Volumes, fluids: Fluids) -> None:
    """Oil brings its dissolved gas up with it: no gas at all was left out, and is not 0."""
    if not volumes.gas.any() and (volumes.oil * fluids.rs).any():
        place = int(np.flatnonzero(volumes.oil * fluids.rs)[0])
        raise sdk.WellheadError(
            "there is none, though the oil that was produced holds gas",
            field=f"inputs.points.{place}.gas",
            value=0.0,
            remedy="Send the gas produced, dissolved gas included",
        )


def _squeeze(inputs: Mapping[str, Any]) -> float:
    rock, water = (
        0.0 if inputs.get(name) is None else inputs[name].to("1/psi")
        for name in ("rock_compressibility", "water_compressibility")
    )
    return pore_compressibility(rock, water, inputs["water_saturation"])


def _influx(found: Balance, influx: Influx | None, count: int) -> sdk.Array:
    """We of all points, those that were not used too, rb."""
    if influx is None or found.strength is None:
        return np.zeros(count)
    return np.asarray(found.strength * influx.shape)
