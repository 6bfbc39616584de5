"""Histories of which a part is gone, and what buckets tell of it, worked out a row at a time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from wellhead_historian.query.tagged import Subject, TagHistory
from wellhead_historian.store.interface import Level
from wellhead_historian.testing import BASE

from .slow import LONG_AGO, Row, SlowReader, fit

MINUTE, HOUR, DAY = (int(level) for level in sorted(Level))
START = BASE // DAY * DAY


@dataclass(frozen=True)
class History:
    """rows: all there ever were; gone: before it no reading is left; kept: from when on roll-ups of
    each level are"""

    rows: list[Row]
    gone: int
    kept: dict[Level, int]

    def answer(self, question: Any, step: bool) -> dict[str, Any]:
        reader = SlowReader(self.rows, self.gone, self.kept)
        subject = Subject(1, "tag", None, None, False, step)
        return dict(TagHistory(reader, subject, lambda _: []).answer(question).columns)

    def narrowest(self, time: int, finest: int = MINUTE) -> tuple[int, int] | None:
        """From when to when the narrowest bucket is that is kept of a time."""
        for level in sorted(Level):
            begin = time // level * level
            if level >= finest and begin >= self.kept[level]:
                return begin, begin + level
        return None


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Some days, some readings close together; a part of them is gone, of that even minutes and
    hours may be."""
    steps = st.one_of(
        st.integers(1, 20_000_000), st.integers(1, 20_000_000), st.integers(1, 6 * HOUR)
    )
    values = draw(st.sampled_from([st.just(7.0), st.floats(-1e6, 1e6)]))
    qualities = st.sampled_from([192, 192, 192, 192, 64, 24])
    time = START + draw(st.integers(0, 26 * HOUR))
    rows = []
    for _ in range(draw(st.integers(0, 40))):
        time += draw(steps)
        rows.append((time, draw(values), draw(qualities)))
    hours_on = [row[0] // HOUR - START // HOUR + by for row in rows for by in (0, 1)]
    gone = START + draw(st.one_of(st.integers(24, 72), st.sampled_from(hours_on or [24]))) * HOUR
    minutes = draw(st.sampled_from([LONG_AGO, START, START + 30 * HOUR]))
    hours = draw(st.sampled_from([LONG_AGO, START + DAY]))
    days = draw(st.sampled_from([LONG_AGO, LONG_AGO, START + DAY]))
    minutes, hours = max(minutes, hours, days), max(hours, days)
    today = gone // DAY * DAY  # nothing is removed of a day before all of it is past its time
    kept = {Level.MINUTE: min(minutes, gone), Level.HOUR: min(hours, today)}
    return History(rows, gone, {**kept, Level.DAY: min(days, today)})


def told(rows: Sequence[Row]) -> list[Row]:
    """What a bucket that is gone tells of its readings: the first and the last, and, when it has
    more that were not all the same, nothing of what lies between."""
    if len(rows) < 3 or (all(map(fit, rows)) and len({row[1] for row in rows}) == 1):
        return list(rows)
    return [rows[0], (rows[0][0] + 1, math.nan, 0), rows[-1]]
