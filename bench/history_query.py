"""What a question about history costs, against the bare SQL that fetches the same bytes.

A year of one reading a second of a few tags that share a scan, packed with roll-ups as the packing
job leaves them, and 5,000 tags that come in meanwhile. Each question goes through the whole
application (login, permission, JSON) in this process, so that its own CPU can be told apart from
the server's; the limit, in the same run, is the one statement that brings the stored bytes it is
made of, not even decoded. The growth of a picture in 1,000 points from a day to a year is the last
table.

    python bench/history_query.py [--days 365] [--rounds 40]
"""

import argparse
import logging
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
import structlog
from _server import PASSWORD, databases
from flask.testing import FlaskClient

from wellhead import sdk
from wellhead.app import create_app
from wellhead_historian.http.times import format_time
from wellhead_historian.store import codec, wire
from wellhead_historian.store.block_data import join_columns
from wellhead_historian.store.choice import make_writer
from wellhead_historian.store.interface import Level
from wellhead_historian.store.rollups import rows
from wellhead_historian.store.rollups.summary import (
    combine,
    concatenated,
    first_of_each,
    summarise,
    taken,
)
from wellhead_historian.testing import FAR, make_source, make_tags, scan

SECOND, HOUR, DAY = 1_000_000, int(Level.HOUR), int(Level.DAY)
SCANNED, SOURCES, WIDTH = 5, 10, 500
BLOCKS = """
SELECT b.n, a.ts, b.data || b.rest
FROM historian_block b LEFT JOIN historian_axis a ON a.id = b.axis_id
WHERE b.tag_id = %s AND b.hour >= %s AND b.hour < %s ORDER BY b.hour
"""
ROLLUPS = """
SELECT begins, data FROM historian_rollup
WHERE tag_id = %s AND level = %s::int2 AND begins >= %s AND begins < %s ORDER BY begins
"""
NEWEST = """
SELECT tags, ts, value, quality FROM historian_latest
WHERE source_id IN (SELECT source_id FROM historian_tag_source WHERE tag_id = ANY(%s))
"""
Question = Callable[[], Any]


def stamp(micros: int) -> str:
    return format_time(micros)


