"""Two Wellheads on one machine, the link between them cut for hours: the centre catches up.

The hours are those of the readings' own times: during the cut a second gateway of the edge stores
two of them in a moment, beside the live field.
"""

import dataclasses
import json
import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import psycopg
import pytest

from wellhead import sdk
from wellhead.testing import Fault, free_port, wait_until
from wellhead.testing.client import PASSWORD
from wellhead.testing.cluster import Cluster
from wellhead.testing.running import RunningWellhead
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.spool.spool import Spool
from wellhead_historian.store.packing.packer import packing_lock
from wellhead_historian.testing import make_source, make_tags, scan
from wellhead_uplink.edge.outbox import OutboxWriter
from wellhead_uplink.testing import Line

pytestmark = pytest.mark.system

HOURS = 2
EVERY = """
SELECT t.name, extract(epoch FROM h.ts)::numeric * 1000000, v.value,
       coalesce(h.quality[v.place], 192)
FROM historian_hot h LEFT JOIN historian_layout l ON l.id = h.layout_id,
     unnest(coalesce(h.tags, l.tags), h.value) WITH ORDINALITY v (tag, value, place)
     JOIN historian_tag t ON t.id = v.tag
WHERE h.ts < to_timestamp(%s) ORDER BY h.seq
"""

LIVE_UNTIL = """
SELECT extract(epoch FROM min(newest))::float8 FROM (
    SELECT max(ts) AS newest FROM historian_hot h JOIN historian_source s ON s.id = h.source_id
    WHERE s.name NOT LIKE 'hours %%' AND ts > to_timestamp(%s) - interval '1 minute'
    GROUP BY source_id
) sources
"""
"""Each source stores in order, so that all of them have stored what is older than that."""


class Site:
    """One Wellhead on a database of its own."""

    def __init__(self, folder: Path, cluster: Cluster, database: str, more: str) -> None:
        folder.mkdir()
        self.settings = sdk.Settings(data_dir=folder / "data", database=cluster.settings(database))
        self.settings.data_dir.mkdir()
        self.config = folder / "wellhead.toml"
        lines = ["[database]"]
        for key, value in dataclasses.asdict(self.settings.database).items():
            lines.append(f"{key} = {json.dumps(value)}")
        self.config.write_text("\n".join(lines) + "\n" + more, encoding="utf-8")
        self.wellhead = RunningWellhead(self.config, self.settings.data_dir)

    def connect(self) -> psycopg.Connection[Any]:
        return sdk.connect(self.settings, "default", autocommit=True)


def readings(site: Site, before: float, prefix: str = "") -> dict[str, list[tuple[Any, ...]]]:
    """(time, value, quality) of each tag, in order of arrival, of times before `before`."""
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    with site.connect() as connection:
        for name, *reading in connection.execute(EVERY, (before,)):
            found[name.removeprefix(prefix)].append(tuple(map(float, reading)))
    return found


CENTRE = """
[plugins.simulator]
run = false
[plugins.uplink]
accept = true
silent_s = 5
"""
EDGE = """
[plugins.simulator]
run = true
wells = 1
base_port = {base_port}
[plugins.uplink]
report_s = 1
[[plugins.uplink.destinations]]
name = "centre"
[plugins.uplink.destinations.options]
url = "http://127.0.0.1:{port}"
edge = "pad-7"
key_file = "{key}"
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Sites:
    centre: Site
    line: Line
    edge: Site


@pytest.fixture
def sites(cluster: Cluster, template_database: str, tmp_path: Path) -> Iterator[Sites]:
    """Both are started at once; the edge waits for its key."""
    key = tmp_path / "centre.key"
    with (
        cluster.database(template_database) as first,
        cluster.database(template_database) as second,
        ended(Site(tmp_path / "centre", cluster, first, CENTRE)) as centre,
        Line(centre.wellhead.port) as line,
    ):
        more = EDGE.format(base_port=free_port(), port=line.port, key=key)
        with ended(Site(tmp_path / "edge", cluster, second, more)) as edge:
            centre.wellhead.wait_ready()
            admin = centre.wellhead.log_in("admin@example.com", PASSWORD)
            body: dict[str, Any] = {"name": "pad-7", "scopes": ["uplink.send"], "days": 1}
            made = admin.post(f"{centre.wellhead.url}/api/v1/auth/keys", json=body, timeout=30)
            key.write_text(made.json()["data"]["key"])
            edge.wellhead.wait_ready()
            yield Sites(centre, line, edge)
            centre.wellhead.process.terminate()  # so that both end at once


@contextmanager
def ended(site: Site) -> Iterator[Site]:
    try:
        yield site
    finally:
        site.wellhead.end()


def store_hours(edge: Site, hours: float) -> int:
    """Two groups of ten tags, a scan a second each, by a second gateway; how many readings."""
    with edge.connect() as connection:
        tags = make_tags(connection, 20, "H").reshape(2, 10)
        sources = [make_source(connection, f"hours {number}") for number in range(2)]
    spool = Spool(edge.settings.data_dir / "second.db")
    forwarder = Forwarder(spool, edge.connect, outboxes=[OutboxWriter(1 << 30)])
    seconds = int(hours * 3600)
    begin = (int(time.time()) - seconds) * 1_000_000
    for step in range(seconds):
        for source, part in zip(sources, tags, strict=True):
            spool.append(scan(source, begin + step * 1_000_000, part, first=step))
    forwarder.start()
    wait_until(lambda: spool.backlog == (0, 0), timeout=60, what="two hours to be stored")
    assert forwarder.stop(10)
    spool.close()
    return seconds * tags.size


def kill_sender(edge: Site) -> None:
    """kill -9 of the edge's process `uplink`; its supervisor starts another."""

    def sender() -> psutil.Process | None:
        for process in edge.wellhead.family():
            with suppress(psutil.NoSuchProcess):  # it may end while it is looked at
                if "uplink" in process.cmdline():
                    return process
        return None

    process = wait_until(sender, timeout=120, what="a process uplink")
    assert process is not None
    process.send_signal(signal.SIGKILL)
    psutil.wait_procs([process], timeout=10)


