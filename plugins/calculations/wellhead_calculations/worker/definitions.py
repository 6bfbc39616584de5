"""The calculations of a tenant, checked and in order, as the calculator needs them."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from wellhead import sdk
from wellhead_calculations.expression.check import Known, check
from wellhead_calculations.expression.tree import Expression
from wellhead_calculations.totals import Total
from wellhead_historian.models import holds
from wellhead_historian.store.texts import TEXT

_VERSION = """
SELECT version, (SELECT max(t.updated_at) FROM historian_tag t WHERE t.id IN (
    SELECT tag_id FROM calculations_calculation UNION SELECT tag_id FROM calculations_input))
FROM calculations_head
"""
_CALCULATIONS = """
SELECT c.tag_id, t.unit, c.expression, c.period, c.zone, c.day_start, c.least_share, c.max_age_s,
       (extract(epoch FROM c.start) * 1000000)::int8
FROM calculations_calculation c JOIN historian_tag t ON t.id = c.tag_id ORDER BY c.tag_id
"""
_INPUTS = """
SELECT i.calculation_id, i.tag_id, t.unit, t.datatype, t.states, t.step
FROM calculations_input i JOIN historian_tag t ON t.id = i.tag_id ORDER BY i.place
"""


@dataclass(frozen=True, slots=True)
class Definition:
    """One calculated tag. rule: None where it cannot be evaluated, for the reason in `error`;
    start, max_age: microseconds"""

    tag: int
    inputs: tuple[int, ...]
    rule: Expression | Total | None
    start: int
    max_age: int
    error: str | None


class Definitions:
    """Loaded anew when one has changed, or the unit of a tag."""

    def __init__(self) -> None:
        self._known: Any = None
        self.levels: list[list[Definition]] = []
        """Each level needs results of those before it and of no other."""

    def refresh(self, connection: psycopg.Connection[Any]) -> None:
        known = connection.execute(_VERSION).fetchone()
        if known != self._known:
            self.levels = _levels(load(connection))
            self._known = known


def load(connection: psycopg.Connection[Any]) -> dict[int, Definition]:
    """All of them by tag."""
    inputs: dict[int, dict[int, Any]] = {}
    row: Any
    for row in connection.cursor(row_factory=namedtuple_row).execute(_INPUTS):
        inputs.setdefault(row.calculation_id, {})[row.tag_id] = row
    found = {}
    for definition in connection.execute(_CALCULATIONS):
        made, unit, expression, period, zone, day_start, share, max_age_s, start = definition
        mine = inputs.get(made, {})
        rule: Expression | Total | None = None
        error = None
        try:
            if expression is not None:
                known = {
                    one: Known(one, tag.unit, tag.datatype == TEXT) for one, tag in mine.items()
                }
                rule = check(expression, {}, known, unit)
            else:
                [rate] = mine.values()
                rule = total_of(rate.unit, unit, period, zone, day_start, holds(rate), share)
        except sdk.WellheadError as problem:
            error = str(problem)
        found[made] = Definition(made, tuple(mine), rule, start, int(max_age_s * 1_000_000), error)
    return found


def total_of(
    rate: str | None,
    unit: str | None,
    period: str,
    zone: str,
    day_start: str,
    step: bool,
    least_share: float,
) -> Total:
    """step: whether the rate's value holds. Raises WellheadError when an integral of the rate over
    time is not of `unit`."""
    measure = sdk.units.Measure
    flow = measure.of(rate)
    volume, wanted = flow * measure.of("s"), measure.of(unit)
    if flow.has_zero_elsewhere or not volume.measures_the_same(wanted):
        raise sdk.WellheadError(
            f"the total of a rate in {flow} is no {wanted}",
            field="unit",
            value=unit,
            remedy="Give the total a unit of what flows: m3 for m3/d, Mscf for Mscf/d, t for kg/s",
        )
    factor, _ = volume.line_to(wanted)
    hours = period == "hour"
    start = dt.time() if hours else sdk.parse_day_start(day_start)
    return Total(factor, hours, zoneinfo.ZoneInfo(zone), start, step, least_share)


def _levels(definitions: dict[int, Definition]) -> list[list[Definition]]:
    """Saving refuses cycles, so each has a depth."""
    needed = {
        tag: [one for one in definition.inputs if one in definitions]
        for tag, definition in definitions.items()
    }
    sorter = TopologicalSorter(needed)
    sorter.prepare()
    levels = []
    while sorter.is_active():
        ready = sorter.get_ready()
        levels.append([definitions[tag] for tag in ready])
        sorter.done(*ready)
    return levels
