"""Net volumes of run tickets: what was handed over, in clean oil at standard conditions.

Sources: API MPMS 18.1 (tank gauging of lease tanks; 3.1A for the gauges), API MPMS 12.2 (metered
volumes), API MPMS 11.1 (2004) for the factors. Nothing is rounded on the way: the standards round
what is printed, factors to five decimals and volumes to hundredths.
"""

from dataclasses import dataclass

import numpy as np

from wellhead import sdk


@dataclass(frozen=True, slots=True)
class Gauge:
    """A tank at rest. total: volume to the gauge; free_water: below the oil; temperature: °F"""

    total: float
    free_water: float
    temperature: float


@dataclass(frozen=True, slots=True)
class Net:
    """Volumes in the unit of what was measured, and factors.

    gross_observed: at the temperature of measurement, without free water
    gross_standard: at 60 °F and 0 psig; net_standard: that without sediment and water
    """

    gross_observed: float
    gross_standard: float
    net_standard: float
    ctl: float
    cpl: float


def volume_at(levels: sdk.Array, volumes: sdk.Array, level: float) -> float:
    """Volume to a level by a strapping table, float64[n] each, between whose rows it is straight.
    Raises WellheadError for a level outside of the table."""
    if not levels[0] <= level <= levels[-1]:
        raise sdk.WellheadError(
            f"the strapping table goes from {levels[0]:g} to {levels[-1]:g}",
            field="level",
            value=level,
            remedy="Correct the level or its unit, or the table",
        )
    return float(np.interp(level, levels, volumes))


def net_of_tank(opening: Gauge, closing: Gauge, density: float, bsw: float) -> Net:
    """Of a tank that was run down (MPMS 18.1): GOV = total - free water, GSV = GOV · CTL of each
    gauge, NSV = (GSV opened - GSV closed) · (1 - S&W/100). CPL is 1: the tank is open to the air.

    density: kg/m3 at 60 °F; bsw: percent
    Raises WellheadError when there is no more oil before than after.
    """
    observed = [gauge.total - gauge.free_water for gauge in (opening, closing)]
    temperatures = np.array([opening.temperature, closing.temperature])
    standard = np.array(observed) * sdk.units.crude_vcf(density, temperatures)
    gross_observed = observed[0] - observed[1]
    if gross_observed <= 0:
        raise sdk.WellheadError(
            "the tank held no more oil before than after",
            field="closing_gauge",
            remedy="Correct the gauges, or enter what came in elsewhere",
        )
    gross = float(standard[0] - standard[1])
    return Net(gross_observed, gross, _clean(gross, bsw), gross / gross_observed, 1.0)


def net_of_meter(
    indicated: float, factor: float, temperature: float, pressure: float, density: float, bsw: float
) -> Net:
    """Of a metered run (MPMS 12.2): GSV = IV · MF · CTL · CPL, NSV = GSV · (1 - S&W/100).

    temperature: °F; pressure: psig; density: kg/m3 at 60 °F; bsw: percent
    """
    observed = indicated * factor
    ctl = float(sdk.units.crude_vcf(density, temperature))
    cpl = float(sdk.units.crude_vcf(density, temperature, pressure)) / ctl
    gross = observed * ctl * cpl
    return Net(observed, gross, _clean(gross, bsw), ctl, cpl)


def _clean(gross: float, bsw: float) -> float:
    return gross * (1.0 - bsw / 100.0)