def test_r1_a_centre_catches_up_after_hours_without_a_link(sites: Sites) -> None:
    hours_without_a_link(sites, HOURS, kills=1)


@pytest.mark.soak
def test_r1_a_centre_catches_up_after_two_days_and_eight_kills(sites: Sites) -> None:
    hours_without_a_link(sites, 48, kills=8)


def hours_without_a_link(sites: Sites, hours: float, kills: int) -> None:
    centre, line, edge = sites.centre, sites.line, sites.edge
    viewer = centre.wellhead.log_in("viewer@example.com", PASSWORD)

    def edge_is(state: str) -> bool:
        found = centre.wellhead.get(viewer, "/api/v1/uplink/edges")
        return bool(found) and found[0]["state"] == state

    def devices() -> list[tuple[str, bool]]:
        [seen] = centre.wellhead.get(viewer, "/api/v1/uplink/edges")
        found = centre.wellhead.get(viewer, f"/api/v1/uplink/edges/{seen['id']}/devices")
        return [(device["state"], device["stale"]) for device in found]

    def newest() -> set[int]:
        ids = [str(tag["id"]) for tag in centre.wellhead.get(viewer, "/api/v1/tags")]
        return set(centre.wellhead.get(viewer, f"/api/v1/tags/latest?ids={','.join(ids)}")["q"])

    with (
        edge.connect() as at_edge,
        centre.connect() as at_centre,
        packing_lock(at_edge, wait=True),  # what is packed has no order of arrival any more
        packing_lock(at_centre, wait=True),
    ):

        def live() -> bool:
            row = at_centre.execute("SELECT count(*) FROM historian_hot").fetchone()
            return row is not None and row[0] > 5

        def position() -> int:
            row = at_centre.execute("SELECT max(position) FROM uplink_stream").fetchone()
            assert row is not None
            return int(row[0])

        def has_passed(before: int) -> bool:
            return position() > before

        wait_until(live, timeout=60, what="live readings at the centre")
        wait_until(lambda: ("connected", False) in devices(), 30, what="devices at the centre")
        assert edge_is("current")
        assert 192 in newest()

        line.set(Fault.REFUSE)
        count = store_hours(edge, hours)
        wait_until(lambda: edge_is("silent"), timeout=30, what="the centre to miss the edge")
        assert {stale for _, stale in devices()} == {True}
        assert 192 not in newest()

        cut = time.time()
        line.set(Fault.PASS)
        for _ in range(kills):
            before = position()
            kill_sender(edge)
            wait_until(partial(has_passed, before), timeout=120, what="sending after a kill")

        def all_stored() -> bool:
            row = at_edge.execute(LIVE_UNTIL, (cut,)).fetchone()
            return row is not None and row[0] is not None and row[0] > cut

        def caught_up() -> bool:
            row = at_edge.execute("SELECT position, state FROM uplink_destination").fetchone()
            return row is not None and row[0] >= last and row[1] == "current"

        wait_until(all_stored, timeout=60, what="what was read before the cut's end to be stored")
        [last] = at_edge.execute("SELECT last FROM uplink_head").fetchone() or (0,)
        wait_until(caught_up, timeout=120, what="the edge to have caught up")
        wait_until(lambda: edge_is("current"), timeout=30, what="the centre to say so")
        assert ("connected", False) in devices()
        assert 192 in newest()

        here, there = readings(centre, cut, "pad-7/"), readings(edge, cut)
        assert here.keys() == there.keys()
        assert here == there  # each reading once, in the same order
        assert sum(map(len, here.values())) > count
        row = at_centre.execute("SELECT sum(missing) FROM uplink_stream").fetchone()
        assert row == (0,)
        assert np.all([len({r[0] for r in rows}) == len(rows) for rows in here.values()])
