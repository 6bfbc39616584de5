"""The tests of a simulated field, as records: rates every quarter, and one build-up.

The build-up is the line source with skin (Lee 1982, Well Testing, equations 1.11 and 2.3) for the
rate that the well made, and the little that still flows into it after it is shut in.
"""

import datetime as dt
import math

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_well_testing.gauges import create_gauge_run
from wellhead_well_testing.models import GaugeRun, Series, WellTest
from wellhead_well_testing.rates import create_step
from wellhead_well_testing.records import create_test
from wellhead_well_testing.series import Pressures, micros_of, store
from wellhead_well_testing.states import validate
from wellhead_wells.completions.models import Completion
from wellhead_wells.past import Past, PastWell, Stop, StopReason

_EVERY, _LAST, _COUNT = 91, 12, 4
"""Days between two tests of a well and from the last to the end, and how many there are"""
_HOURS = 12.0
_ATMOSPHERE = 1.01325
_FULL_BORE = 64.0
"""Of a choke that is all open, 1/64 in"""
_REASON = "Simulated"

_FLOWED = dt.timedelta(hours=240)
"""How long the well flowed before its build-up"""
_SEEN_BEFORE = dt.timedelta(hours=2)
_AFTERFLOW = 60.0
"""s in which what flows into the shut-in well falls to a third"""
_EVERY_S = 60.0
_NOISE = 0.003
"""bar, standard deviation of the gauge"""
_EULER = 0.5772156649
_MILLIDARCY = 9.869233e-16


def keep(past: Past) -> None:
    """Tests of every well, validated. Does not commit."""
    zone, start = sdk.zone_of(past.time_zone), sdk.parse_day_start(past.day_start)
    for number, well in enumerate(past.wells):
        for place in _days_of_tests(past, number):
            begins = sdk.day_begins(past.dates[place], zone, start) + dt.timedelta(hours=4)
            _production(past, well, place, begins)
        for stop in well.stops:
            place = (stop.start.date() - past.dates[0]).days - 1
            if stop.reason is StopReason.BUILD_UP and place >= 0:
                _build_up(past, well, stop, place)


def _days_of_tests(past: Past, number: int) -> list[int]:
    last = len(past.dates) - _LAST - number
    return [place for back in range(_COUNT) if (place := last - back * _EVERY) >= 0]


def _rates(well: PastWell, place: int) -> dict[str, sdk.Quantity]:
    """Of the day or, where the well stood still in it, of the hours that it did not."""
    days = 24.0 / max(float(well.hours[place]), 1.0)
    return {
        f"{fluid}_rate": sdk.Quantity(round(float(getattr(well, fluid)[place]) * days, 2), "Sm3/d")
        for fluid in ("oil", "gas", "water")
    }


def _production(past: Past, well: PastWell, place: int, begins: dt.datetime) -> None:
    head = float(well.wellhead_pressure[place]) - _ATMOSPHERE
    test = create_test(
        {
            "well_id": well.well_id,
            "kind": "production",
            "reference": f"{well.name} {past.dates[place].isoformat()}",
            "standard_conditions": past.conditions,
            "start_at": begins,
            "end_at": begins + dt.timedelta(hours=_HOURS),
            "choke": sdk.Quantity(round(well.choke / 100.0 * _FULL_BORE, 1), "in64"),
            "wellhead_pressure": sdk.Quantity(round(head, 2), "barg"),
            "bottomhole_pressure": sdk.Quantity(
                round(float(well.bottomhole_pressure[place]), 2), "bara"
            ),
            **_rates(well, place),
        }
    )
    validate(test, _REASON)


