"""An aquifer as an engineer describes it, made into the shape and strength of its influx."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wellhead import sdk
from wellhead_reservoir.calc import aquifers
from wellhead_reservoir.vocabulary import AquiferModel, Sought

_UNITS = {
    "permeability": "mD",
    "viscosity": "cP",
    "compressibility": "1/psi",
    "thickness": "ft",
    "radius": "ft",
}


@dataclass(frozen=True, slots=True)
class Influx:
    """shape: float64[n]; strength: in `unit`, None = to be fitted; shape_unit: psi or psi*d"""

    shape: sdk.Array
    shape_unit: str
    strength: float | None
    unit: str


def influx_of(given: Mapping[str, Any], days: sdk.Array, pressure: sdk.Array) -> Influx:
    """The influx of an aquifer over a history.

    given: as `AquiferSchema` loads it; days: since the first; pressure: psia
    Raises WellheadError naming the property that the model needs and has not.
    """
    model = AquiferModel(given["model"])
    steady = model is AquiferModel.SCHILTHUIS
    unit, shape_unit = ("bbl/d/psi", "psi*d") if steady else ("bbl/psi", "psi")
    aquifer = _Aquifer(given)
    if steady:
        shape = aquifers.schilthuis_shape(days, pressure)
    elif model is AquiferModel.FETKOVICH:
        shape = aquifers.fetkovich_shape(days, pressure, aquifer.time_constant())
    else:
        follow = (
            aquifers.hurst_shape if model is AquiferModel.HURST else aquifers.carter_tracy_shape
        )
        shape = follow(days, pressure, aquifer.td_per_day(), aquifer.radius_ratio())
    return Influx(shape, shape_unit, _strength(given, aquifer, model, unit), unit)


def _strength(
    given: Mapping[str, Any], aquifer: "_Aquifer", model: AquiferModel, unit: str
) -> float | None:
    if given["strength_is"] == Sought.FITTED:
        return None
    if given["strength_is"] == Sought.HELD:
        for name in ("strength", "strength_unit"):
            if given.get(name) is None:
                raise _missing(name, "a strength that is held must be sent")
        return sdk.Quantity(given["strength"], given["strength_unit"]).to(unit)
    if model is AquiferModel.SCHILTHUIS:
        raise sdk.WellheadError(
            "Schilthuis' strength does not follow from properties",
            field="inputs.aquifer.strength_is",
            value=Sought.CALCULATED.value,
            remedy="Take fitted or held, or another model",
        )
    if model is AquiferModel.FETKOVICH:
        return aquifer.fetkovich_strength()
    return aquifer.hurst_strength()


class _Aquifer:
    """Properties in the units of `calc.aquifers`, asked for when a model needs them."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def td_per_day(self) -> float:
        if self._given.get("td_per_day") is not None:
            return float(self._given["td_per_day"])
        return aquifers.td_per_day(
            self._number("permeability"),
            self._number("porosity"),
            self._number("viscosity"),
            self._number("compressibility"),
            self._number("radius"),
        )

    def time_constant(self) -> float:
        if self._given.get("time_constant") is not None:
            return float(self._given["time_constant"])
        index = aquifers.fetkovich_index(
            self._number("permeability"),
            self._number("thickness"),
            self._number("viscosity"),
            self._given["angle"],
            self._number("radius_ratio"),
        )
        return self.fetkovich_strength() / index

    def radius_ratio(self) -> float:
        ratio = self._given.get("radius_ratio")
        return aquifers.INFINITE if ratio is None else float(ratio)

    def hurst_strength(self) -> float:
        return aquifers.hurst_strength(*self._stored())

    def fetkovich_strength(self) -> float:
        return aquifers.fetkovich_strength(*self._stored(), self._number("radius_ratio"))

    def _stored(self) -> tuple[float, float, float, float, float]:
        return (
            self._number("porosity"),
            self._number("compressibility"),
            self._number("thickness"),
            self._number("radius"),
            self._given["angle"],
        )

    def _number(self, name: str) -> float:
        value = self._given.get(name)
        if value is None:
            raise _missing(name, f"the model {self._given['model']} needs it")
        return float(value.to(_UNITS[name]) if name in _UNITS else value)


def _missing(name: str, reason: str) -> sdk.WellheadError:
    return sdk.WellheadError(reason, field=f"inputs.aquifer.{name}", remedy=f"Send {name}")
