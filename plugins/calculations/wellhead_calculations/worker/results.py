"""What a calculation gives for a stretch of time, from readings that are stored."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead_calculations.expression.evaluate import evaluate
from wellhead_calculations.expression.tree import Expression
from wellhead_calculations.inputs.spans import END, Span
from wellhead_calculations.totals import Total
from wellhead_calculations.worker.definitions import Definition
from wellhead_calculations.worker.series import (
    MOST_READINGS,
    NOTHING,
    Series,
    align,
    first_time,
    joined,
)
from wellhead_historian.store.interface import Readings

_MOST_PERIODS = 7


@dataclass(frozen=True, slots=True)
class Results:
    """Readings of a calculated tag. through: the last time that was looked at; later ones of the
    stretch are still to be done"""

    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16]
    through: int


def results_of(definition: Definition, series: Series, span: Span) -> Results:
    """Of a definition that can be evaluated, for as much of `span` as goes at once."""
    if isinstance(definition.rule, Expression):
        return _expression(definition.rule, definition, series, span)
    assert isinstance(definition.rule, Total)
    return _total(definition.rule, definition, series, span)


def affected(definition: Definition, series: Series, tag: int, span: Span) -> Span:
    """The times whose results readings of the input `tag` in `span` may have changed: until its
    next reading, but no longer than a reading counts. A total changes from the one before on."""
    begin, end = span
    if isinstance(definition.rule, Total):
        earlier, later = series.before(tag, begin), series.after(tag, end)
        return (
            int(earlier.times[0]) if len(earlier.times) else begin,
            int(later.times[0]) if len(later.times) else end,
        )
    until = end + definition.max_age
    if series.none_after(tag, end):
        return begin, until
    later = series.after(tag, end)
    return begin, min(until, int(later.times[0]) - 1) if len(later.times) else until


def _expression(
    expression: Expression, definition: Definition, series: Series, span: Span
) -> Results:
    begin, end = span
    readings = [series.read(tag, begin, end, MOST_READINGS) for tag in expression.inputs]
    cut = min((each.next for each in readings if each.next is not None), default=None)
    if cut is not None:
        end = cut - 1
        readings = [_until(each, end) for each in readings]
    if not any(len(each.times) for each in readings):
        return Results(NOTHING.times, NOTHING.values, NOTHING.qualities, end)
    first = first_time(readings)
    befores = [
        NOTHING if len(each.times) and each.times[0] == first else series.before(tag, begin)
        for tag, each in zip(expression.inputs, readings, strict=True)
    ]
    inputs = align(readings, befores, definition.max_age)
    values, qualities = evaluate(expression, inputs.values, inputs.qualities)
    return Results(inputs.times, values, qualities, end)


def _total(total: Total, definition: Definition, series: Series, span: Span) -> Results:
    [tag] = definition.inputs
    begin, end = span
    newest = series.before(tag, END)
    if not len(newest.times) or int(newest.times[0]) < begin:
        return Results(NOTHING.times, NOTHING.values, NOTHING.qualities, end)
    if not len(series.before(tag, begin).times):
        begin = int(series.after(tag, begin - 1).times[0])  # nothing is written of before
    edges = total.periods(begin, min(end, int(newest.times[0])))
    few = edges[: _MOST_PERIODS + 1]
    totals = [
        total.of(_around(series, tag, start, stop), start, stop, definition.max_age)
        for start, stop in zip(few[:-1].tolist(), few[1:].tolist(), strict=True)
    ]
    through = end if len(few) == len(edges) else int(few[-1]) - 1
    return Results(
        few[:-1],
        np.array([value for value, _ in totals], np.float64),
        np.array([quality for _, quality in totals], np.int16),
        through,
    )


def _around(series: Series, tag: int, begin: int, end: int) -> Readings:
    """The readings of a period with the one before and the one after it."""
    return joined(
        [series.before(tag, begin), series.whole(tag, begin, end - 1), series.after(tag, end - 1)]
    )


def _until(readings: Readings, end: int) -> Readings:
    keep = readings.times <= end
    return Readings(readings.times[keep], readings.values[keep], readings.qualities[keep])
