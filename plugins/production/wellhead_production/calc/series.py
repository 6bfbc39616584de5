"""Rates, cumulative volumes and ratios of days or months, of one well or of several together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead import sdk

Dates = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class Series:
    """Periods in order, arrays of one length; NaN is what is not known.

    dates: the day, or the first day of the month, datetime64[D]
    days: length of the period in days of 24 h
    hours: on production, of all wells together
    oil, gas, water: volumes of the period
    """

    dates: Dates
    days: sdk.Array
    hours: sdk.Array
    oil: sdk.Array
    gas: sdk.Array
    water: sdk.Array

    def rate(self, volume: sdk.Array) -> sdk.Array:
        """The volume a calendar day, by the length that its days really had."""
        return volume / self.days

    def gas_oil_ratio(self) -> sdk.Array:
        """Volume by volume; NaN without oil."""
        return _ratio(self.gas, self.oil)

    def water_oil_ratio(self) -> sdk.Array:
        """Volume by volume; NaN without oil."""
        return _ratio(self.water, self.oil)

    def water_cut(self) -> sdk.Array:
        """Percent of oil and water that is water; NaN without liquid."""
        return 100.0 * _ratio(self.water, self.oil + self.water)


def cumulative(volume: sdk.Array) -> sdk.Array:
    """Σ of the volumes so far, those that are not known counting as none."""
    return np.cumsum(np.nan_to_num(volume))


def together(
    dates: Dates,
    day_hours: sdk.Array,
    hours: sdk.Array,
    oil: sdk.Array,
    gas: sdk.Array,
    water: sdk.Array,
    *,
    monthly: bool,
) -> Series:
    """Days of wells, in any order, as one series: a day is as long as the longest of its records
    says, and a month as its days that have any. What no record of a period knows is NaN.

    dates: datetime64[n]; day_hours, hours: float64[n]; oil, gas, water: volumes, float64[n]
    """
    day, of_day = np.unique(dates, return_inverse=True)
    lengths = np.zeros(len(day))
    np.maximum.at(lengths, of_day, day_hours)
    period = day.astype("datetime64[M]").astype("datetime64[D]") if monthly else day
    shown, of_period = np.unique(period, return_inverse=True)
    place = of_period[of_day]
    size = len(shown)
    return Series(
        dates=shown,
        days=np.bincount(of_period, lengths, size) / 24.0,
        hours=_sum(place, hours, size),
        oil=_sum(place, oil, size),
        gas=_sum(place, gas, size),
        water=_sum(place, water, size),
    )


def _sum(place: npt.NDArray[np.intp], values: sdk.Array, size: int) -> sdk.Array:
    known = ~np.isnan(values)
    total = np.bincount(place[known], values[known], size)
    return np.where(np.bincount(place[known], minlength=size) > 0, total, np.nan)


def _ratio(one: sdk.Array, other: sdk.Array) -> sdk.Array:
    return np.asarray(np.divide(one, other, out=np.full(len(one), np.nan), where=other > 0))
