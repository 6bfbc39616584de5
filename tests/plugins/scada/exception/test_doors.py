"""The exception tests by hand-worked examples, against one reading at a time, and their promise."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead.sdk import Batch
from wellhead_scada.engine.config import DeviceConfig, FieldConfig, GroupConfig, TagConfig
from wellhead_scada.exception.filter import ExceptionFilter
from wellhead_scada.exception.rules import Rule

SECOND = 1_000_000
SOURCE = 7
Reading = tuple[int, float, int]


def field_of(*rules: dict[str, float] | None) -> FieldConfig:
    tags = tuple(
        TagConfig(n + 1, f"T{n}", "float64", {}, exception=rule) for n, rule in enumerate(rules)
    )
    group = GroupConfig("g", "g", 1000, SOURCE, tags)
    return FieldConfig((DeviceConfig("d", "d", "driver", {}, 1.0, True, (group,)),))


def filter_of(*rules: dict[str, float] | None) -> ExceptionFilter:
    made = ExceptionFilter()
    made.configure(field_of(*rules))
    return made


def batch_of(*rows: tuple[int, int, float, int], texts: dict[int, str] | None = None) -> Batch:
    tags, times, values, qualities = zip(*rows, strict=True)
    return Batch(
        SOURCE,
        np.array(tags, np.int32),
        np.array(times, np.int64) * SECOND,
        np.array(values, np.float64),
        np.array(qualities, np.int16),
        texts or {},
    )


def rows_of(batches: list[Batch], tag: int = 1) -> list[Reading]:
    rows: list[Reading] = []
    for batch in batches:
        assert batch.source == SOURCE
        mine = batch.take(batch.tags == tag)
        columns = (mine.times // SECOND).tolist(), mine.values.tolist(), mine.qualities.tolist()
        rows += list(zip(*columns, strict=True))
    return rows


def run(rule: dict[str, float], readings: list[Reading]) -> list[Reading]:
    made = filter_of(rule)
    return rows_of([part for row in readings for part in made.kept(batch_of((1, *row)))])


def good(*values: float, every: int = 1) -> list[Reading]:
    return [(n * every, value, 192) for n, value in enumerate(values)]


def test_a_step_is_stored_with_the_reading_before_it() -> None:
    readings = good(10.0, 10.4, 9.6, 10.1, 12.0, 12.4)
    assert run({"deadband": 0.5}, readings) == [readings[0], readings[3], readings[4]]


def test_a_share_of_the_value_is_of_the_last_one_stored() -> None:
    readings = good(100.0, 104.0, 103.0, 106.0, 110.0)
    assert run({"deadband_percent": 5}, readings) == [readings[0], readings[2], readings[3]]
    assert run({"deadband_percent": 50}, good(0.0, 0.0, 0.001)) == good(0.0, 0.0, 0.001)


def test_a_swinging_door_keeps_the_corners_of_straight_lines() -> None:
    up_and_down = good(0, 1, 2, 3, 4, 3, 2, 1, 0)
    made = filter_of({"swinging_door": 0.1})
    kept = [part for row in up_and_down for part in made.kept(batch_of((1, *row)))]
    assert rows_of(kept) == [up_and_down[0], up_and_down[4]]
    assert rows_of(made.release()) == [up_and_down[8]]
    assert (made.offered, made.stored) == (9, 3)


def test_quality_and_a_value_that_goes_or_comes_always_pass() -> None:
    nan = math.nan
    readings = [
        (0, 1.0, 192),
        (1, 1.0, 192),
        (2, nan, 24),
        (3, nan, 24),
        (4, nan, 8),
        (5, 1.0, 192),
    ]
    for rule in ({"deadband": 1e9}, {"swinging_door": 1e9}):
        kept = run(rule, readings)
        assert [row[0] for row in kept] == [0, 1, 2, 3, 4, 5]  # each with the one held before it


def test_the_longest_interval_is_kept_without_news() -> None:
    for rule in ({"deadband": 1.0}, {"swinging_door": 1.0}):
        kept = run(rule | {"max_interval_s": 10}, good(*[5.0] * 60))
        assert [row[0] for row in kept] == [0, 10, 20, 30, 40, 50]


def said_of(batches: list[Batch]) -> list[tuple[int, str | None]]:
    """(time, text) of every row."""
    return [
        (time // SECOND, batch.texts.get(row))
        for batch in batches
        for row, time in enumerate(batch.times.tolist())
    ]


@pytest.mark.parametrize("rule", [{"deadband": 0}, {"swinging_door": 0}])
def test_texts_pass_when_they_change_each_with_the_one_held_before_it(
    rule: dict[str, float],
) -> None:
    made = filter_of(rule)
    kept: list[Batch] = []
    for time, text in enumerate(["on", "on", "off", "off", "off", "on", "on"]):
        kept += made.kept(batch_of((1, time, math.nan, 192), texts={0: text}))
    assert said_of(kept) == [(0, "on"), (1, "on"), (2, "off"), (4, "off"), (5, "on")]
    assert said_of(made.release()) == [(6, "on")]


def test_a_text_that_comes_late_does_not_pass_for_the_newest() -> None:
    made = filter_of({"deadband": 0})
    kept: list[Batch] = []
    for time, text in [(0, "on"), (5, "on"), (3, "off"), (6, "off")]:
        kept += made.kept(batch_of((1, time, math.nan, 192), texts={0: text}))
    assert said_of(kept) == [(0, "on"), (3, "off"), (5, "on"), (6, "off")]


def test_what_is_said_again_of_the_time_of_the_last_takes_its_place() -> None:
    """Else what was held would be stored after it, and count in its stead."""
    readings = [(0, 1.0, 192), (1, 2.0, 192), (1, 9.0, 192), (2, 9.5, 192), (3, 1.0, 192)]
    kept = [readings[0], readings[2], readings[3]]
    assert run({"swinging_door": 2.0}, readings) == kept
    assert run({"deadband": 2.0}, readings) == [*kept, readings[4]]


@pytest.mark.parametrize("rule", [{"deadband": 1.0}, {"swinging_door": 1.0}])
def test_a_clock_that_was_years_ahead_does_not_end_the_tests(rule: dict[str, float]) -> None:
    years = 10 * 365 * 86_400
    ahead = [(years + second, 5.0, 192) for second in range(3)]
    right = [(100 + second, 5.0, 192) for second in range(50)]
    kept = run(rule | {"max_interval_s": 10}, ahead + right)
    assert [row[0] for row in kept] == [years, years + 2, 100, 110, 120, 130, 140]


def test_tags_without_rules_and_other_sources_are_left_alone() -> None:
    made = filter_of(None, {"deadband": 1.0})
    scan = batch_of((1, 0, 1.0, 192), (2, 0, 1.0, 192))
    assert len(rows_of(made.kept(scan), 1)) == 1
    again = batch_of((1, 1, 1.0, 192), (2, 1, 1.0, 192))
    (kept,) = made.kept(again)
    assert kept.tags.tolist() == [1]
    none = filter_of(None)
    assert none.kept(scan)[0] is scan


def test_rules_that_are_gone_give_back_what_they_held_and_others_go_on() -> None:
    made = filter_of({"deadband": 1.0})
    made.kept(batch_of((1, 0, 1.0, 192)))
    assert made.kept(batch_of((1, 1, 1.5, 192))) == []
    assert made.configure(field_of({"deadband": 1.0})) == []
    assert made.kept(batch_of((1, 2, 1.6, 192))) == []
    assert rows_of(made.configure(field_of(None))) == [(2, 1.6, 192)]


# Many lie near the line of those before them, or nothing would be dropped and nothing shown.
values = st.one_of(
    st.floats(-4, 4), st.integers(-8, 8).map(float), st.sampled_from([0.0, 50.0, math.nan])
)
steps = st.lists(
    st.tuples(
        st.sampled_from([1, 1, 1, 1, 2, 5, 0, -1]), values, st.sampled_from([192] * 9 + [24])
    ),
    max_size=60,
)
widths = st.floats(0, 8)
intervals = st.integers(1, 60)
rules = st.one_of(
    st.builds(lambda d, m: {"deadband": d, "max_interval_s": m}, widths, intervals),
    st.builds(lambda d: {"deadband_percent": d}, st.floats(0, 200)),
    st.builds(lambda d, m: {"swinging_door": d, "max_interval_s": m}, widths, intervals),
)


def timed(given_steps: list[tuple[int, float, int]]) -> list[Reading]:
    time, found = 100, []
    for step, value, quality in given_steps:
        time += step
        found.append((time, value, quality))
    return found


@settings(max_examples=200)
@given(rules, steps)
def test_what_is_dropped_lies_within_the_deviation(
    rule: dict[str, float], given_steps: list[tuple[int, float, int]]
) -> None:
    readings = timed([(abs(step) + 1, v, q) for step, v, q in given_steps])
    made = filter_of(rule)
    kept = rows_of([part for row in readings for part in made.kept(batch_of((1, *row)))])
    kept += rows_of(made.release())
    assert [row[0] for row in kept] == sorted({row[0] for row in kept})
    assert set(map(str, kept)) <= set(map(str, readings))
    times = [row[0] for row in kept]
    for time, value, quality in readings:
        after = int(np.searchsorted(times, time))
        if times[after] == time:
            continue
        (t0, v0, q0), (t1, v1, _) = kept[after - 1], kept[after]
        assert quality == q0
        assert math.isnan(value) == math.isnan(v0)
        assert time - t0 < rule.get("max_interval_s", 600)
        if math.isnan(value):
            continue
        if "swinging_door" in rule:
            line = v0 + (v1 - v0) * (time - t0) / (t1 - t0)
            assert abs(value - line) <= rule["swinging_door"] + 1e-9
        else:
            band = rule.get("deadband", abs(v0) * rule.get("deadband_percent", 0) / 100)
            assert abs(value - v0) <= band


@dataclass
class Slow:
    """One tag, one reading at a time, as the documentation says it."""

    rule: Rule
    stored: Reading | None = None
    held: Reading | None = None
    lower: float = -math.inf
    upper: float = math.inf

    def offer(self, new: Reading) -> list[Reading]:
        last = self.held or self.stored
        if self.stored is None or last is None:
            return self.begin(new)
        longest = self.rule.max_interval_s
        held = [self.held] if self.held else []
        if abs(new[0] - last[0]) >= longest:
            return held + self.begin(new)
        if new[0] < last[0]:
            return [new]
        if new[0] == last[0]:
            return self.begin(new)
        if new[2] != last[2] or math.isnan(new[1]) != math.isnan(last[1]):
            return held + self.begin(new)
        elapsed = (new[0] - self.stored[0]) * SECOND / 1e6
        if self.rule.swinging_door is not None:
            slope = (new[1] - self.stored[1]) / elapsed
            if slope > self.upper or slope < self.lower:
                assert self.held
                self.begin(self.held)
                self.hold(new)
                return held
        else:
            percent = self.rule.deadband_percent
            band = (percent / 100 * abs(self.stored[1])) if percent else self.rule.deadband or 0.0
            if abs(new[1] - self.stored[1]) > band:
                return held + self.begin(new)
        if elapsed >= longest:
            return self.begin(new)
        self.hold(new)
        return []

    def begin(self, new: Reading) -> list[Reading]:
        self.stored, self.held = new, None
        self.lower, self.upper = -math.inf, math.inf
        return [new]

    def hold(self, new: Reading) -> None:
        assert self.stored
        self.held = new
        width = self.rule.swinging_door or 0.0
        elapsed = (new[0] - self.stored[0]) * SECOND / 1e6
        rise = new[1] - self.stored[1]
        if not math.isnan(rise):
            self.upper = min(self.upper, (rise + width) / elapsed)
            self.lower = max(self.lower, (rise - width) / elapsed)


@settings(max_examples=200)
@given(st.lists(st.tuples(rules, steps), min_size=1, max_size=4), st.booleans())
def test_many_tags_at_once_are_as_one_at_a_time(several: Any, in_one_batch: bool) -> None:
    made = filter_of(*(rule for rule, _ in several))
    slow = [Slow(Rule(**rule)) for rule, _ in several]
    wanted: list[list[Reading]] = [[] for _ in several]
    scans: list[list[tuple[int, int, float, int]]] = []
    for tag, (_, given_steps) in enumerate(several):
        for place, row in enumerate(timed(given_steps)):
            wanted[tag] += slow[tag].offer(row)
            scans += [[]] if place == len(scans) else []
            scans[place].append((tag + 1, *row))
    if in_one_batch:
        scans = [[row for scan in scans for row in scan]]
    kept = [part for scan in scans if scan for part in made.kept(batch_of(*scan))]
    for tag, readings in enumerate(wanted):
        assert sorted(map(str, rows_of(kept, tag + 1))) == sorted(map(str, readings))


@pytest.mark.parametrize("rule", [{"deadband": 5.0}, {"swinging_door": 5.0}])
def test_r1_nothing_is_held_of_a_delivery_that_is_acknowledged(rule: dict[str, float]) -> None:
    made = filter_of(rule, None)
    first = made.kept(batch_of((1, 0, 1.0, 192), (2, 0, 1.0, 192)), waits=True)
    second = made.kept(batch_of((1, 1, 1.5, 192), (1, 2, 2.0, 192)), waits=True)
    assert len(first) == 1  # one future says that all of it is kept
    assert rows_of(second) == ([(2, 2.0, 192)] if "swinging_door" in rule else [])
    assert made.release() == []
