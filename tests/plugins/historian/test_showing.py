"""What screens are told of readings that come late."""

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from wellhead.live.bus import CHANNEL
from wellhead.live.frames import Payload
from wellhead.testing import ApiClient

pytestmark = pytest.mark.one_app

S = 1_000_000
SECONDS = 10.0


@pytest.fixture
def screen(database_admin_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that hears what screens are told."""
    with psycopg.connect(database_admin_url, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        yield listener


def hears(screen: psycopg.Connection[Any]) -> list[tuple[int, int, float]]:
    """(tag, time, value) of the next notification."""
    for notification in screen.notifies(timeout=SECONDS, stop_after=1):
        batch = Payload.parse(notification.payload).batch()
        columns = batch.tags.tolist(), batch.times.tolist(), batch.values.tolist()
        return list(zip(*columns, strict=True))
    raise AssertionError("screens are told nothing")


def test_a_reading_by_hand_is_shown_however_old_where_it_is_the_newest(
    api: ApiClient, screen: psycopg.Connection[Any]
) -> None:
    def enter(*rows: tuple[str, int, float]) -> None:
        tags, times, values = zip(*rows, strict=True)
        body = {"tag": tags, "t": times, "v": values}
        query = {"id": f"sheet-{next(number)}", "time": "us"}
        answer = api.request("POST", "/api/v1/tags/imports", query=query, json=body)
        assert answer.data["readings"] == len(rows), answer.body

    number = iter(range(10))
    dip, other = (
        api.post("/api/v1/tags", {"name": name, "unit": "m"}).data["id"] for name in ("DIP", "B")
    )
    now = time.time_ns() // 1000
    morning = now - 7200 * S
    enter(("DIP", morning, 3.42), ("DIP", morning - S, 3.0))
    assert hears(screen) == [(dip, morning, 3.42)]
    enter(("DIP", morning - 86_400 * S, 2.0))  # yesterday's is history
    enter(("DIP", morning, 3.43), ("B", now, 1.0), ("B", now - 7200 * S, 2.0))
    assert hears(screen) == [(dip, morning, 3.43), (other, now, 1.0)]
