"""Totals of rates against sums by hand: days of 23 and 25 hours, gaps, steps and straight lines."""

import datetime as dt
import zoneinfo
from collections.abc import Callable

import numpy as np
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.calculations.conftest import CALCULATIONS, Plant

from wellhead import sdk
from wellhead.live.bus import CHANNEL
from wellhead.live.frames import Payload
from wellhead.testing import ApiClient
from wellhead_calculations.totals import Total, integral
from wellhead_calculations.worker.definitions import total_of
from wellhead_calculations.worker.process import Work
from wellhead_historian import api as historian
from wellhead_historian.store.interface import Readings

pytestmark = pytest.mark.one_app

S = 1_000_000
HOUR = 3600 * S
GOOD = 192
DAY = 86_400.0
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
Define = Callable[..., int]


def micros(text: str) -> int:
    return (dt.datetime.fromisoformat(text) - EPOCH) // dt.timedelta(microseconds=1)


def readings(*rows: tuple[int, float, int]) -> Readings:
    times, values, codes = zip(*rows, strict=True)
    return Readings(np.array(times, np.int64), np.array(values), np.array(codes, np.int16))


def test_a_constant_rate_adds_up_by_the_hours_of_the_production_day(
    plant: Plant, define: Define
) -> None:
    """24 m3/d is 1 m3 an hour, whatever the day."""
    cases = [
        ("Europe/Oslo", "2026-03-28T05:00:00+00:00", 23),
        ("Europe/Oslo", "2026-10-24T04:00:00+00:00", 25),
        ("America/Edmonton", "2026-03-07T13:00:00+00:00", 23),
        ("UTC", "2026-03-28T06:00:00+00:00", 24),
    ]
    for number, (zone, begins, hours) in enumerate(cases):
        first = micros(begins)
        plant.tags(**{f"Q{number}": "m3/d"})
        day = {"zone": zone, "day_start": "06:00", "start": begins}
        define(f"V{number}", unit="m3", total_of=f"Q{number}", **day)
        plant.store([(f"Q{number}", first + n * HOUR, 24.0, GOOD) for n in range(hours + 1)])
    plant.calculate()
    for number, (_, begins, hours) in enumerate(cases):
        first = micros(begins)
        assert plant.readings(f"V{number}") == [
            (first, pytest.approx(float(hours), rel=1e-12), GOOD),
            (first + hours * HOUR, None, sdk.quality.BAD_NOT_CONNECTED),  # one spans no time
        ]


@pytest.mark.parametrize(
    ("rate", "unit", "factor"),
    [("m3/d", "m3", 1 / DAY), ("Mscf/d", "MMscf", 1e-3 / DAY), ("kg/s", "t", 1e-3),
     ("kW", "kWh", 1 / 3600), ("m3/d", "bbl", 1 / DAY / 0.158987294928)],
)  # fmt: skip
def test_units_of_totals(rate: str, unit: str, factor: float) -> None:
    total = total_of(rate, unit, "day", "UTC", "06:00", False, 0.9)
    assert total.factor == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(
    ("rate", "unit"), [("m3/d", "t"), ("bar", "m3"), ("degC", "K*s"), ("m3/d", None)]
)
def test_units_that_are_no_total_of_a_rate_are_refused(rate: str, unit: str | None) -> None:
    with pytest.raises(sdk.WellheadError, match="the total of a rate") as caught:
        total_of(rate, unit, "day", "UTC", "06:00", False, 0.9)
    assert caught.value.field == "unit"


def test_step_and_linear_by_hand() -> None:
    found = readings((0, 10.0, 192), (10 * S, 20.0, 192), (30 * S, 0.0, 192))
    assert integral(found, 0, 30 * S, True, HOUR) == (500.0, 30 * S, 30 * S)
    assert integral(found, 0, 30 * S, False, HOUR) == (350.0, 30 * S, 30 * S)
    # cut at 5 and 20 s: lines from 15 to 20 and from 20 to 10
    assert integral(found, 5 * S, 20 * S, False, HOUR) == (5 * 17.5 + 10 * 15.0, 15 * S, 15 * S)
    assert integral(found, 5 * S, 20 * S, True, HOUR) == (5 * 10.0 + 10 * 20.0, 15 * S, 15 * S)


