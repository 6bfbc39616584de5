"""The past of a new simulated field: the wells' bores, and what every plugin keeps of it."""

import datetime as dt
import math
from typing import Any

import numpy as np
import structlog
from sqlalchemy import exists, select

from wellhead import sdk
from wellhead_simulator.field import START_CHOKE
from wellhead_simulator.history import DAY_START, TIME_ZONE, Spans, WellPast, field_past
from wellhead_simulator.physics import reservoir
from wellhead_simulator.physics.parameters import OIL_DENSITY
from wellhead_wells.completions.service import create_completion, create_perforation
from wellhead_wells.models import Well, Wellbore
from wellhead_wells.past import Past, PastWell
from wellhead_wells.surveys.service import create_survey, make_definitive
from wellhead_wells.wellbores import create_wellbore

DATUM, ELEVATION = "RT", 26.0
"""m of the wells' datum, the rotary table, above the sea"""
_KICKOFF, _BUILD = 600.0, 3.0 / 30.0
"""m, and degrees a m"""
_STATION, _SUMP = 60.0, 60.0
"""m between two stations of a survey, and of hole below the perforations"""

log = structlog.get_logger(__name__)


def seed_past(config: dict[str, Any], wells: list[Well], plugins: Any) -> None:
    """Have every plugin keep its part of the past of these wells, unless they have wellbores, or
    no datum to count a depth from (those of a field that is older than this).

    config: the section [plugins.simulator]
    What a plugin keeps is committed when it is through; one that fails is logged and left out.
    """
    drilled = select(exists().where(Wellbore.well_id.in_([well.id for well in wells])))
    if not config["history_days"] or sdk.db.session.scalar(drilled):
        return
    if not all(well.depth_datum == DATUM for well in wells):
        return
    spans = Spans.until(dt.datetime.now(dt.UTC), config["history_days"])
    pressure, told = field_past(config["seed"], len(wells), spans)
    for place, (well, one) in enumerate(zip(wells, told, strict=True)):
        _drill(well, one.parameters.depth, place, spans.dates[0])
    sdk.db.session.commit()
    past = _past(spans, pressure, wells, told)
    for hook in ("keep_past", "analyse_past"):
        for name, _, error in plugins.attempt(hook, past=past):
            if error is None:
                sdk.db.session.commit()
            else:
                sdk.db.session.rollback()
                log.error("the past is not kept", plugin=name, hook=hook, exc_info=error)


def _drill(well: Well, depth: float, place: int, day: dt.date) -> None:
    """A bore that leads away from the others at a slant of its own, and perforations about `depth`
    m true vertical, open since `day`."""
    inclination, azimuth = 16.0 + 4.0 * (place % 5), (20.0 + 72.0 * place) % 360.0
    slant = math.radians(inclination)
    radius = math.degrees(1.0 / _BUILD)
    bent = _KICKOFF + inclination / _BUILD

    def md(tvd: float) -> float:
        return bent + (tvd - _KICKOFF - radius * math.sin(slant)) / math.cos(slant)

    half = reservoir.THICKNESS / 2.0
    top, bottom, end = md(depth - half), md(depth + half), md(depth + half) + _SUMP
    bore = create_wellbore(
        well,
        {
            "name": "Main bore", "wellbore_type": "initial", "status": "completed",
            "depth_unit": "m", "depth_datum": DATUM, "md": round(end, 2),
        },
    )  # fmt: skip
    stations = np.unique(np.append(np.arange(0.0, end, _STATION), [_KICKOFF, bent, end])).round(2)
    survey = create_survey(
        bore,
        {
            "name": "MWD",
            "kind": "mwd",
            "azimuth_reference": "true",
            "stations": {
                "md": stations,
                "inclination": np.clip((stations - _KICKOFF) * _BUILD, 0.0, inclination),
                "azimuth": np.where(stations > _KICKOFF, azimuth, 0.0),
            },
        },
    )
    make_definitive(survey, "The only survey of the bore")
    interval = {"top_md": round(top, 2), "bottom_md": round(bottom, 2), "depth_unit": "m"}
    completion = create_completion(
        {
            "wellbore_id": bore.id, "name": "C1", "kind": "cased and perforated",
            "status": "open", "run_on": day, **interval,
        }
    )  # fmt: skip
    shots = {"status": "open", "shot_on": day}
    sdk.db.session.add(create_perforation({"completion_id": completion.id, **interval, **shots}))


def _past(
    spans: Spans, pressure: np.ndarray[Any, np.dtype[np.float64]], wells: list[Well],
    told: list[WellPast],
) -> Past:  # fmt: skip
    return Past(
        field=str(wells[0].field),
        time_zone=TIME_ZONE,
        day_start=DAY_START,
        conditions="15C_101.325kPa",
        dates=spans.dates,
        wells=tuple(_well(well, one) for well, one in zip(wells, told, strict=True)),
        oil_density=OIL_DENSITY,
        gas_gravity=reservoir.GAS_GRAVITY,
        temperature=told[0].parameters.reservoir_temperature,
        thickness=reservoir.THICKNESS,
        porosity=reservoir.POROSITY,
        water_saturation=reservoir.WATER_SATURATION,
        rock_compressibility=reservoir.ROCK_COMPRESSIBILITY,
        total_compressibility=reservoir.TOTAL_COMPRESSIBILITY,
        viscosity=reservoir.VISCOSITY,
        volume_factor=reservoir.VOLUME_FACTOR,
        datum=DATUM,
        elevation=ELEVATION,
        datum_depth=reservoir.DATUM_DEPTH - ELEVATION,
        datum_pressure=pressure,
        initial_pressure=reservoir.INITIAL_PRESSURE,
        gradient=reservoir.GRADIENT,
        wellbore_radius=reservoir.WELLBORE_RADIUS,
    )


def _well(well: Well, one: WellPast) -> PastWell:
    return PastWell(
        well_id=well.id,
        name=well.name,
        depth=one.parameters.depth,
        hours=one.hours,
        oil=one.oil,
        gas=one.gas,
        water=one.water,
        wellhead_pressure=one.wellhead_pressure,
        bottomhole_pressure=one.bottomhole_pressure,
        choke=START_CHOKE,
        reservoir_pressure=one.reservoir_pressure,
        permeability=one.permeability,
        skin=one.skin,
        stops=one.stops,
    )
