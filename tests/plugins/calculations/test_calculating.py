"""From readings of inputs to stored results: late, repeated, restated, killed, in chains."""

import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.plugins.calculations.conftest import CALCULATIONS, Plant

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_calculations.inputs.spans import GAP, later_than, merged, touched, without
from wellhead_calculations.worker.process import make_calculator
from wellhead_historian.scans import batches_of
from wellhead_historian.testing import BASE, batch_of

pytestmark = pytest.mark.one_app

S = 1_000_000
GOOD = 192
Define = Callable[..., int]


def test_results_come_at_each_reading_of_an_input_with_the_others_held(
    plant: Plant, define: Define
) -> None:
    plant.tags(A="bar", B="bar")
    define("D", unit="bar", expression="{A} - {B}", max_age_s=10)
    plant.store([("A", BASE, 5.0, GOOD)])
    plant.calculate()
    assert plant.readings("D") == [(BASE, None, sdk.quality.BAD_NOT_CONNECTED)]
    plant.store([("B", BASE + S, 1.0, 64), ("A", BASE + 2 * S, 6.0, GOOD)])
    plant.store([("A", BASE + 12 * S, 7.0, GOOD)])
    assert plant.calculate() == 3
    assert plant.readings("D")[1:] == [
        (BASE + S, 4.0, 64),
        (BASE + 2 * S, 5.0, 64),
        (BASE + 12 * S, None, sdk.quality.BAD_NOT_CONNECTED),  # B is older than 10 s
    ]
    assert plant.calculate() == 0


def test_what_cannot_be_calculated_is_bad_and_stops_nothing(plant: Plant, define: Define) -> None:
    plant.tags(A=None, B=None)
    define("Q", expression="{A} / {B}")
    plant.store([("A", BASE, 1.0, GOOD), ("B", BASE, 0.0, GOOD), ("B", BASE + S, 2.0, GOOD)])
    plant.calculate()
    assert plant.readings("Q") == [(BASE, None, 4), (BASE + S, 0.5, GOOD)]


def test_a_late_reading_changes_what_it_holds_for_and_nothing_else(
    plant: Plant, define: Define
) -> None:
    plant.tags(A=None, B=None)
    define("D", expression="{A} + {B}", max_age_s=100)
    rows = [("A", BASE + n * S, float(n), GOOD) for n in range(10)]
    plant.store([*rows, ("B", BASE, 100.0, GOOD), ("B", BASE + 8 * S, 300.0, GOOD)])
    assert plant.calculate() == 10
    plant.store([("B", BASE + 5 * S, 200.0, GOOD)])
    assert plant.calculate() == 3  # at 5, 6 and 7 s
    assert [value for _, value, _ in plant.readings("D")] == [
        *(100.0 + n for n in range(5)), 205.0, 206.0, 207.0, 308.0, 309.0,
    ]  # fmt: skip
    plant.store([("B", BASE + 5 * S, 200.0, GOOD)])
    assert plant.calculate() == 0  # a reading that comes again changes nothing, and writes nothing


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_of_arrival_ends_in_the_same_results(
    plant: Plant, define: Define, data: st.DataObject
) -> None:
    number = len(plant.ids)
    a, b, result, total = (f"{kind}{number}" for kind in ("A", "B", "R", "T"))
    plant.tags(**{a: "m3/d", b: "m3/d"})
    define(result, unit="m3/d", expression=f"{{{a}}} + {{{b}}}", max_age_s=7)
    define(total, unit="m3", total_of=result, period="hour", max_age_s=3000)
    seconds, codes = st.integers(0, 30), st.sampled_from([192, 64])
    drawn = data.draw(
        st.lists(
            st.tuples(st.sampled_from([a, b]), seconds, st.integers(0, 9), codes),
            min_size=3, max_size=8,
        )
    )  # fmt: skip
    rows = [(tag, BASE + at * 400 * S, float(value), code) for tag, at, value, code in drawn]
    for row in rows:
        plant.store([row])
        if data.draw(st.booleans()):
            plant.calculate()
    plant.hurry()
    plant.calculate()
    got = plant.readings(result), plant.readings(total)
    # the same in one go: evaluated anew from the start, of what is stored in the end
    last = {(tag, at): (value, code) for tag, at, value, code in rows}
    times = sorted({at for _, at in last})
    for at, value, code in got[0]:
        held = [
            max(((t, last[tag, t]) for tag, t in last if tag == name and at - 7 * S <= t <= at),
                default=None)
            for name in (a, b)
        ]  # fmt: skip
        if None in held:
            assert (value, code) == (None, sdk.quality.BAD_NOT_CONNECTED)
        else:
            readings = [entry[1] for entry in held if entry]
            assert value == sum(reading[0] for reading in readings)
            assert code == min(reading[1] for reading in readings)
    assert [at for at, _, _ in got[0]] == times
    plant.connection.execute(
        "INSERT INTO calculations_due (tag_id, begins, ends, redo) "
        "SELECT tag_id, 0, %s, true FROM calculations_calculation",
        (2**62,),
    )
    assert plant.calculate() == 0
    assert (plant.readings(result), plant.readings(total)) == got


