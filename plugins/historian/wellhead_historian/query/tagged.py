"""What is asked of one tag's readings, answered: in its unit or another, as numbers or as texts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_historian.models import holds
from wellhead_historian.query import aggregates, buckets, gather, instants, interpolate, past, trend
from wellhead_historian.query.buckets import Ints
from wellhead_historian.query.question import Instants, Intervals, Picture, Question, Raw
from wellhead_historian.store.interface import Buckets, Level, Reader, Readings
from wellhead_historian.store.texts import TEXT

_VALUES = ("first", "last")
Column = npt.NDArray[Any] | list[Any]
Texts = Callable[[npt.NDArray[np.float64]], list[str | None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """columns: of equal length, `t` (int64, microseconds UTC) first
    meta: what they are, by the names of the API; next: where to go on, None = this is all"""

    columns: Mapping[str, Column]
    meta: dict[str, Any]
    next: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """The tag that is asked about.

    unit, target: of its readings, and of the answers; holds: see `models.holds`
    """

    id: int
    name: str
    unit: str | None
    target: str | None
    is_text: bool
    holds: bool


def subject_of(tag: Any, system: sdk.units.System | None) -> Subject:
    """The tag, or a row with its columns, to be answered in a system's units; None = in its own."""
    target = sdk.units.shown_in(tag.unit, tag.quantity, system) if system else tag.unit
    is_text = tag.datatype == TEXT
    return Subject(tag.id, tag.name, tag.unit, target, is_text, holds(tag) or is_text)


class TagHistory:
    """One tag's readings. texts: what readings of texts say, by their values"""

    def __init__(self, reader: Reader, tag: Subject, texts: Texts) -> None:
        self._reader = reader
        self._tag = tag
        self._texts = texts

    def answer(self, question: Question) -> Answer:
        """Raises WellheadError for what cannot be asked of this tag."""
        if isinstance(question, Raw):
            return self._raw(question)
        if isinstance(question, Picture):
            return self._picture(question)
        if isinstance(question, Intervals):
            return self._intervals(question)
        return self._instants(question)

    def _raw(self, question: Raw) -> Answer:
        assert question.limit is not None
        found = self._reader.read(self._tag.id, question.start, question.end, question.limit)
        times, values, qualities = found.times, found.values, found.qualities
        if question.quality != "all":
            good = sdk.quality.is_good(qualities)
            keep = good if question.quality == "good" else ~sdk.quality.is_bad(qualities)
            times, values, qualities = times[keep], values[keep], qualities[keep]
        columns = {"t": times, "v": self._shown(values), "q": qualities}
        return self._answer(columns, None, None, go_on=found.next)

    def _picture(self, question: Picture) -> Answer:
        if self._tag.is_text:
            raise sdk.WellheadError(
                "texts cannot be drawn",
                field="points",
                value=question.points,
                remedy=f"Leave points out for {self._tag.name}: limit and meta.next give all texts",
            )
        points, level = trend.trend(
            self._reader,
            self._tag.id,
            question.start,
            question.end,
            question.points,
            question.method,
            question.good_only,
        )
        columns = {"t": points.times, "v": self._shown(points.values), "q": points.qualities}
        return self._answer(columns, level, str(question.method))

    def _instants(self, question: Instants) -> Answer:
        near = instants.around(self._reader, self._tag.id, question.times, question.good_only)
        step = self._tag.holds
        values, qualities = interpolate.interpolated(
            question.times, near.readings, step=step, good_only=question.good_only
        )
        columns = {"t": question.times, "v": self._shown(values), "q": qualities}
        return self._answer(columns, near.level, "step" if step else "linear")

    def _intervals(self, question: Intervals) -> Answer:
        for name in question.names if self._tag.is_text else ():
            if name not in aggregates.OF_TEXTS:
                raise sdk.WellheadError(
                    f"there is no {name} of texts",
                    field="agg",
                    value=name,
                    remedy=f"Use {', '.join(aggregates.OF_TEXTS)} for {self._tag.name}",
                )
        edges = question.clipped
        found, level = self._summaries(edges, question.good_only)
        around = None
        if aggregates.over_time(question.names):
            around = self._surroundings(question, found)
        if self._tag.target != self._tag.unit:
            found = buckets.in_unit(found, str(self._tag.unit), str(self._tag.target))
        columns: dict[str, Column] = {"t": question.edges[:-1]}
        for name, column in aggregates.aggregated(question.names, found, edges, around).items():
            columns[name] = self._texts(column) if self._tag.is_text and name in _VALUES else column
        units = {name: self._unit_of(name) for name in question.names}
        return self._answer(columns, level, "aggregate", units=units)

    def _summaries(self, edges: Ints, good_only: bool) -> tuple[Buckets, Level | None]:
        level = gather.widest(edges)
        found = gather.summaries(self._reader, self._tag.id, edges, level)
        if good_only and ((found.good < found.count) & (found.usable > 0)).any():
            return gather.good_summaries(self._reader, self._tag.id, edges, level)
        return found, level

    def _surroundings(self, question: Intervals, found: Buckets) -> aggregates.Surroundings:
        before, after = past.beyond(self._reader, self._tag.id, question.start, question.end, found)
        return aggregates.Surroundings(
            self._counted(before, question.good_only),
            self._counted(after, question.good_only),
            self._tag.holds,
            question.held_until,
        )

    def _counted(self, readings: Readings, good_only: bool) -> Readings:
        """In the unit asked for, and without those that do not count."""
        wanted = buckets.only_good(readings) if good_only else readings
        return replace(wanted, values=self._converted(wanted.values))

    def _converted(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        if self._tag.target is None or self._tag.unit is None:
            return values
        return sdk.units.convert(values, self._tag.unit, self._tag.target)

    def _shown(self, values: npt.NDArray[np.float64]) -> Column:
        return self._texts(values) if self._tag.is_text else self._converted(values)

    def _unit_of(self, name: str) -> str | None:
        if name in aggregates.COUNTS:
            return None
        if name == "integral":
            return "s" if self._tag.target is None else f"{self._tag.target}·s"
        return self._tag.target

    def _answer(
        self,
        columns: Mapping[str, Column],
        level: Level | None,
        method: str | None,
        *,
        units: dict[str, str | None] | None = None,
        go_on: int | None = None,
    ) -> Answer:
        meta = {
            "count": len(columns["t"]),
            "unit": None if self._tag.is_text else self._tag.target,
            "source": trend.source_name(level),
            "method": method,
        }
        return Answer(columns, {**meta, "units": units}, go_on)
