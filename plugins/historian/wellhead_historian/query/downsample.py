"""Many readings as the few points a screen has room for, without losing a peak.

min/max keeps the least and the greatest value of each stretch of time that a pixel pair stands
for; LTTB (Steinarsson, Downsampling Time Series for Visual Representation, 2013) keeps what shapes
the line, here of the stretches' extremes (MinMaxLTTB: Van der Donckt et al., IEEE VIS 2023). Both
by tsdownsample. A stretch without a usable reading stays visible: it leaves one point without a
value.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from tsdownsample import LTTBDownsampler, MinMaxDownsampler

from wellhead import sdk
from wellhead_historian.query.buckets import Flags, Floats, Ints, usable
from wellhead_historian.store.interface import Buckets, Readings

FEWEST = 6
"""Points of a picture: two ends, and two stretches, fewer than which tsdownsample does not take."""
PEAKS_A_POINT = 4
"""Extremes that LTTB chooses one of."""

_MINMAX = MinMaxDownsampler()  # type: ignore[no-untyped-call]
_LTTB = LTTBDownsampler()  # type: ignore[no-untyped-call]


class Method(StrEnum):
    MINMAX = "minmax"
    LTTB = "lttb"


@dataclass(frozen=True, slots=True)
class Points:
    """times: int64[n]; values: float64[n], NaN = a gap; qualities: int16[n]"""

    times: Ints
    values: Floats
    qualities: np.typing.NDArray[np.int16]


def of_readings(readings: Readings, good_only: bool) -> Points:
    """Each reading a point; those not usable are gaps."""
    values = np.where(usable(readings, good_only), readings.values, np.nan)
    return Points(readings.times, values, readings.qualities)


def of_buckets(buckets: Buckets) -> Points:
    """Each bucket's extremes as two points at its first and last reading: the one first that the
    bucket's own direction says. Good where all its readings are, else uncertain; a bucket without
    a usable reading is a gap."""
    rises = buckets.last >= buckets.first
    low, high = buckets.minimum, buckets.maximum
    values = np.stack([np.where(rises, low, high), np.where(rises, high, low)], 1).ravel()
    times = np.stack([buckets.first_time, buckets.last_time], 1).ravel()
    quality = np.where(
        buckets.usable == 0,
        sdk.quality.BAD,
        np.where(buckets.good == buckets.count, sdk.quality.GOOD, sdk.quality.UNCERTAIN),
    ).astype(np.int16)
    keep = np.ones(len(values), np.bool_)
    keep[1::2] = times[1::2] > times[::2]  # one reading is one point
    alone = ~keep[1::2]
    values[::2][alone] = low[alone]
    return Points(times[keep], values[keep], np.repeat(quality, 2)[keep])


def thinned(points: Points, most: int, method: Method) -> Points:
    """At most `most` >= FEWEST of the points with values, the first and the last among them, and a
    point without between two of them where there was any."""
    fit = np.flatnonzero(np.isfinite(points.values))
    if len(fit) > most:
        fit = fit[_chosen(points.times[fit], points.values[fit], most, method)]
    keep = np.zeros(len(points.times), np.bool_)
    keep[fit] = True
    keep |= _gaps(np.isnan(points.values), fit)
    return Points(points.times[keep], points.values[keep], points.qualities[keep])


def _chosen(times: Ints, values: Floats, most: int, method: Method) -> Ints:
    """Places of the chosen ones, in order, each once. The ends are added here, since tsdownsample
    passes over a last stretch that has one point alone."""
    since = times - times[0]
    if method is Method.MINMAX:
        return _extremes(since, values, most)
    places = _extremes(since, values, most * PEAKS_A_POINT)
    chosen: Ints = _LTTB.downsample(since[places], values[places], n_out=most)
    kept: Ints = places[np.unique(chosen)]
    return kept


def _extremes(since: Ints, values: Floats, most: int) -> Ints:
    """Places of the least and the greatest value of most / 2 - 1 stretches of equal time."""
    if len(values) <= most:
        return np.arange(len(values))
    found = _MINMAX.downsample(since, values, n_out=(most - 2) // 2 * 2)
    return np.unique(np.concatenate([[0], found.astype(np.int64), [len(values) - 1]]))


def _gaps(missing: Flags, kept: Ints) -> Flags:
    """The first point without a value before, between and after the kept ones."""
    found = np.zeros(len(missing), np.bool_)
    holes = np.flatnonzero(missing)
    between = np.searchsorted(kept, holes)
    found[holes[np.flatnonzero(np.diff(between, prepend=-1))]] = True
    return found