def test_a_chain_of_three_is_evaluated_in_order_within_one_pass(
    plant: Plant, define: Define
) -> None:
    plant.tags(A="bar")
    define("C1", unit="bar", expression="{A} * 2")
    define("C2", unit="bar", expression="{C1} + {A}")
    define("C3", unit="bar", expression="{C2} + {C1} + {A}")
    plant.calculate()
    plant.store([("A", BASE, 1.0, GOOD)])
    assert plant.calculator.run() is not None
    assert plant.readings("C3") == [(BASE, 6.0, GOOD)]
    assert len(plant.readings("C3")) == 1
    plant.store([("A", BASE, 2.0, GOOD)])
    plant.calculator.run()
    assert plant.readings("C3") == [(BASE, 12.0, GOOD)]


def test_a_pass_that_is_killed_before_its_commit_comes_again(
    plant: Plant, define: Define, database_admin_url: str
) -> None:
    plant.tags(A=None)
    define("D", expression="{A} * 2")
    plant.calculate()
    plant.store([("A", BASE, 4.0, GOOD)])

    def killed(connection: psycopg.Connection[Any], batches: Any) -> None:
        assert sum(len(batch) for batch in batches) == 1  # results are written, in the transaction
        with psycopg.connect(database_admin_url) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))

    runtime = sdk.runtime_of(plant.app)
    with sdk.connect(runtime.settings, "default", autocommit=True) as other:
        doomed = make_calculator(runtime, "default", other)
        doomed._outboxes = [killed]
        with pytest.raises(psycopg.Error):
            doomed.run()
    assert plant.readings("D") == []
    assert plant.calculate() == 1
    assert plant.readings("D") == [(BASE, 8.0, GOOD)]


def test_a_reading_under_way_while_its_calculation_is_made_is_not_missed(
    plant: Plant, define: Define, settings: sdk.Settings
) -> None:
    """The transaction marks by the inputs it knew, so the definition waits for its end."""
    from wellhead_calculations.inputs.marker import Marker
    from wellhead_historian.store.choice import make_writer

    plant.tags(A=None)
    made = threading.Event()
    with sdk.connect(settings, "default") as gateway:
        batch = batch_of(plant.source, [(plant.ids["A"], BASE, 3.0, GOOD)])
        stored = make_writer(gateway).write([batch], 2**62)
        Marker()(gateway, batches_of(stored))

        def make() -> None:
            define("D", expression="{A}")
            made.set()

        thread = threading.Thread(target=make)
        thread.start()
        assert not made.wait(0.2)
        gateway.commit()
        assert made.wait(10)
        thread.join()
    plant.calculate()
    assert plant.readings("D") == [(BASE, 3.0, GOOD)]


def test_two_calculators_do_not_work_at_once(
    plant: Plant, define: Define, settings: sdk.Settings
) -> None:
    plant.tags(A=None)
    define("D", expression="{A}")
    with sdk.connect(settings, "default") as other:
        other.execute(
            "SELECT pg_advisory_xact_lock(hashtext('wellhead calculator'), "
            "hashtext(current_schema()))"
        )
        assert plant.calculator.run() is None
    assert plant.calculator.run() is not None


