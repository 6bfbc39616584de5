"""Gas in place by p/z: the history, the line through it, and what to doubt.

Like `reservoirs`, these functions work in the caller's tenant and transaction and do not commit.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_reservoir.analyses import Outcome, keep
from wellhead_reservoir.calc import gas_balance
from wellhead_reservoir.fluids import properties_at
from wellhead_reservoir.histories import History, history_of
from wellhead_reservoir.models import GasBalance, Reservoir
from wellhead_reservoir.records import held_reservoir
from wellhead_reservoir.schemas.gas_balances import GasBalanceInputsSchema

_SOURCE = "Dake (1978), section 1.7; Ramagost and Farshad (1981), SPE 10125; Fieller (1954)"


def balance(data: Mapping[str, Any]) -> GasBalance:
    """Fit the line, and keep the analysis as the reservoir's next version.

    data: as `GasBalanceSchema` loads it. Raises WellheadError naming the input for what is missing
    or cannot be.
    """
    reservoir = held_reservoir(data["reservoir_id"])
    inputs = data["inputs"]
    history = history_of(reservoir, inputs, ("gas",), inputs["standard_conditions"])
    words = history.words
    z = _z(reservoir, inputs, [point.get("z") for point in history.points], history.pressure, words)
    ratio = gas_balance.p_over_z(history.pressure, z)
    initial = _initial(reservoir, inputs, history)
    squeeze = _squeeze(inputs)
    straight = gas_balance.corrected(ratio, history.pressure, initial, squeeze)
    used = history.used.copy()
    used[0] = True
    line = gas_balance.line(
        straight[used],
        history.volumes["gas"][used],
        inputs["confidence"],
        float(straight[0]) if inputs["hold_initial"] else None,
    )
    found = Outcome(
        "p/z·(1 − ce·(pi − p)) = (p/z)i·(1 − Gp/G), ce = (cf + cw·Sw)/(1 − Sw)"
        if squeeze
        else "p/z = (p/z)i·(1 − Gp/G)",
        _SOURCE,
        warnings=_warnings(reservoir, line, initial, squeeze),
        made_from=words,
    )
    system = sdk.units.System(inputs["units"])
    found.results = _lines(line, float(history.volumes["gas"][-1]), inputs["confidence"], system)
    found.results += _recoverable(reservoir, inputs, line, initial, squeeze, system, words)
    found.rows = _rows(history, z, ratio, straight, used, line, system)
    shown = GasBalanceInputsSchema().dump(inputs)
    return keep(GasBalance, reservoir, shown, found, data.get("remark"))


def _initial(reservoir: Reservoir, inputs: Mapping[str, Any], history: History) -> float:
    """psia before anything was produced: the first point's, or the reservoir's where gas had been
    produced by then."""
    if history.volumes["gas"][0] == 0:
        return float(history.pressure[0])
    if inputs["hold_initial"]:
        raise sdk.WellheadError(
            "gas had been produced at the first point, so the line does not begin there",
            field="inputs.hold_initial",
            value=True,
            remedy="Begin with the initial pressure and no gas, or fit the line to all points",
        )
    if reservoir.initial_pressure is None:
        return float(history.pressure[0])
    history.words.append("initial pressure of the reservoir")
    return reservoir.initial_pressure.to("psia")


def _z(
    reservoir: Reservoir,
    inputs: Mapping[str, Any],
    given: list[float | None],
    pressure: sdk.Array,
    words: list[str],
) -> sdk.Array:
    z = np.array(given, np.float64)
    missing = np.isnan(z)
    if missing.any():
        table, taken = properties_at(reservoir, inputs.get("pvt_table_id"), pressure[missing])
        z[missing] = table.z
        words.append(f"z of {taken}")
    return z


def _squeeze(inputs: Mapping[str, Any]) -> float:
    if inputs.get("rock_compressibility") is None:
        return 0.0
    names = ("water_compressibility", "water_saturation")
    for name in names:
        if inputs.get(name) is None:
            raise sdk.WellheadError(
                "the correction for rock takes it in too",
                field=f"inputs.{name}",
                remedy=f"Send {' and '.join(names)}, 0 for none, or no rock_compressibility",
            )
    return gas_balance.pore_compressibility(
        inputs["rock_compressibility"].to("1/psi"),
        inputs["water_compressibility"].to("1/psi"),
        inputs["water_saturation"],
    )


def _lines(
    line: gas_balance.GasLine, produced: float, confidence: float, system: sdk.units.System
) -> list[dict[str, Any]]:
    share = f"{100 * confidence:g} % confidence"
    volumes: list[tuple[str, str, float | None]] = [
        ("gas_in_place", "Gas initially in place, G", line.gas_in_place),
        ("gas_in_place_low", f"Its lower bound, {share}", line.low),
        ("gas_in_place_high", f"Its upper bound, {share}", line.high),
        ("gas_produced", "Gas produced", produced),
    ]
    return [
        *(
            sdk.result_line(name, title, sdk.Quantity(value, "scf"), "gas_volume", system)
            for name, title, value in volumes
            if value is not None
        ),
        sdk.result_line(
            "initial_p_over_z",
            "(p/z)i of the line",
            sdk.Quantity(line.initial, "psia"),
            "absolute_pressure",
            system,
        ),
        _plain("recovery_factor", "Produced over in place", produced / line.gas_in_place, system),
        _plain("r_squared", "R² of the line", line.fit.r_squared, system),
    ]


def _recoverable(
    reservoir: Reservoir,
    inputs: Mapping[str, Any],
    line: gas_balance.GasLine,
    initial: float,
    squeeze: float,
    system: sdk.units.System,
    words: list[str],
) -> list[dict[str, Any]]:
    if inputs.get("abandonment_pressure") is None:
        return []
    pressure = np.array([inputs["abandonment_pressure"].to("psia")])
    z = _z(reservoir, inputs, [inputs.get("abandonment_z")], pressure, words)
    ratio = gas_balance.corrected(gas_balance.p_over_z(pressure, z), pressure, initial, squeeze)
    volume, fraction = gas_balance.recovery_at(line, float(ratio[0]))
    if volume < 0:
        raise sdk.WellheadError(
            "lies above the beginning of the line: nothing would be produced down to it",
            field="inputs.abandonment_pressure",
            value=float(pressure[0]),
            remedy="Correct the pressure or its unit, or abandonment_z",
        )
    quantity = sdk.Quantity(volume, "scf")
    return [
        sdk.result_line(
            "recoverable_gas", "Gas produced at abandonment", quantity, "gas_volume", system
        ),
        _plain("ultimate_recovery_factor", "Recovery factor at abandonment", fraction, system),
    ]


def _plain(name: str, title: str, value: float, system: sdk.units.System) -> dict[str, Any]:
    return sdk.result_line(name, title, sdk.Quantity(value, "1"), None, system)


def _warnings(
    reservoir: Reservoir, line: gas_balance.GasLine, initial: float, squeeze: float
) -> list[str]:
    warnings = []
    if reservoir.datum_depth and reservoir.depth_unit and not squeeze:
        depth = sdk.Quantity(reservoir.datum_depth, reservoir.depth_unit).to("ft")
        if depth > 0 and initial / depth > gas_balance.OVERPRESSURED:
            warnings.append(
                f"Overpressured, {initial / depth:.2f} psi/ft to the datum: while rock and water "
                "expand the line is too flat and the gas in place too large. Send "
                "rock_compressibility"
            )
    if line.curvature == "down":
        warnings.append(
            "The points bend down: p/z falls ever faster, as in an overpressured reservoir"
        )
    if line.curvature == "up":
        warnings.append("The points bend up: an aquifer or another reservoir may feed this one")
    if line.low is None or line.high is None:
        warnings.append("The points do not bound the gas in place: p/z has hardly fallen")
    return warnings


def _rows(
    history: History,
    z: sdk.Array,
    ratio: sdk.Array,
    straight: sdk.Array,
    used: Any,
    line: gas_balance.GasLine,
    system: sdk.units.System,
) -> list[dict[str, Any]]:
    y_unit = sdk.units.QUANTITIES["absolute_pressure"].unit(system)
    x_unit = sdk.units.QUANTITIES["gas_volume"].unit(system)
    produced = history.volumes["gas"]
    columns = {
        "pressure": sdk.units.convert(history.pressure, "psia", y_unit),
        "z": z,
        "p_over_z": sdk.units.convert(ratio, "psia", y_unit),
        "x": sdk.units.convert(produced, "scf", x_unit),
        "y": sdk.units.convert(straight, "psia", y_unit),
        "line": sdk.units.convert(line.initial + line.slope * produced, "psia", y_unit),
    }
    return [
        {
            "date": date.isoformat(),
            "used": bool(used[place]),
            "x_unit": x_unit,
            "y_unit": y_unit,
            **{name: float(column[place]) for name, column in columns.items()},
        }
        for place, date in enumerate(history.dates)
    ]
