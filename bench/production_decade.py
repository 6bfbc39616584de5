"""A decade of a field's daily records: importing, listing, filtering and fitting, over HTTP.

100 wells with 3,650 days each. The limits, in the same run and database: COPY of the same stored
rows into a table with the same indexes (import), COPY out (the list as a file), the SQL of a page
alone (list, filter), and reading the rates with a straight line through their logarithms (fit). The
import also checks each cell, finds wells, facilities and records that are there, and writes sums to
the audit trail; a fit has bounds, outliers, intervals and is kept with its days.

    python bench/production_decade.py [--wells 100] [--days 3650] [--rounds 20]
"""

import argparse
import datetime as dt
import io
import json
import statistics
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
import psycopg
from _server import databases, log_in, post, served

API = "/api/v1/production"
FIRST = dt.date(2015, 1, 1)
TABLE = "tenant_default.production_daily_record"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wells", type=int, default=100)
    parser.add_argument("--days", type=int, default=3_650)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with databases("wh_decade") as [settings], served(settings) as (url, process):
        token = log_in(url)
        with psycopg.connect(str(settings.database.admin_url), autocommit=True) as connection:
            measure(Server(url, process, token), connection, options)


class Server:
    """Wellhead, and the CPU that its web processes take."""

    def __init__(self, url: str, process: int, token: str) -> None:
        self._url, self._token = url, token
        self._process = psutil.Process(process)

    def post(self, path: str, body: Any) -> Any:
        return post(f"{self._url}{path}", body, self._token)

    def request(self, path: str, body: bytes | None = None, kind: str = "text/csv") -> bytes:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": kind}
        request = urllib.request.Request(f"{self._url}{path}", body, headers)
        with urllib.request.urlopen(request, timeout=250) as answer:
            found: bytes = answer.read()
            return found

    def timed(self, work: Callable[[], Any]) -> tuple[float, float, Any]:
        """(seconds, CPU seconds of the web processes, what came)."""
        used, begun = self._cpu(), time.perf_counter()
        found = work()
        return time.perf_counter() - begun, self._cpu() - used, found

    def _cpu(self) -> float:
        every = [self._process, *self._process.children(recursive=True)]
        return sum(sum(one.cpu_times()[:2]) for one in every)


