"""Volumes of crude oil at one temperature and pressure as volumes at another: API MPMS 11.1.

Source: API MPMS chapter 11, section 1 (2004, with addenda 1 and 2) = ASTM D1250-04 = IP 200/04, for
the commodity group of generalised crude oils: 11.1.5.3 (temperature scales), 11.1.6.1 (base density
to observed), 11.1.6.2 (observed to base). Densities of a hydrometer are those it shows, corrected
for its glass by whoever read it. All functions take numbers or arrays.
"""

import numpy as np

from wellhead.arrays import Array, Numbers, within
from wellhead.units.standard_conditions import check_conditions

WATER_DENSITY_60F = 999.016
"""kg/m3, of which API gravity and relative density are told."""
_K0 = 341.0957
_DELTA_60 = 0.01374979547
_BASE_F = 60.0068749
_SCALE = (-3.536296, 7.438081, -1.871251, -4.089591, 1.269056, 1.080760, -0.267408, -0.148759, 0.0)
_DENSITIES = (610.6, 1163.5)
_TEMPERATURES = (-58.0, 302.0)
_PRESSURES = (0.0, 1500.0)
_MOST_STEPS = 30
_CLOSE = 1e-7


def density_of_api(gravity: Numbers) -> Array:
    """kg/m3 at 60 °F of a gravity in °API: 141.5 / (°API + 131.5) · 999.016."""
    return np.asarray(141.5 / (np.asarray(gravity, np.float64) + 131.5) * WATER_DENSITY_60F)


def api_of_density(density: Numbers) -> Array:
    """°API of a density in kg/m3 at 60 °F."""
    return np.asarray(141.5 * WATER_DENSITY_60F / np.asarray(density, np.float64) - 131.5)


def crude_vcf(density: Numbers, temperature: Numbers, pressure: Numbers = 0.0) -> Array:
    """CTPL = CTL · CPL: what a volume is multiplied by to be the volume at 60 °F and 0 psig.

    density: kg/m3 at 60 °F and 0 psig, 610.6 to 1163.5
    temperature: °F, -58 to 302; pressure: psig, 0 to 1500 (below 0 is 0, as the standard says)
    Not rounded: the standard rounds to five decimals what is printed.
    Raises WellheadError outside of these ranges.
    """
    base = within("density", density, *_DENSITIES, "kg/m3 at 60 °F")
    fahrenheit = within("temperature", temperature, *_TEMPERATURES, "°F")
    gauge = within("pressure", np.maximum(pressure, 0.0), *_PRESSURES, "psig")
    return _vcf(base, fahrenheit, gauge)


def base_density(observed: Numbers, temperature: Numbers, pressure: Numbers = 0.0) -> Array:
    """kg/m3 at 60 °F and 0 psig of oil whose density is `observed`, kg/m3, at `temperature`, °F,
    and `pressure`, psig: the density for which observed = base · CTPL (11.1.6.2, by Newton's steps
    here). Raises WellheadError outside of the ranges of `crude_vcf`."""
    seen = np.asarray(observed, np.float64)
    fahrenheit = within("temperature", temperature, *_TEMPERATURES, "°F")
    gauge = within("pressure", np.maximum(pressure, 0.0), *_PRESSURES, "psig")
    base = np.clip(seen, *_DENSITIES)
    for _ in range(_MOST_STEPS):
        off = base * _vcf(base, fahrenheit, gauge) - seen
        step = 1e-4 * base
        more = (base + step) * _vcf(base + step, fahrenheit, gauge) - seen
        change = off * step / (more - off)
        base = np.clip(base - change, 0.9 * _DENSITIES[0], 1.1 * _DENSITIES[1])
        if np.all(np.abs(change) < _CLOSE):
            break
    return within("density", base, *_DENSITIES, "kg/m3 at 60 °F")


def oil_volume_factor(stated: str, asked: str, density: float) -> float:
    """What a volume of crude oil at the conditions `stated` is multiplied by to be the same oil at
    `asked`. Between standard conditions the pressure of a liquid does not count.

    density: kg/m3 at 60 °F
    Raises WellheadError for conditions that are unknown.
    """
    one, other = check_conditions(stated), check_conditions(asked)
    if one.temperature == other.temperature:
        return 1.0
    at_one, at_other = (
        float(crude_vcf(density, conditions.temperature * 1.8 - 459.67))
        for conditions in (one, other)
    )
    return at_one / at_other


def _vcf(base: Array, fahrenheit: Array, gauge: Array) -> Array:
    """CTPL of 11.1.6.1, steps 3 to 6."""
    shifted = _on_scale_of_1968(fahrenheit)
    a = _DELTA_60 / 2.0 * _K0 / base**2
    star = base * (1.0 + np.expm1(a * (1.0 + 0.8 * a)) / (1.0 + a * (1.0 + 1.6 * a) * 2.0))
    alpha = _K0 / star**2
    rise = shifted - _BASE_F
    ctl = np.exp(-alpha * rise * (1.0 + 0.8 * alpha * (rise + _DELTA_60)))
    scaled = np.exp(-1.9947 + 0.00013427 * shifted + (793_920.0 + 2_326.0 * shifted) / star**2)
    return np.asarray(ctl / (1.0 - 1e-5 * scaled * gauge))


def _on_scale_of_1968(fahrenheit: Array) -> Array:
    """°F of the IPTS-68 scale, on which the coefficients were found, of °F of ITS-90."""
    celsius = (fahrenheit - 32.0) / 1.8
    return (celsius - np.polyval(_SCALE, celsius / 630.0)) * 1.8 + 32.0
