"""A fit as columns: its days with the curve through them, and the forecast month by month."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_production.decline.arps import cumulative, rate
from wellhead_production.decline.choices import Choices
from wellhead_production.decline.outlook import restored
from wellhead_production.models import DeclineFit

_SHOWN_YEARS = 10
"""Of a forecast without an end."""


@dataclass(frozen=True, slots=True)
class Known:
    """The days that were fitted. date: of each; rate, fitted, low, high: of the day, of the curve
    and of its interval at noon; cumulative: what was produced by the end of the day"""

    date: list[dt.date]
    rate: sdk.Array
    used: npt.NDArray[np.bool_]
    fitted: sdk.Array
    low: sdk.Array
    high: sdk.Array
    cumulative: sdk.Array


@dataclass(frozen=True, slots=True)
class Forecast:
    """date: on which each is; rate, low, high: of the curve at its beginning; cumulative: what is
    produced by then, the known days too"""

    date: list[dt.date]
    rate: sdk.Array
    low: sdk.Array
    high: sdk.Array
    cumulative: sdk.Array


@dataclass(frozen=True, slots=True)
class Curve:
    """economic_limit: in rate_unit; None without one"""

    rate_unit: str
    volume_unit: str
    economic_limit: float | None
    history: Known
    forecast: Forecast


def curve_of(fit: DeclineFit, system: sdk.units.System | None) -> Curve:
    """The curve of a fit, in the units of `system`, or in those of the fit for None."""
    choices = Choices(**{name: fit.choices[name] for name in Choices.__dataclass_fields__})
    rate_unit, volume_unit = choices.rate_unit, choices.volume_unit
    if system is not None:
        rate_unit = sdk.units.shown_in(rate_unit, fit.choices["rate_quantity"], system) or rate_unit
        volume_unit = rate_unit.removesuffix("/d")

    def rates(values: sdk.Array) -> sdk.Array:
        return sdk.units.convert(values, choices.rate_unit, rate_unit)

    def volumes(values: sdk.Array) -> sdk.Array:
        return sdk.units.convert(values, choices.volume_unit, volume_unit)

    days = np.frombuffer(fit.days, "<i4").astype(np.int64)
    used = np.frombuffer(fit.used, np.bool_)
    outlook = restored(fit.outlook, used)
    noon = days - days[0] + 0.5
    low, high = outlook.around(lambda curve: rate(curve, noon))
    produced = fit.results["produced"]["value"]
    made = np.frombuffer(fit.volumes, "<f8")
    history = Known(
        date=[dt.date.fromordinal(int(day)) for day in days],
        rate=rates(np.frombuffer(fit.rates, "<f8")),
        used=used,
        fitted=rates(rate(outlook.fit.curve, noon)),
        low=rates(low),
        high=rates(high),
        cumulative=volumes(produced - float(made.sum()) + np.cumsum(made)),
    )
    dates = list(_months(fit))
    time = np.array([day.toordinal() for day in dates], np.float64) - days[0]
    low, high = outlook.around(lambda curve: rate(curve, time))
    made_later = cumulative(outlook.fit.curve, time) - cumulative(outlook.fit.curve, time[0])
    forecast = Forecast(
        date=dates,
        rate=rates(rate(outlook.fit.curve, time)),
        low=rates(low),
        high=rates(high),
        cumulative=volumes(produced + fit.results["on_time"] * made_later),
    )
    limit = choices.economic_limit
    return Curve(
        rate_unit,
        volume_unit,
        None if limit is None else float(rates(np.asarray(limit))),
        history,
        forecast,
    )


def _months(fit: DeclineFit) -> Iterator[dt.date]:
    """The day after the last, the first of each month from then on, and the day of the end."""
    begin = fit.last_day + dt.timedelta(days=1)
    end = fit.last_forecast_day or begin.replace(year=begin.year + _SHOWN_YEARS, day=1)
    yield begin
    month = begin.year * 12 + begin.month
    while (first := dt.date(month // 12, month % 12 + 1, 1)) < end:
        yield first
        month += 1
    if end > begin:
        yield end