def test_gaps_and_bad_readings_are_not_made_up() -> None:
    found = readings((0, 1.0, 192), (10 * S, 1.0, 0), (20 * S, 1.0, 64), (90 * S, 1.0, 192))
    assert integral(found, 0, 90 * S, True, 15 * S) == (10.0 + 15.0, 10 * S, 25 * S)
    assert integral(found, 0, 90 * S, False, 15 * S) == (0.0, 0, 0)
    assert integral(found, 0, 90 * S, False, HOUR) == (70.0, 0, 70 * S)
    total = Total(1.0, True, zoneinfo.ZoneInfo("UTC"), dt.time(), True, 0.5)
    assert total.of(found, 0, 90 * S, 15 * S) == (25.0, sdk.quality.UNCERTAIN)
    assert total.of(found, 0, 20 * S, HOUR) == (10.0, GOOD)  # half of it is good
    assert total.of(found, 10 * S, 20 * S, HOUR)[1] == sdk.quality.BAD_NOT_CONNECTED


@given(
    st.lists(
        st.tuples(st.integers(0, 100), st.floats(-1e3, 1e3), st.sampled_from([0, 64, 192])),
        min_size=2, max_size=12, unique_by=lambda row: row[0],
    ),
    st.integers(-10, 110), st.integers(-10, 110), st.booleans(),
)  # fmt: skip
def test_totals_of_parts_add_up_to_the_whole(
    rows: list[tuple[int, float, int]], middle: int, end: int, step: bool
) -> None:
    found = readings(*((at * S, value, code) for at, value, code in sorted(rows)))
    middle, end = sorted((middle, end))
    whole = integral(found, -10 * S, end * S, step, 30 * S)
    parts = [integral(found, a * S, b * S, step, 30 * S) for a, b in ((-10, middle), (middle, end))]
    assert whole[0] == pytest.approx(parts[0][0] + parts[1][0], rel=1e-9, abs=1e-6)
    assert whole[1:] == tuple(a + b for a, b in zip(parts[0][1:], parts[1][1:], strict=True))


@pytest.mark.parametrize(
    ("datatype", "states", "step", "hours"),
    [
        ("bool", None, None, 6.0),
        ("int16", {"0": "Off", "1": "On"}, None, 6.0),
        ("bool", None, False, 3.0),
        ("float64", None, None, 3.0),
        ("float64", None, True, 6.0),
    ],
)
def test_running_hours_are_of_a_value_that_holds_where_the_historian_says_so(
    api: ApiClient,
    plant: Plant,
    define: Define,
    datatype: str,
    states: dict[str, str] | None,
    step: bool | None,
    hours: float,
) -> None:
    with plant.inside():
        tag = historian.create_tag(name="RUN", datatype=datatype, states=states, step=step)
        plant.ids["RUN"] = tag.id
        plant.source = historian.create_source("group")
        sdk.db.session.commit()
    first = micros("2026-03-28T00:00:00+00:00")
    plant.store([("RUN", first + n * HOUR, float(n == 0), GOOD) for n in (0, 6, 24)])
    asked = {"unit": "h", "total_of": "RUN", "max_age_s": 86_400, "zone": "UTC"}
    day = {"day_start": "00:00", "start": "2026-03-28T00:00:00Z"}
    define("H", **asked, **day)
    plant.calculate()
    assert plant.readings("H")[0] == (first, pytest.approx(hours), GOOD)
    tried = api.post(f"{CALCULATIONS}/try", {**asked, **day, "to": "2026-03-29T00:00:00Z"}).data
    assert tried["v"] == [pytest.approx(hours)]
    range_ = {"from": "2026-03-28T00:00:00Z", "to": "2026-03-29T00:00:00Z", "interval": "1d"}
    [seconds] = api.get(f"/api/v1/tags/{tag.id}/readings", **range_, agg="integral").data[
        "integral"
    ]
    assert seconds == pytest.approx(hours * 3600)


