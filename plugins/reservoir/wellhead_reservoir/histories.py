"""Histories of a reservoir for its material balance: pressures and volumes by day, as arrays.

A point says what it knows. Pressures that it leaves out are the mean of that day's surveys; volumes
are the points' own, or what the reservoir's wells have made by whichever plugin keeps production.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_reservoir.fluids import gas_factor, oil_factor
from wellhead_reservoir.models import Reservoir, ReservoirWell
from wellhead_reservoir.pressures import averages, surveys_of

LIQUIDS = ("oil", "water", "water_injected")
GASES = ("gas", "gas_injected")
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class History:
    """Points in the order of time, arrays of one length.

    dates; days: since the first; pressure: psia; used: bool
    volumes: of LIQUIDS in STB and of GASES in scf, at the conditions asked for
    points: what was sent of each; words: where all else was from
    """

    dates: list[dt.date]
    days: sdk.Array
    pressure: sdk.Array
    used: Any
    volumes: Mapping[str, sdk.Array]
    points: list[Mapping[str, Any]]
    words: list[str]


def history_of(
    reservoir: Reservoir, inputs: Mapping[str, Any], fluids: Sequence[str], conditions: str
) -> History:
    """The history that inputs name, volumes of `fluids` at `conditions`.

    inputs: points (each with date, pressure, used and volumes by name), volumes_from and
        standard_conditions, as their schema loads them
    Raises WellheadError, naming the point, for days out of order, pressures that nobody has
    measured, volumes that are missing, sent twice over or falling, and when no plugin knows them.
    """
    words: list[str] = []
    points = inputs.get("points") or _survey_days(reservoir, words)
    dates = [point["date"] for point in points]
    for place, (earlier, later) in enumerate(pairwise(dates)):
        if later <= earlier:
            raise sdk.WellheadError(
                f"is not after the point before it, {earlier}",
                field=f"inputs.points.{place + 1}.date",
                value=later.isoformat(),
                remedy="Give the points in the order of time, each day once",
            )
    pressure = _pressures(reservoir, points, words)
    if inputs["volumes_from"] == "production":
        volumes = _from_production(reservoir, points, dates, fluids, conditions, words)
    else:
        volumes = _from_points(points, fluids, inputs["standard_conditions"], conditions)
    days = np.array([(date - dates[0]).days for date in dates], np.float64)
    used = np.array([point["used"] for point in points])
    return History(dates, days, pressure, used, volumes, list(points), words)


def _survey_days(reservoir: Reservoir, words: list[str]) -> list[dict[str, Any]]:
    days = sorted(_means(reservoir))
    if len(days) < 2:
        raise sdk.WellheadError(
            f"the reservoir has pressure surveys of {len(days)} days, and two are the least",
            field="inputs.points",
            remedy="Send the points, or enter pressure surveys",
        )
    words.append(f"{len(days)} days with pressure surveys")
    return [{"date": day, "used": True} for day in days]


def _pressures(
    reservoir: Reservoir, points: Sequence[Mapping[str, Any]], words: list[str]
) -> sdk.Array:
    if all(point.get("pressure") is not None for point in points):
        return np.array([point["pressure"].to("psia") for point in points])
    means = _means(reservoir)
    values = []
    for place, point in enumerate(points):
        if point.get("pressure") is not None:
            values.append(point["pressure"].to("psia"))
        elif point["date"] in means:
            values.append(means[point["date"]])
        else:
            raise sdk.WellheadError(
                f"there is no pressure survey of {point['date']}",
                field=f"inputs.points.{place}.pressure",
                remedy="Send the pressure, or take a day that was surveyed",
            )
    words.append("pressures of surveys at the datum, averaged by day")
    return np.array(values)


def _means(reservoir: Reservoir) -> dict[dt.date, float]:
    """psia by day that was surveyed; none where there is no datum to compare pressures at."""
    if reservoir.datum_depth is None:
        return {}
    return {row.date: row.pressure for row in averages(surveys_of(reservoir))}


def _from_points(
    points: Sequence[Mapping[str, Any]], fluids: Sequence[str], stated: str, asked: str
) -> dict[str, sdk.Array]:
    found = {}
    for name in fluids:
        unit = "scf" if name in GASES else "STB"
        values = [point.get(name) for point in points]
        if all(value is None for value in values):
            found[name] = np.zeros(len(points))
            continue
        for place, value in enumerate(values):
            if value is None and place > 0:
                raise sdk.WellheadError(
                    "other points have it, and it is never none by itself",
                    field=f"inputs.points.{place}.{name}",
                    remedy="Send it, as 0 where there was none",
                )
        column = np.array([0.0 if value is None else value.to(unit) for value in values])
        _refuse_falling(name, column)
        found[name] = column * _factor(name, stated, asked)
    return found


def _from_production(
    reservoir: Reservoir,
    points: Sequence[Mapping[str, Any]],
    dates: Sequence[dt.date],
    fluids: Sequence[str],
    conditions: str,
    words: list[str],
) -> dict[str, sdk.Array]:
    for place, point in enumerate(points):
        for name in fluids:
            if point.get(name) is not None:
                raise sdk.WellheadError(
                    "volumes are taken from production, and this point has its own",
                    field=f"inputs.points.{place}.{name}",
                    remedy="Leave it out, or take volumes_from points",
                )
    links = list(
        sdk.db.session.scalars(
            select(ReservoirWell).where(ReservoirWell.reservoir_id == reservoir.id)
        )
    )
    bounds = {link.since - _DAY for link in links if link.since} | {
        link.until - _DAY for link in links if link.until
    }
    asked = sorted(set(dates) | bounds)
    known = _ask({link.well_id for link in links}, asked, words)
    place_of = {day: place for place, day in enumerate(asked)}
    total = {name: np.zeros(len(dates)) for name in fluids}
    for link in links:
        made = known.get(link.well_id)
        if made is None:
            continue
        first = None if link.since is None else place_of[link.since - _DAY]
        last = None if link.until is None else place_of[link.until - _DAY]
        places = np.array([place_of[day] for day in dates])
        for name in fluids:
            sums = np.asarray(made[name], np.float64)
            value = sums[places if last is None else np.minimum(places, last)]
            if first is not None:
                value = np.maximum(value - sums[first], 0.0)
            factor = _factor(name, made["standard_conditions"], conditions)
            unit = "scf" if name in GASES else "STB"
            total[name] += sdk.units.convert(value * factor, "Sm3", unit)
    return total


def _ask(
    wells: set[uuid.UUID], days: Sequence[dt.date], words: list[str]
) -> dict[uuid.UUID, Mapping[str, Any]]:
    known: dict[uuid.UUID, Mapping[str, Any]] = {}
    for plugin, found in sdk.ask("produced_volumes", well_ids=sorted(wells), dates=list(days)):
        words.append(f"volumes of {len(found)} of {len(wells)} open wells by {plugin}")
        known |= found
    if not known:
        raise sdk.WellheadError(
            "no plugin knows what the reservoir's open wells have made",
            field="inputs.volumes_from",
            value="production",
            remedy="Send the volumes with the points, or enter open wells and their production",
        )
    return known


def _factor(name: str, stated: str, asked: str) -> float:
    if name in GASES:
        return gas_factor(stated, asked)
    return oil_factor(stated, asked) if name == "oil" else 1.0


def _refuse_falling(name: str, column: sdk.Array) -> None:
    fallen = np.flatnonzero(np.diff(column) < 0)
    if len(fallen):
        place = int(fallen[0]) + 1
        raise sdk.WellheadError(
            "is less than at the point before: volumes are cumulative",
            field=f"inputs.points.{place}.{name}",
            value=float(column[place]),
            remedy="Send what was produced since the first day",
        )
