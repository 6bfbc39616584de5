"""Five wells of 40 tags at 1 s: what is stored is what should have been scanned."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from wellhead.testing import free_port, wait_until
from wellhead.testing.running import RunningWellhead, data_folder

pytestmark = pytest.mark.system

DEMO = Path(__file__).parents[2] / "deploy" / "demo.toml"
SECOND = 1_000_000
GOOD = 192


def five_free_ports() -> int:
    """The first of five neighbouring ports that nothing listens on."""

    def first() -> int | None:
        port = free_port()
        return port if port < 60_000 and all(map(is_free, range(port, port + 5))) else None

    return wait_until(first, 10, what="five free neighbouring ports") or 0


def is_free(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture
def wellhead() -> Iterator[RunningWellhead]:
    environment = {"WELLHEAD__PLUGINS__SIMULATOR__BASE_PORT": str(five_free_ports())}
    with data_folder() as folder:
        running = RunningWellhead(DEMO, folder / "data", environment=environment)
        try:
            running.wait_ready()
            yield running
        finally:
            running.end()


def rfc3339(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / SECOND, UTC).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    "seconds", [60, pytest.param(600, marks=pytest.mark.soak)], ids=["one minute", "ten minutes"]
)
def test_every_scan_is_stored_once(wellhead: RunningWellhead, seconds: int) -> None:
    session = wellhead.log_in()
    tags: list[dict[str, Any]] = []
    for page in (1, 2, 3):
        tags += wellhead.get(session, f"/api/v1/tags?per_page=100&page={page}")
    assert len(tags) == 5 * 40
    ids = [tag["id"] for tag in tags]
    names = ",".join(map(str, ids))

    def newest() -> list[int]:
        columns = wellhead.get(session, f"/api/v1/tags/latest?ids={names}")
        times: list[int] = columns["t"]
        return times if len(times) == len(ids) and min(columns["q"]) == GOOD else []

    begin = wait_until(newest, 60, what="a good value of every tag")
    # From half a scan after the last one that each tag is known to have had.
    starts = {tag: last + SECOND // 2 for tag, last in zip(ids, begin, strict=True)}
    end = max(starts.values()) + seconds * SECOND
    # Asking all the time would be a load of its own, so the clock is watched and not the API.
    wait_until(lambda: time.time() * SECOND > end, seconds + 5, what="the end of the scans")
    session = wellhead.log_in()
    wait_until(lambda: min(newest() or [0]) > end, 30, what="the last scan in the store")

    wrong = {}
    for tag in tags:
        start = starts[tag["id"]]
        window = f"from={rfc3339(start)}&to={rfc3339(start + seconds * SECOND)}"
        found = wellhead.get(session, f"/api/v1/tags/{tag['id']}/readings?{window}")
        pace = {round((b - a) / SECOND) for a, b in pairwise(found["t"])}
        if len(found["t"]) != seconds or set(found["q"]) != {GOOD} or pace != {1}:
            wrong[tag["name"]] = (len(found["t"]), set(found["q"]), pace)
    assert wrong == {}, f"expected {seconds} good readings a second apart of each tag"