def test_late_data_changes_the_total_of_its_day(plant: Plant, define: Define) -> None:
    plant.tags(Q_step="m3/d")
    define("V", unit="m3", total_of="Q-step", period="hour", max_age_s=7200)
    first = micros("2025-06-15T06:00:00+00:00")
    plant.store([("Q-step", first + n * HOUR, 24.0, GOOD) for n in range(4)])
    plant.calculate()
    before = plant.readings("V")
    assert [value for _, value, _ in before] == [1.0, 1.0, 1.0, None]
    plant.store([("Q-step", first + HOUR + HOUR // 2, 48.0, GOOD)])
    assert plant.calculate() == 1
    assert [value for _, value, _ in plant.readings("V")] == [1.0, 1.5, 1.0, None]


@pytest.mark.parametrize(("began", "quality"), [(3, GOOD), (12, sdk.quality.UNCERTAIN)])
def test_the_total_of_a_period_that_goes_on_is_renewed_now_and_then(
    plant: Plant, define: Define, began: int, quality: int
) -> None:
    now = plant.now()
    day_start, start = day_that_began(began, now)
    plant.tags(Q_step="m3/d")
    define("V", unit="m3", total_of="Q-step", max_age_s=7200, day_start=day_start)
    plant.calculate()
    plant.store([("Q-step", start, 24.0, GOOD), ("Q-step", (start + now) // 2, 24.0, GOOD)])
    plant.store([("Q-step", now, 24.0, GOOD)])
    assert plant.calculate() == 0
    assert plant.connection.execute("SELECT count(*) FROM calculations_due").fetchone() == (1,)
    plant.hurry()
    plant.calculate()
    covered = min((now - start) / 2, 2 * HOUR) * 2 / HOUR
    assert plant.readings("V") == [(start, pytest.approx(covered, rel=1e-6), quality)]


def test_screens_are_told_the_total_of_a_period_that_goes_on(
    plant: Plant, define: Define, database_admin_url: str
) -> None:
    now = plant.now()
    day_start, start = day_that_began(3, now)
    plant.tags(Q_step="m3/d")
    total = define("V", unit="m3", total_of="Q-step", max_age_s=7200, day_start=day_start)
    work = Work(sdk.runtime_of(plant.app), "default")
    while work.go():
        pass
    for value in (24.0, 48.0):
        plant.store([("Q-step", start, value, GOOD), ("Q-step", now, value, GOOD)])
        work.go()
        plant.hurry()
        with psycopg.connect(database_admin_url, autocommit=True) as screen:
            screen.execute(f"LISTEN {CHANNEL}")
            while work.go():
                pass
            [told] = screen.notifies(timeout=10, stop_after=1)
        batch = Payload.parse(told.payload).batch()
        assert (batch.tags.tolist(), batch.times.tolist()) == ([total], [start])
        assert batch.values.tolist() == [pytest.approx(value / 24 * 2, rel=1e-6)]
    work.close()


def test_one_reading_far_ahead_has_no_periods_calculated_that_have_not_begun(
    plant: Plant, define: Define
) -> None:
    day_start, today = day_that_began(12, plant.now())
    plant.tags(Q_step="m3/d")
    define("V", unit="m3", total_of="Q-step", max_age_s=7200, day_start=day_start)
    plant.calculate()
    yesterday = today - 24 * HOUR
    rows = [("Q-step", yesterday, 24.0, GOOD), ("Q-step", today + 20 * 365 * 24 * HOUR, 1.0, 76)]
    plant.store(rows)
    for _ in range(3):
        plant.calculate()
        plant.hurry()
    assert plant.calculate() <= 2
    assert [(at, value) for at, value, _ in plant.readings("V")] == [
        (yesterday, 2.0),
        (today, None),
    ]
    assert plant.connection.execute("SELECT count(*) FROM calculations_due").fetchone() == (1,)
    plant.store([("Q-step", yesterday + 12 * HOUR, 24.0, GOOD)])
    plant.calculate()
    assert plant.readings("V")[0][1] == 4.0


def day_that_began(hours: int, now: int) -> tuple[str, int]:
    """(`day_start`, when that was) of production days of which one began so many full hours before
    `now`, so that none ends while a test runs."""
    start = (now // HOUR - hours) * HOUR
    return f"{start // HOUR % 24:02}:00", start