def test_history_is_evaluated_in_pieces_with_progress(
    api: ApiClient, plant: Plant, define: Define, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant.tags(A=None)
    plant.store([("A", BASE + n * S, float(n), GOOD) for n in range(25)])
    monkeypatch.setattr("wellhead_calculations.worker.results.MOST_READINGS", 10)
    tag = define("D", expression="{A} + 1", start="2025-06-15T15:06:45Z")  # BASE + 5 s
    path = f"{CALCULATIONS}/{tag}/state"
    assert api.get(path).data["done_until"] == "2025-06-15T15:06:45Z"
    plant.calculator.run()
    state = api.get(path).data
    assert (state["results"], state["waiting"]) == (10, True)
    assert state["done_until"] == "2025-06-15T15:06:55Z"
    plant.calculate()
    state = api.get(path).data
    assert (state["results"], state["waiting"], state["done_until"]) == (20, False, None)
    assert plant.readings("D") == [(BASE + n * S, n + 1.0, GOOD) for n in range(5, 25)]


def test_a_changed_definition_takes_back_what_has_no_input_any_more(
    api: ApiClient, plant: Plant, define: Define
) -> None:
    plant.tags(A=None, B=None)
    tag = define("D", expression="{A}")
    plant.store([("A", BASE + n * S, float(n), GOOD) for n in (0, 2)])
    plant.store([("B", BASE + S, 2.0, GOOD)])
    plant.calculate()
    assert plant.readings("D") == [(BASE, 0.0, GOOD), (BASE + 2 * S, 2.0, GOOD)]
    assert api.patch(f"{CALCULATIONS}/{tag}", {"expression": "{B} * 10"}).status == 200
    plant.calculate()
    assert plant.readings("D") == [
        (BASE, 0.0, GOOD),  # B has no history of then: what there was stays
        (BASE + S, 20.0, GOOD),
        (BASE + 2 * S, None, 28),
    ]
    plant.store([("A", BASE + 3 * S, 1.0, GOOD)])
    assert plant.calculate() == 0


def test_an_import_of_history_is_calculated_too(
    api: ApiClient, plant: Plant, define: Define
) -> None:
    plant.tags(A="bar")
    define("D", unit="bar", expression="{A} * 2", start="2020-01-01T00:00:00Z")
    plant.calculate()
    body = "tag,time,value\nA,2020-01-01T00:00:00Z,3\nA,2020-01-02T00:00:00Z,4\n"
    headers = {"Content-Type": "text/csv"}
    sent = api.request(
        "POST", "/api/v1/tags/imports", query={"id": "one"}, headers=headers, text=body
    )
    assert sent.status == 200, sent.body
    assert plant.calculate() == 2
    assert [value for _, value, _ in plant.readings("D")] == [6.0, 8.0]


def test_marks_are_of_inputs_only_and_apart_where_their_times_are() -> None:
    rows = [(1, 0), (2, 0), (1, S), (1, 2 * S + GAP), (3, 5)]

    def marks(*readings: tuple[int, int]) -> list[tuple[int, int, int]]:
        batch = batch_of(1, [(tag, time, 0.0, GOOD) for tag, time in readings])
        columns = touched([batch, batch], np.array([1, 3], np.int32))
        return list(zip(*(column.tolist() for column in columns), strict=True))

    assert marks(*rows) == [(1, 0, S), (1, 2 * S + GAP, 2 * S + GAP), (3, 5, 5)]
    assert marks(*rows, (1, GAP // 2)) == [(1, 0, 2 * S + GAP), (3, 5, 5)]
    assert marks((2, 0)) == []


SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 6)).map(lambda span: (span[0], sum(span))),
    max_size=6,
)


@given(SPANS, SPANS, st.integers(0, 40))
def test_stretches_are_those_of_sets(one: Any, other: Any, start: int) -> None:
    def moments(spans: Any) -> set[int]:
        return {moment for begin, end in spans for moment in range(begin, end + 1)}

    both = merged([*one, *other])
    assert moments(both) == moments(one) | moments(other)
    assert all(end + 1 < begin for (_, end), (begin, _) in pairwise(both))
    assert moments(without(merged(one), merged(other))) == moments(one) - moments(other)
    late = {moment for moment in moments(one) if moment >= start}
    assert moments(later_than(merged(one), start)) == late


def test_nothing_is_marked_while_nothing_is_calculated(plant: Plant) -> None:
    plant.tags(A=None)
    plant.store([("A", BASE, 1.0, GOOD)])
    assert plant.connection.execute("SELECT count(*) FROM calculations_dirty").fetchone() == (0,)


def test_what_cannot_be_calculated_now_is_calculated_later(
    plant: Plant, define: Define, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant.tags(A="bar")
    define("D", unit="bar", expression="{A} * 2")

    def fail(*_: Any) -> Any:
        raise sdk.WellheadError("a block is damaged", field="block")

    with monkeypatch.context() as patch:
        patch.setattr("wellhead_calculations.worker.passing.results_of", fail)
        plant.store([("A", BASE, 1.0, 192)])
        assert plant.calculate() == 0
    plant.hurry()
    assert plant.calculate() == 1
    assert plant.readings("D") == [(BASE, 2.0, 192)]