def fill(connection: psycopg.Connection[Any], tags: list[int], start: int, days: int) -> None:
    """Blocks, axes and roll-ups of a reading a second, as packing would leave them."""
    random = np.random.default_rng(1)
    hours = range(start, start + days * DAY, HOUR)
    with connection.cursor() as cursor:
        with cursor.copy("COPY historian_axis (id, hour, n, ts) FROM STDIN") as copy:
            for number, hour in enumerate(hours, 1):
                times = hour + np.arange(3600, dtype=np.int64) * SECOND
                copy.write_row((number, stamp(hour), 3600, codec.encode_times(times)))
        minutes = []
        with cursor.copy(
            "COPY historian_block (tag_id, hour, n, axis_id, data, rest) FROM STDIN"
        ) as copy:
            for day in range(start, start + days * DAY, DAY):
                walk = np.cumsum(random.normal(0, 0.05, (len(tags), DAY // SECOND)), axis=1)
                values = np.round(100.0 + walk, 2)
                times = day + np.arange(DAY // SECOND, dtype=np.int64) * SECOND
                minutes.append(summarise(times, values, None, Level.MINUTE))
                for place, hour in enumerate(range(day, day + DAY, HOUR)):
                    part = np.ascontiguousarray(values[:, place * 3600 : place * 3600 + 3600])
                    axis = (hour - start) // HOUR + 1
                    for tag, data in zip(tags, codec.encode_columns(part), strict=True):
                        columns = join_columns(data, None, None)
                        copy.write_row((tag, stamp(hour), 3600, axis, *columns))
        with cursor.copy("COPY historian_rollup (tag_id, level, begins, data) FROM STDIN") as copy:
            for place, tag in enumerate(tags):
                mine = slice(place * 1440, place * 1440 + 1440)
                kept = [taken(day, mine) for day in minutes]
                for level in Level:
                    for row in roll_up_rows(kept, level):
                        copy.write_row((tag, rows.NUMBERS[level], *row))


def roll_up_rows(minutes: list[Any], level: Level) -> Iterator[tuple[str, bytes]]:
    """(begins, data) of each row that a tag has of a level."""
    buckets = concatenated([combine(day, level) for day in minutes])
    owners = np.array([rows.row_of(level, time) for time in buckets.starts.tolist()], np.int64)
    at = first_of_each(owners)
    data = rows.encode(level, owners[at], at, buckets)
    yield from ((stamp(begin), each) for begin, each in zip(owners[at].tolist(), data, strict=True))


def keep_coming(settings: sdk.Settings, sources: dict[int, Any]) -> None:
    """Scans of all sources once a second, until it is ended."""
    with sdk.connect(settings, "default") as connection:
        writer = make_writer(connection)
        while True:
            now = time.time_ns() // 1000
            scans = [scan(source, now, tags) for source, tags in sources.items()]
            with connection.transaction():
                writer.write(scans, FAR)
            time.sleep(max(0.0, 1 - (time.time_ns() // 1000 - now) / 1e6))


@contextmanager
def coming_in(settings: sdk.Settings, sources: dict[int, Any]) -> Iterator[None]:
    process = multiprocessing.get_context("spawn").Process(
        target=keep_coming, args=(settings, sources)
    )
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(10)


class Asked:
    """The API in this process, as somebody who has logged in."""

    def __init__(self, settings: sdk.Settings) -> None:
        self._client: FlaskClient = create_app(sdk.Runtime.make(settings)).test_client()
        login = {"email": "a@example.com", "password": PASSWORD}
        answer = self._client.post("/api/v1/auth/login", json=login)
        token = answer.get_json()["data"]["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def me(self) -> Question:
        """What every request costs: the login, the permission, the limits."""
        path = "/api/v1/auth/me"
        return lambda: self._whole(self._client.get(path, headers=self._headers))

    def get(self, tag: int, **query: Any) -> Question:
        path = f"/api/v1/tags/{tag}/readings"
        asked = {"from" if name == "from_" else name: value for name, value in query.items()}
        return lambda: self._whole(
            self._client.get(path, query_string=asked, headers=self._headers)
        )

    def post(self, path: str, body: Any) -> Question:
        return lambda: self._whole(self._client.post(path, json=body, headers=self._headers))

    @staticmethod
    def _whole(answer: Any) -> int:
        assert answer.status_code == 200, answer.text
        return len(answer.data)


def measured(question: Question, rounds: int) -> tuple[float, float, float]:
    """(median, greatest of the best 99 %, CPU of this process) in ms."""
    question()
    walls, cpu = [], time.process_time()
    for _ in range(rounds):
        begun = time.perf_counter()
        question()
        walls.append((time.perf_counter() - begun) * 1e3)
    used = (time.process_time() - cpu) / rounds * 1e3
    return statistics.median(walls), sorted(walls)[int(len(walls) * 0.99) - 1], used


def report(name: str, ours: Question, bare: Question, rounds: int) -> None:
    limit, _, limit_cpu = measured(bare, rounds)
    median, slowest, cpu = measured(ours, rounds)
    print(
        f"{name:<34}{median:8.1f}{slowest:8.1f}{cpu:8.1f}{limit:8.1f}{limit_cpu:8.1f}"
        f"{limit / median:8.2f}",
        flush=True,
    )


def quiet() -> None:
    """No line a request."""
    level = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=level)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    quiet()
    with databases("history") as [settings], sdk.connect(settings, "default") as connection:
        wire.register_columns(connection)
        today = time.time_ns() // 1000 // DAY * DAY
        start = today - options.days * DAY
        tags = make_tags(connection, SCANNED, "Y").tolist()
        begun = time.perf_counter()
        with connection.transaction():
            fill(connection, tags, start, options.days)
        readings = SCANNED * options.days * 86_400
        print(f"{readings:,} readings put in place in {time.perf_counter() - begun:.0f} s")
        every = make_tags(connection, SOURCES * WIDTH)
        parts = every.reshape(SOURCES, WIDTH)
        sources = {make_source(connection, f"s{n}"): part for n, part in enumerate(parts)}
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
        asked = Asked(settings)

        def sql(statement: Any, *parameters: Any) -> Question:
            return lambda: connection.execute(statement, parameters, binary=True).fetchall()

        tag, end = tags[2], today
        with coming_in(settings, sources):
            head = f"{'ms':<34}{'p50':>8}{'p99':>8}{'CPU':>8}{'bare':>8}{'CPU':>8}{'ratio':>8}"
            print(head)
            for name, span in (
                ("1 tag, 15 min, raw", DAY // 96),
                ("1 tag, 24 h, raw", DAY),
                ("10,000 points, raw", 10_000 * SECOND),
            ):
                begin = end - span
                bounds = (stamp(begin // HOUR * HOUR), stamp(end))
                ours = asked.get(tag, from_=stamp(begin), to=stamp(end))
                report(name, ours, sql(BLOCKS, tag, *bounds), options.rounds)
            number = rows.NUMBERS[Level.HOUR]
            year = {"from_": stamp(start), "to": stamp(end)}
            bare = sql(ROLLUPS, tag, number, stamp(start), stamp(end))
            report(
                "1 tag, 1 year, 1,000 points",
                asked.get(tag, **year, points=1000),
                bare,
                options.rounds,
            )
            days = asked.get(tag, **year, interval="1d", tz="Europe/Oslo", agg="min,max,mean")
            report("1 tag, 1 year, days of Oslo", days, bare, options.rounds)
            me = asked.me()
            report("(a request that asks nothing)", me, sql("SELECT 1"), options.rounds)
            hundred = every[:: len(every) // 100][:100].tolist()
            latest = asked.post("/api/v1/tags/latest", {"tags": hundred})
            report("100 tags, newest", latest, sql(NEWEST, hundred), options.rounds)
            print("\n1,000 points of 1 s data        p50      CPU   to 1 day")
            first = None
            for name, count in (("1 day", 1), ("31 days", 31), ("1 year", options.days)):
                drawn = asked.get(tag, from_=stamp(end - count * DAY), to=stamp(end), points=1000)
                median, _, cpu = measured(drawn, options.rounds)
                first = first or median
                print(f"{name:<26}{median:9.1f}{cpu:9.1f}{median / first:11.2f}", flush=True)


if __name__ == "__main__":
    main()
