"""Readings as buckets, and buckets in another unit.

A reading is a bucket of one reading, so there is one way to summarise: readings, minutes, hours
and days, one after the other in order of time, are joined where they lie in the same interval.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_historian.store.interface import Buckets, Readings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def usable(readings: Readings, good_only: bool = False) -> Flags:
    """bool[n]: finite and not bad, or finite and good."""
    status = readings.qualities & sdk.quality.STATUS_MASK
    wanted = status == sdk.quality.GOOD if good_only else status != sdk.quality.BAD
    fit: Flags = wanted & np.isfinite(readings.values)
    return fit


def only_good(readings: Readings) -> Readings:
    """The same readings; those that are not good have no value."""
    return replace(readings, values=np.where(usable(readings, True), readings.values, np.nan))


def of_readings(readings: Readings) -> Buckets:
    """A bucket a reading."""
    fit = usable(readings)
    value = np.where(fit, readings.values, np.nan)
    one = np.ones(len(fit), np.int64)
    none = np.zeros(len(fit))
    good = sdk.quality.is_good(readings.qualities).astype(np.int64)
    return Buckets(
        starts=readings.times,
        count=one,
        good=good,
        usable=fit.astype(np.int64),
        minimum=value,
        maximum=value,
        total=value,
        first=value,
        last=value,
        first_time=readings.times,
        last_time=readings.times,
        first_usable=fit,
        last_usable=fit,
        step=none,
        step_covered=none,
        linear=none,
        linear_covered=none,
    )


def in_unit(buckets: Buckets, unit: str, target: str) -> Buckets:
    """The buckets of the same readings in another unit: a sum of temperatures takes the offset of
    its scale as often as it has values, an integral for as long as it covers."""
    measure = sdk.units.Measure
    factor, zero = measure.of(unit).line_to(measure.of(target))
    values = {
        name: sdk.units.convert(getattr(buckets, name), unit, target)
        for name in ("minimum", "maximum", "first", "last")
    }
    return replace(
        buckets,
        **values,
        total=buckets.total * factor + zero * buckets.usable,
        step=buckets.step * factor + zero * buckets.step_covered,
        linear=buckets.linear * factor + zero * buckets.linear_covered,
    )