def measure(server: Server, connection: psycopg.Connection[Any], options: Any) -> None:
    names = [f"W{number:03d}" for number in range(options.wells)]
    made = server.post("/api/v1/wells/bulk", {"items": [{"name": name} for name in names]})
    wells = [row["id"] for row in made["rows"]]
    server.post(f"{API}/facilities", {"name": "Battery", "time_zone": "America/Chicago"})
    text = decade(names, options.days)
    rows = options.wells * options.days

    seconds, cpu, answer = server.timed(lambda: server.request(f"{API}/daily-records/import", text))
    created = json.loads(answer)["data"]["created"]
    assert created == rows, created
    copied = copy_again(connection)
    print(f"import   {rows:,} rows of CSV, {len(text) / 1e6:.0f} MB: {seconds:.1f} s, "
          f"CPU {cpu * 1e6 / rows:.1f} us a row; COPY {copied:.1f} s, "
          f"ratio {seconds / copied:.1f}")  # fmt: skip

    connection.execute(f"ANALYZE {TABLE}")
    begin = FIRST + dt.timedelta(days=options.days // 2)
    for name, query, where in (
        ("list", f"well_id={wells[7]}&sort=production_date&order=desc",
         f"well_id = '{wells[7]}' ORDER BY production_date DESC, id DESC"),
        ("filter", f"from={begin}&to={begin}&sort=production_date",
         f"production_date = '{begin}' ORDER BY production_date, id"),
    ):  # fmt: skip
        page(server, connection, options.rounds, name, query, where)

    seconds, cpu, file = server.timed(lambda: server.request(f"{API}/daily-records?format=csv"))
    out, size = copy_out(connection)
    listed = file.count(b"\n") - 1
    print(
        f"file     {listed:,} rows, {len(file) / 1e6:.0f} MB: {seconds:.1f} s, "
        f"CPU {cpu * 1e6 / rows:.1f} us a row; COPY {out:.1f} s of {size / 1e6:.0f} MB, "
        f"ratio {seconds / out:.1f}"
    )

    body = {
        "items": [{"well_id": well, "fluid": "oil", "choices": {"economic_limit": 5}}
                  for well in wells]
    }  # fmt: skip
    seconds, cpu, kept = server.timed(
        lambda: server.request(
            f"{API}/decline-fits/bulk", json.dumps(body).encode(), "application/json"
        )
    )
    assert json.loads(kept)["data"]["created"] == options.wells, kept[:500]
    least = straight_lines(connection, wells)
    print(
        f"fit      {options.wells} wells, kept: {seconds:.2f} s, "
        f"CPU {cpu * 1e3 / options.wells:.1f} ms a well; a straight line each {least:.2f} s, "
        f"ratio {seconds / least:.1f}"
    )


def decade(names: list[str], days: int) -> bytes:
    """The file, a well after the other."""
    dates = [(FIRST + dt.timedelta(days=day)).isoformat() for day in range(days)]
    text = io.StringIO()
    text.write("well,facility,production_date,hours_on,oil,gas,water,tubing_pressure,"
               "liquid_unit,gas_unit,pressure_unit\n")  # fmt: skip
    random = np.random.default_rng(7)
    time_of = np.arange(days)
    for name in names:
        first, decline, b = (
            random.uniform(50, 500),
            random.uniform(3e-4, 2e-3),
            random.uniform(0.2, 0.9),
        )
        oil = first * (1 + b * decline * time_of) ** (-1 / b) * random.normal(1, 0.03, days)
        head = random.uniform(20, 60) * np.ones(days)
        for date, o, p in zip(dates, oil.tolist(), head.tolist(), strict=True):
            text.write(f"{name},Battery,{date},23,{o:.3f},{80 * o:.1f},{0.4 * o:.3f},{p:.2f},"
                       "Sm3,Sm3,bara\n")  # fmt: skip
    return text.getvalue().encode()


def copy_again(connection: psycopg.Connection[Any]) -> float:
    """Seconds of COPY of the stored rows into a table with the same indexes."""
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {TABLE} TO STDOUT (FORMAT binary)") as copy:
            data = b"".join(bytes(piece) for piece in copy)
        cursor.execute(f"CREATE TABLE again (LIKE {TABLE} INCLUDING ALL)")
        begun = time.perf_counter()
        with cursor.copy("COPY again FROM STDIN (FORMAT binary)") as copy:
            copy.write(data)
        return time.perf_counter() - begun


def copy_out(connection: psycopg.Connection[Any]) -> tuple[float, int]:
    """(seconds, bytes) of all rows as CSV."""
    begun, size = time.perf_counter(), 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} TO STDOUT (FORMAT csv)") as copy:
        for piece in copy:
            size += len(piece)
    return time.perf_counter() - begun, size


def page(
    server: Server,
    connection: psycopg.Connection[Any],
    rounds: int,
    name: str,
    query: str,
    where: str,
) -> None:
    """100 records of a list, and the SQL of count and page alone."""
    taken, alone = [], []
    condition = where.split(" ORDER", maxsplit=1)[0]
    path = f"{API}/daily-records?{query}&per_page=100"
    for _ in range(rounds):
        taken.append(server.timed(lambda: server.request(path))[0])
        begun = time.perf_counter()
        connection.execute(f"SELECT count(*) FROM {TABLE} WHERE {condition}").fetchone()
        connection.execute(f"SELECT * FROM {TABLE} WHERE {where} LIMIT 100").fetchall()
        alone.append(time.perf_counter() - begun)
    whole, least = statistics.median(taken), statistics.median(alone)
    print(f"{name:<8} 100 records: {whole * 1e3:.1f} ms; the SQL alone {least * 1e3:.1f} ms, "
          f"ratio {whole / least:.1f}")  # fmt: skip


def straight_lines(connection: psycopg.Connection[Any], wells: list[str]) -> float:
    """Seconds of reading each well's rates and fitting an exponential to their logarithms."""
    begun = time.perf_counter()
    for well in wells:
        rows = connection.execute(
            f"SELECT oil_sm3 / day_hours * 24 FROM {TABLE} WHERE well_id = %s "
            "ORDER BY production_date",
            [well],
        ).fetchall()
        rates = np.array([row[0] for row in rows])
        np.polyfit(np.arange(len(rates)), np.log(rates), 1)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
