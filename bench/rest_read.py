"""What reading one record over REST costs, against the least that does the same.

The limit: bare Flask + PyJWT + psycopg under the same gunicorn and gevent, which checks a token and
runs the very SQL that Wellhead runs for `GET /api/v1/wells/{id}` (recorded here), and dumps what
it gave. Wellhead adds sessions, permissions, the wall between tenants, the ORM, units, ETags and
the schema. One client, one connection, requests in turn; what counts is the worker's CPU.

    python bench/rest_read.py [--requests 1500] [--rounds 3]
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import jwt
import psutil
import psycopg
from _server import databases, log_in, post, served

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.urls import database_urls
from wellhead.testing import free_port

KEY = "k" * 64
WELL = {
    "name": "W-01",
    "identifiers": [
        {"kind": "us_well_number", "value": "42-501-20130"},
        {"kind": "norway_name", "value": "15/9-F-1"},
    ],
    "aliases": [{"name": "Skua 1"}],
    "datums": [
        {"code": "KB", "elevation": 25.0, "unit": "m"},
        {"code": "GL", "elevation": 3.0, "unit": "m"},
    ],
}
"""As wells are: some numbers, a name that people use, what depths are counted from."""


class Connection:
    """One that is kept alive, to one path."""

    def __init__(self, port: int, path: str, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._path, self._headers = path, {"Authorization": f"Bearer {token}"}

    def close(self) -> None:
        """Begin a new one with the next request: the server ends one that is idle for seconds."""
        self._connection.close()

    def get(self) -> None:
        self._connection.request("GET", self._path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(body)


def statements(settings: sdk.Settings, path: str, token: str) -> list[tuple[str, Any]]:
    """What Wellhead asks the database for this request."""
    app = create_app(sdk.Runtime.make(settings))
    found: list[tuple[str, Any]] = []
    headers = {"Authorization": f"Bearer {token}"}
    client = app.test_client()
    assert client.get(path, headers=headers).status_code == 200  # caches filled, as in the worker
    execute = psycopg.Cursor.execute

    def note(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
        found.append((query, params))
        return execute(cursor, query, params, **options)

    with app.app_context(), mock.patch.object(psycopg.Cursor, "execute", note):
        client.get(path, headers=headers)
        sdk.db.engine.dispose()
    return found


@contextmanager
def bare(settings: sdk.Settings, asked: list[tuple[str, Any]], token: str) -> Iterator[Any]:
    """The limit, served: (connection, process)."""
    claims = jwt.decode(token, options={"verify_signature": False})
    urls = database_urls(settings)
    configuration = {"url": urls.libpq(urls.app), "key": KEY, "audience": claims["aud"]}
    text = json.dumps({**configuration, "statements": asked}, default=str)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-k", "gevent", "-w", "1", "--no-control-socket"]
    command += ["-b", f"127.0.0.1:{port}", "--log-level", "error", "_bare_rest:app"]
    process = subprocess.Popen(command, cwd=Path(__file__).parent, env={**os.environ, "BARE": text})
    try:
        own = Connection(port, "/record", jwt.encode(claims, KEY, "HS256"))
        for _ in range(200):
            try:
                own.get()
                break
            except (OSError, http.client.HTTPException):
                own = Connection(port, "/record", jwt.encode(claims, KEY, "HS256"))
                time.sleep(0.05)
        yield own, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def cpu_us(connection: Connection, master: psutil.Process, requests: int) -> float:
    """Of the workers, a request."""

    def used() -> float:
        times = [child.cpu_times() for child in master.children()]
        return float(sum(each.user + each.system for each in times))

    connection.close()
    before = used()
    for _ in range(requests):
        connection.get()
    return (used() - before) / requests * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--requests", type=int, default=1500, help="a round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with databases("rest") as [settings], served(settings) as (url, pid):
        token = log_in(url)
        well = post(f"{url}/api/v1/wells", WELL, token)["id"]
        path = f"/api/v1/wells/{well}"
        asked = statements(settings, path, token)
        ours = Connection(urlsplit(url).port or 0, path, token)
        with bare(settings, asked, token) as (least, process):
            pairs = []
            for number in range(options.rounds + 1):
                requests = options.requests if number else 100  # the first warms both up
                pairs.append(
                    (cpu_us(least, process, requests), cpu_us(ours, psutil.Process(pid), requests))
                )
    limit, got = (statistics.median(column) for column in zip(*pairs[1:], strict=True))
    print(f"{len(asked)} statements a request, {options.rounds} rounds of {options.requests}")
    print(f"bare Flask, PyJWT, psycopg  {limit:7.0f} µs CPU a request")
    print(f"GET /api/v1/wells/{{id}}      {got:7.0f} µs CPU a request")
    print(f"ratio                       {got / limit:7.2f}  (goal at most 2.5, stretch 1.8)")


if __name__ == "__main__":
    main()
