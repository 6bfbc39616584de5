"""Either store answers over the edge of what is left as it did when nothing was gone."""

import zoneinfo
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from wellhead_historian.query.aggregates import AGGREGATES
from wellhead_historian.query.question import Instants, Intervals, Question
from wellhead_historian.query.tagged import Subject, TagHistory
from wellhead_historian.retention.classes import TagClass
from wellhead_historian.retention.hypertable import move_past
from wellhead_historian.retention.removal import remove_past
from wellhead_historian.store.choice import Kind
from wellhead_historian.store.interface import Level, Reader
from wellhead_historian.testing import BASE, FAR, batch_of

DAY, HOUR, MINUTE = int(Level.DAY), int(Level.HOUR), int(Level.MINUTE)
START = BASE // DAY * DAY
"""The first of three days that have a reading in 7 minutes."""
NOW = START + 4 * DAY + 5 * HOUR
EDGES = START + np.array([23, 30, 48, 53, 60]) * HOUR + 3 * MINUTE
BEGIN, END = (int(edge) for edge in EDGES[[0, -1]])
AT = BEGIN + np.arange(0, END - BEGIN, 5 * HOUR + 17_000_001)
QUESTIONS: dict[str, Question] = {
    "intervals": Intervals(
        BEGIN, END, EDGES, AGGREGATES, zoneinfo.ZoneInfo("UTC"), END, good_only=False
    ),
    "a few times": Instants(AT[:10], good_only=False),
    "many times": Instants(np.arange(BEGIN, END, 913_000_007), good_only=False),
    "many minutes": Instants(np.arange(BEGIN, END, 15 * MINUTE), good_only=False),
    "good ones": Instants(AT[:10], good_only=True),
}


@pytest.fixture
def tag(
    place: Any,
    connection: psycopg.Connection[Any],
    write: Callable[..., Any],
    source: int,
    tags: npt.NDArray[np.int32],
) -> int:
    """Of a class of its own, settled, with some bad and uncertain readings."""
    name = int(tags[0])
    times = np.arange(START + 4_000_001, START + 3 * DAY, 7 * MINUTE).tolist()
    qualities = [0 if n % 11 == 0 else 64 if n % 7 == 0 else 192 for n in range(len(times))]
    values = np.sin(np.arange(len(times))).tolist()
    rows = zip(times, values, qualities, strict=True)
    write(batch_of(source, [(name, time, value, code) for time, value, code in rows]))
    place.settle()
    return name


def remove(place: Any, connection: psycopg.Connection[Any], tag: int) -> None:
    """All readings of the tag that are older than two days."""
    name = uuid4().hex
    connection.execute("UPDATE historian_tag SET tag_class = %s WHERE id = %s", (name, tag))
    run = remove_past if place.kind is Kind.PACKED else move_past
    assert run(connection, {name: TagClass(2)}, NOW)["readings"] > 2 * DAY // (7 * MINUTE)


@pytest.mark.parametrize("step", [False, True])
def test_nothing_changes_when_readings_are_removed(
    place: Any, connection: psycopg.Connection[Any], reader: Reader, tag: int, step: bool
) -> None:
    history = TagHistory(reader, Subject(tag, "T", None, None, False, step), lambda _: [])
    before = {name: history.answer(question).columns for name, question in QUESTIONS.items()}
    remove(place, connection, tag)
    left = reader.read(tag, 0, FAR, 1).times
    assert BEGIN + DAY < left[0] < END
    for name, question in QUESTIONS.items():
        answer = history.answer(question)
        if name != "intervals":
            assert answer.meta["source"] == "minute"
        for column, expected in before[name].items():
            np.testing.assert_allclose(
                answer.columns[column], expected, rtol=1e-9, atol=1e-9, err_msg=f"{name} {column}"
            )