def _build_up(past: Past, well: PastWell, stop: Stop, place: int) -> None:
    rates = _rates(well, place)
    test = create_test(
        {
            "well_id": well.well_id,
            "kind": "build_up",
            "reference": f"{well.name} build-up {stop.start.date().isoformat()}",
            "standard_conditions": past.conditions,
            "start_at": stop.start,
            "end_at": stop.end,
            "remark": f"Thickness {past.thickness:g} m, porosity {past.porosity:g}, total "
            f"compressibility {past.total_compressibility:g} 1/bar, well radius "
            f"{past.wellbore_radius:g} m, viscosity {past.viscosity:g} cP, volume factor "
            f"{past.volume_factor:g}. Oil and water flow: by the rate of oil alone, the "
            "permeability is that to oil.",
        }
    )
    create_step({"test_id": test.id, "start_at": stop.start - _FLOWED, **rates})
    none = dict.fromkeys(rates, sdk.Quantity(0.0, "Sm3/d"))
    create_step({"test_id": test.id, "start_at": stop.start, **none})
    run = _gauge(test)
    liquid = rates["oil_rate"].value + rates["water_rate"].value
    store(
        Series(
            gauge_run_id=run.id,
            source="csv",
            source_name="simulated",
            pressure_unit=run.pressure_unit,
        ),
        _pressures(past, well, stop, place, liquid),
    )
    validate(test, _REASON)


def _gauge(test: WellTest) -> GaugeRun:
    completion = sdk.db.session.scalars(
        select(Completion).where(Completion.well_id == test.well_id)
    ).first()
    placed = {} if completion is None else {
        "wellbore_id": completion.wellbore_id,
        "depth_md": completion.top_md,
        "depth_unit": completion.depth_unit,
        "depth_datum": completion.depth_datum,
    }  # fmt: skip
    return create_gauge_run(
        {
            "test_id": test.id,
            "gauge": "Bottom hole",
            "pressure_kind": "absolute",
            "pressure_unit": "bara",
            **placed,
        }
    )


def _pressures(past: Past, well: PastWell, stop: Stop, place: int, liquid: float) -> Pressures:
    """Before and after the well is shut in, a reading a minute, and more of them at first."""
    seconds = (stop.end - stop.start).total_seconds()
    early = np.geomspace(2.0, 600.0, 60).round(1)
    before = -np.arange(_EVERY_S, _SEEN_BEFORE.total_seconds(), _EVERY_S)[::-1]
    after = np.union1d(early, np.arange(_EVERY_S, seconds + 1.0, _EVERY_S))
    outer = float(well.reservoir_pressure[place])
    flowing = float(well.bottomhole_pressure[place])
    storage = past.porosity * past.viscosity * 1e-3 * past.total_compressibility / 1e5
    permeability = well.permeability * _MILLIDARCY
    flow = liquid / 86_400.0 * past.volume_factor * past.viscosity * 1e-3
    unit = flow / (4.0 * math.pi * permeability * past.thickness) / 1e5

    def lost(time: sdk.Array) -> sdk.Array:
        """What the line source's pressure has fallen by at the well, in `unit`; 0 before it."""
        reached = 4.0 * permeability * np.maximum(time, 1e-3) / storage / past.wellbore_radius**2
        return np.maximum(np.log(reached) - _EULER, 0.0)

    flowed = _FLOWED.total_seconds()
    skin = ((outer - flowing) / unit - float(lost(np.asarray(flowed)))) / 2.0
    steps = np.arange(0.025, 1.0, 0.05)
    stopped = -_AFTERFLOW * np.log(1.0 - steps)
    still = np.exp(-after / _AFTERFLOW)
    recovered = np.sum([lost(after - at) for at in stopped], axis=0) / len(stopped)
    rising = outer - unit * (lost(flowed + after) - recovered + 2.0 * skin * still)
    values = np.concatenate([np.full(len(before), flowing), rising])
    values += np.random.default_rng(place).normal(0.0, _NOISE, len(values))
    times = micros_of(stop.start) + (np.concatenate([before, after]) * 1e6).astype(np.int64)
    return Pressures(times, values.round(4), np.full(len(times), sdk.quality.GOOD, np.int16))
