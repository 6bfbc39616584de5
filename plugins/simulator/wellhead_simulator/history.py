"""The simulated field before its first scan: years of days that end at what its wells do now.

Oil declines as Arps (1945) has it, to the rate of the model's operating point. The pressure at the
datum falls in proportion to the oil that has gone, as it does in a closed reservoir at its bubble
point. What liquid a well makes at that pressure is the model's own inflow, pump and choke (see
`hydraulics`), with an inflow that falls with the pressure (Fetkovich 1973, SPE-4529: the absolute
open flow is proportional to it); what of it is not oil is water. Gas comes with the oil that held
it in solution (Standing 1947). The same seed and dates give the same past.
"""

import datetime as dt
import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_simulator.field import START_CHOKE, START_FILL, START_FREQUENCY
from wellhead_simulator.physics import hydraulics, reservoir
from wellhead_simulator.physics.parameters import WellParameters, make_well
from wellhead_simulator.physics.well import Well
from wellhead_wells.past import Stop, StopReason

Numbers = npt.NDArray[np.float64]

TIME_ZONE, DAY_START = "Europe/London", "06:00"
_NOISE = 0.012
"""Standard deviation of a day's rate about the curve, relative"""
_TRIPS_A_YEAR = 7.0
_SURVEY_HOURS, _BUILD_UP_HOURS = 48.0, 72.0
_SURVEYS = (0.02, 0.25, 0.5, 0.75, 0.97)
"""When each well is shut in for its pressure, as shares of the time"""
_BUILD_UP = 0.72
"""When the first well is shut in for a build-up test"""
_MOST_OIL = 0.95
"""Share of the liquid that may be oil"""
_GRID = 13
"""Times at which the model is solved; between them rates are as good as linear"""


@dataclass(frozen=True, slots=True)
class Spans:
    """The production days. begins: int64[n + 1], s since 1970, the last the end of the last day"""

    dates: tuple[dt.date, ...]
    begins: npt.NDArray[np.int64]

    @classmethod
    def until(cls, now: dt.datetime, count: int) -> "Spans":
        """`count` days that end before `now`."""
        zone, start = sdk.zone_of(TIME_ZONE), sdk.parse_day_start(DAY_START)
        today = now.astimezone(zone).date()
        if sdk.day_begins(today, zone, start) > now:
            today -= dt.timedelta(days=1)
        dates = [today - dt.timedelta(days=back) for back in range(count, -1, -1)]
        begins = [int(sdk.day_begins(date, zone, start).timestamp()) for date in dates]
        return cls(tuple(dates[:-1]), np.array(begins))

    @property
    def middles(self) -> Numbers:
        """Days since the first began."""
        found: Numbers = (self.begins[:-1] + self.begins[1:] - 2 * self.begins[0]) / 172_800.0
        return found

    @property
    def length(self) -> float:
        """Days of all together."""
        return float(self.begins[-1] - self.begins[0]) / 86_400.0

    @property
    def hours(self) -> Numbers:
        return np.diff(self.begins) / 3_600.0


@dataclass(frozen=True, slots=True)
class WellPast:
    """One well on each day, float64[n]; units as in `wellhead_wells.past.PastWell`.

    permeability: mD. skin: number
    """

    parameters: WellParameters
    hours: Numbers
    oil: Numbers
    gas: Numbers
    water: Numbers
    wellhead_pressure: Numbers
    bottomhole_pressure: Numbers
    reservoir_pressure: Numbers
    permeability: float
    skin: float
    stops: tuple[Stop, ...]


def field_past(seed: int, wells: int, spans: Spans) -> tuple[Numbers, list[WellPast]]:
    """(pressure at the datum in bar, float64[n]; each well's past)."""
    every = [_Story(seed, number, spans) for number in range(1, wells + 1)]
    gone = np.cumsum(np.sum([one.oil for one in every], axis=0))
    fallen = (reservoir.INITIAL_PRESSURE - reservoir.PRESSURE) * gone / gone[-1]
    pressure = reservoir.INITIAL_PRESSURE - fallen
    return pressure, [one.told(pressure) for one in every]


