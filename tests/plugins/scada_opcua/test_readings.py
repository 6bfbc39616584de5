"""What is odd about values and their times is said once, with the remedy."""

from typing import Any

import numpy as np
from structlog.testing import capture_logs

from wellhead import sdk
from wellhead_scada_opcua.readings import Readings
from wellhead_scada_opcua.values import DOUBLE, Values

from .helpers import driver, point

S = 1_000_000
"""Microseconds of a second."""


def readings(**options: Any) -> Readings:
    return Readings(driver(1, **options).device, [point("p"), point("q")])


def values(*rows: tuple[int, int, int]) -> Values:
    """(source, server, status) of each."""
    made = Values.empty(len(rows))
    made.kinds[:] = DOUBLE
    made.values[:] = 1.0
    for row, (source, server, status) in enumerate(rows):
        made.source[row], made.server[row], made.statuses[row] = source, server, status
    return made


CHANGES = np.ones(3, np.bool_)


def test_readings_have_their_sources_time_else_the_servers_else_none() -> None:
    given = values((5 * S, 6 * S, 0), (0, 7 * S, 0), (0, 0, 0))
    assert readings().times(given, CHANGES).tolist() == [5 * S, 7 * S, 0]
    assert readings(timestamps="server").times(given, CHANGES).tolist() == [6 * S, 7 * S, 0]


def test_clocks_that_part_are_logged_once_and_nothing_is_marked() -> None:
    one = readings(clock_tolerance=10.0)
    near = values((100 * S, 105 * S, 0), (100 * S, 0, 0), (0, 100 * S, 0))
    apart = values((100 * S, 700 * S, 0), (100 * S, 100 * S, 0), (100 * S, 100 * S, 0))
    with capture_logs() as logs:
        one.times(near, CHANGES)
        one.times(apart, ~CHANGES)  # a present value may be as old as it likes
        assert logs == []
        assert one.times(apart, CHANGES).tolist() == [100 * S] * 3
        one.times(apart, CHANGES)
    assert [(log["event"], log["seconds"]) for log in logs] == [
        ("the clocks of a value's source and of the server part", -600.0)
    ]
    assert "timestamps = server" in logs[0]["remedy"]


def test_a_queue_that_ran_over_at_the_server_is_logged() -> None:
    overflow = 0x0480
    one = readings()
    with capture_logs() as logs:
        numbers, qualities, _ = one.columns(values((1, 1, overflow)), np.array([0]))
        one.columns(values((1, 1, overflow)), np.array([0]))
    assert numbers.tolist() == [1.0]
    assert qualities.tolist() == [sdk.quality.GOOD]
    assert [log["event"] for log in logs] == ["the server's queue ran over, values were lost there"]
    assert "queue_size" in logs[0]["remedy"]


def test_refused_tags_are_a_line_for_each_reason() -> None:
    with capture_logs() as logs:
        readings().refused(
            {0: "BadNodeIdUnknown", 1: "BadNodeIdUnknown"}, "the server refuses tags"
        )
    assert [(log["reason"], log["tags"], log["count"]) for log in logs] == [
        ("BadNodeIdUnknown", "p, q", 2)
    ]
