"""z of a gas: by its reduced pressure and temperature, or by its composition.

Dranchuk and Abou-Kassem (1975), JCPT 14(3), 34-36, and Hall and Yarborough (1973), Oil & Gas
Journal 71(25), 82-92, are equations for the chart of Standing and Katz (1942). Both are solved for
the density by halving an interval that holds it, 60 times: it ends at the last digit, where
Newton's way is known to run off near the critical point.

AGA8 (American Gas Association report 8, parts 1 DETAIL and 2 GERG-2008, 2017) takes the composition
and is the library pyaga8's, which is NIST's own code.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from wellhead.sdk import Array, Numbers, WellheadError, within
from wellhead_reservoir.calc.constants import RANKINE

COMPONENTS = {
    "methane": 16.04246,
    "nitrogen": 28.0134,
    "carbon_dioxide": 44.0095,
    "ethane": 30.06904,
    "propane": 44.09562,
    "isobutane": 58.1222,
    "n_butane": 58.1222,
    "isopentane": 72.14878,
    "n_pentane": 72.14878,
    "hexane": 86.17536,
    "heptane": 100.20194,
    "octane": 114.22852,
    "nonane": 128.2551,
    "decane": 142.28168,
    "hydrogen": 2.01588,
    "oxygen": 31.9988,
    "carbon_monoxide": 28.0101,
    "water": 18.01528,
    "hydrogen_sulfide": 34.08088,
    "helium": 4.002602,
    "argon": 39.948,
}
"""AGA8's components with their molar masses in g/mol. Heavier ones count as decane."""


def dranchuk_abou_kassem(pressure: Numbers, temperature: Numbers) -> Array:
    """z by eleven constants fitted to 1,500 points of the chart, 0.5 % off on average.

    pressure: reduced, 0 to 30; temperature: reduced, 1 to 3. Below 1.05 and near a pressure of 1
    it is up to 13 % off.
    """
    reduced = within("reduced_pressure", pressure, 0, 30, "")
    warm = within("reduced_temperature", temperature, 1, 3, "")
    first = 0.3265 - 1.07 / warm - 0.5339 / warm**3 + 0.01569 / warm**4 - 0.05165 / warm**5
    pair = -0.7361 / warm + 0.1844 / warm**2
    second = 0.5475 + pair

    def z(density: Array) -> Array:
        square = density**2
        tail = 0.6134 * (1 + 0.7210 * square) * square / warm**3 * np.exp(-0.7210 * square)
        return 1 + first * density + second * square - 0.1056 * pair * density**5 + tail

    density = _root(lambda at: at * z(at) * warm / 0.27 - reduced, 4.0, (reduced + warm).shape)
    return z(density)


def hall_yarborough(pressure: Numbers, temperature: Numbers) -> Array:
    """z by the hard spheres of Carnahan and Starling, fitted to the chart.

    pressure: reduced, 0 to 30; temperature: reduced, 1 to 3. Its authors tried it to 24.
    """
    reduced = within("reduced_pressure", pressure, 0, 30, "")
    t = 1 / within("reduced_temperature", temperature, 1, 3, "")
    scale = 0.06125 * t * np.exp(-1.2 * (1 - t) ** 2)
    second = 14.76 * t - 9.76 * t**2 + 4.58 * t**3
    third, power = 90.7 * t - 242.2 * t**2 + 42.4 * t**3, 2.18 + 2.82 * t

    def z(y: Array) -> Array:
        hard = (1 + y + y**2 - y**3) / (1 - y) ** 3
        return hard - second * y + third * y ** (power - 1)

    y = _root(lambda at: at * z(at) / scale - reduced, 0.99, (reduced + t).shape)
    return z(y)


def _root(function: Callable[[Array], Array], most: float, shape: tuple[int, ...]) -> Array:
    """Where a rising function is 0 between 0 and `most`."""
    low: Array = np.zeros(shape)
    high: Array = np.full(shape, most)
    for _ in range(60):
        middle = (low + high) / 2
        above = function(middle) > 0
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return high


def aga8(
    pressure: Numbers, temperature: float, composition: Mapping[str, float], *, gerg: bool = False
) -> Array:
    """z of a gas of this composition by AGA8 DETAIL, or by GERG-2008.

    pressure: psia, above 0 to 20,000; temperature: °F, −200 to 400
    composition: mole fractions by the names of `COMPONENTS`; made to sum up to 1
    Raises WellheadError for other components, and with the pip command where pyaga8 is missing.
    """
    fluid = _fluid(gerg)
    fluid.set_composition(_composition(composition))
    warm = float(within("temperature", temperature, -200, 400, "degF"))
    fluid.temperature = (warm + RANKINE) / 1.8
    pressures = within("pressure", pressure, 0, 20_000, "psia", above=True)
    found = np.empty(pressures.shape)
    for place, value in np.ndenumerate(pressures):
        fluid.pressure = float(value) * _KPA
        fluid.calc_density(0) if gerg else fluid.calc_density()
        fluid.calc_properties()
        found[place] = fluid.z
    return found


_KPA = 6.894757293168361
"""kPa of a psi."""


def mixture_molar_mass(composition: Mapping[str, float]) -> float:
    """g/mol, or lb/lb-mol, of a composition in mole fractions, made to sum up to 1."""
    _known(composition)
    total = sum(composition.values())
    return sum(COMPONENTS[name] * share for name, share in composition.items()) / total


def _known(composition: Mapping[str, float]) -> None:
    unknown = [name for name in composition if name not in COMPONENTS]
    if unknown or not sum(composition.values()) > 0:
        raise WellheadError(
            "is no component of AGA8" if unknown else "is empty",
            field="composition",
            value=unknown[0] if unknown else None,
            remedy=f"Give mole fractions of {', '.join(COMPONENTS)}",
        )


def _fluid(gerg: bool) -> Any:
    try:
        import pyaga8
    except ImportError as error:
        raise WellheadError(
            "AGA8 is not installed here",
            field="z_factor",
            remedy="pip install 'wellhead[aga8]', or choose another correlation of z",
        ) from error
    return pyaga8.Gerg2008() if gerg else pyaga8.Detail()


def _composition(composition: Mapping[str, float]) -> Any:
    import pyaga8

    _known(composition)
    total = sum(composition.values())
    made = pyaga8.Composition()
    for name, share in composition.items():
        setattr(made, name, share / total)
    return made