class _Story:
    """One well; its oil is known before the field's pressure is, and the rest follows from both."""

    def __init__(self, seed: int, number: int, spans: Spans) -> None:
        self._random = np.random.default_rng([seed, number, 3])
        self._spans, self._number = spans, number
        self._now = Well(make_well(seed, number), START_CHOKE, START_FREQUENCY, START_FILL)
        self._skin = float(self._random.uniform(0.0, 5.0))
        b, ratio = self._random.uniform(0.3, 0.8), self._random.uniform(1.5, 1.9)
        share = self._now.parameters.water_cut
        ratio = min(ratio, _MOST_OIL / (1.0 - share))
        lasted = (ratio**b - 1.0) / b  # decline times the length of the history
        time = spans.middles / spans.length
        self._falls = ratio * (1.0 + b * lasted * time) ** (-1.0 / b)
        self.stops = tuple(self._stops())
        self._on = self._hours_on()
        noise = self._random.normal(1.0, _NOISE, len(time))
        self._volume = self._on / 24.0 * noise
        self.oil = self._now.rate * (1.0 - share) * self._falls * self._volume

    def told(self, datum_pressure: Numbers) -> WellPast:
        parameters, now = self._now.parameters, self._now
        places = np.linspace(0, len(datum_pressure) - 1, _GRID).round().astype(int)
        solved = [
            self._solved(float(datum_pressure[place]), float(self._falls[place]))
            for place in places
        ]
        every = np.arange(len(datum_pressure))
        liquid, bottom, head = (np.interp(every, places, row) for row in zip(*solved, strict=True))
        oil = now.rate * (1.0 - parameters.water_cut) * self._falls
        held = np.array(
            [reservoir.dissolved_gas(p, reservoir.PRESSURE) for p in datum_pressure.tolist()]
        )
        return WellPast(
            parameters=parameters,
            hours=self._on,
            oil=self.oil,
            gas=self.oil * parameters.gor * held,
            water=(liquid - oil) * self._volume,
            wellhead_pressure=head,
            bottomhole_pressure=bottom,
            reservoir_pressure=parameters.reservoir_pressure - reservoir.PRESSURE + datum_pressure,
            permeability=reservoir.permeability_of(
                now.rate, parameters.reservoir_pressure - now.pwf, self._skin
            ),
            skin=self._skin,
            stops=self.stops,
        )

    def _solved(self, datum_pressure: float, fall: float) -> tuple[float, float, float]:
        """(liquid rate, flowing bottom-hole and wellhead pressure) at a pressure of the datum and
        an oil rate over today's."""
        today = self._now.parameters
        pressure = today.reservoir_pressure - reservoir.PRESSURE + datum_pressure
        oil = self._now.rate * (1.0 - today.water_cut) * fall
        then, rate, bottom = today, self._now.rate, self._now.pwf
        for _ in range(4):  # less water is lighter and lifts more: it settles at once
            then = replace(
                today,
                reservoir_pressure=pressure,
                max_rate=today.max_rate * pressure / today.reservoir_pressure,
                water_cut=max(1.0 - oil / rate, 0.0),
                gor=today.gor * reservoir.dissolved_gas(datum_pressure, reservoir.PRESSURE),
            )
            rate, bottom = hydraulics.operating_point(
                then, START_FREQUENCY, START_CHOKE, self._now.line
            )
        head = hydraulics.choke_pressure(
            rate, START_CHOKE, then.gas_liquid_ratio, self._now.line, then.choke_bore
        )
        return rate, bottom, head

    def _stops(self) -> list[Stop]:
        """Surveys, the first well's build-up, and trips of the pump, in order; before each a well
        has flowed for so long that its pressure has forgotten the last."""
        survey = StopReason.PRESSURE_SURVEY
        stops = [self._stop(share, _SURVEY_HOURS, survey) for share in _SURVEYS]
        if self._number == 1:
            stops.append(self._stop(_BUILD_UP, _BUILD_UP_HOURS, StopReason.BUILD_UP))
        clear = dt.timedelta(hours=reservoir.FLOWED_HOURS)
        for _ in range(round(_TRIPS_A_YEAR * self._spans.length / 365.25)):
            share, hours = self._random.uniform(0.0, 0.98), self._random.uniform(2.0, 20.0)
            trip = self._stop(share, hours, StopReason.PUMP_TRIP)
            if all(trip.start > one.end + clear or trip.end + clear < one.start for one in stops):
                stops.append(trip)
        last = dt.datetime.fromtimestamp(int(self._spans.begins[-1]), dt.UTC)
        return sorted((one for one in stops if one.end < last), key=lambda one: one.start)

    def _stop(self, share: float, hours: float, reason: StopReason) -> Stop:
        """A stop that begins at this share of the time, on a whole minute; the wells' one after the
        other."""
        first = dt.datetime.fromtimestamp(int(self._spans.begins[0]), dt.UTC)
        days = math.floor(share * self._spans.length) + self._number % 5
        start = first + dt.timedelta(days=days, hours=2)
        return Stop(start, start + dt.timedelta(minutes=round(hours * 60.0)), reason)

    def _hours_on(self) -> Numbers:
        begins = self._spans.begins
        on = np.diff(begins).astype(np.float64)
        for stop in self.stops:
            start, end = stop.start.timestamp(), stop.end.timestamp()
            down = np.minimum(end, begins[1:]) - np.maximum(start, begins[:-1])
            on -= np.maximum(down, 0.0)
        return on / 3_600.0
