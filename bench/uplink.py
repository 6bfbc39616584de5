"""How fast an edge catches up at its centre, against the historian's own forwarder in one run.

An edge's outbox is filled by its forwarder (the limit: spool to disk in PostgreSQL, whose rate the
outbox lowers), then emptied by the sender into a centre: a whole web process, HTTP over loopback,
another database of the same server, committed before each answer. The same batches, on an embedded
server with every safety on. The goal is five times a live field of 5,000 readings a second.

    python bench/uplink.py [--seconds 400] [--tags 5000] [--groups 10]
"""

import argparse
import os
from typing import Any

import numpy as np
import psycopg
from _server import PATIENCE, databases, log_in, post, served, until

from wellhead import sdk
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.hooks import Outbox
from wellhead_historian.spool.spool import Spool
from wellhead_historian.testing import BASE, make_source, make_tags, scan
from wellhead_uplink.edge.outbox import OutboxWriter
from wellhead_uplink.edge.process import WELLHEAD, maker
from wellhead_uplink.edge.sender import Sender

LIVE = 5_000


def key_of(url: str) -> str:
    body = {"name": "bench", "scopes": ["uplink.send"], "days": 1}
    return str(post(f"{url}/api/v1/auth/keys", body, log_in(url))["key"])


def forward(edge: sdk.Settings, batches: list[sdk.Batch], outboxes: list[Outbox]) -> float:
    """Seconds of the forwarder from a full spool to the last commit."""
    path = edge.data_dir / "spool.db"
    spool = Spool(path, max_bytes=8 << 30)
    for future in [spool.append(batch) for batch in batches]:
        future.result(PATIENCE)
    forwarder = Forwarder(spool, lambda: sdk.connect(edge, "default"), outboxes=outboxes)
    forwarder.start()
    seconds = until(lambda: forwarder.state.batches == len(batches))
    forwarder.stop()
    spool.close()
    path.unlink()
    return seconds


def send(edge: sdk.Settings, url: str, key: str) -> float:
    """Seconds from the first request to the last row acknowledged."""
    os.environ["BENCH_KEY"] = key
    options = {"url": url, "edge": "bench", "key_variable": "BENCH_KEY"}
    make = maker({"wellhead": WELLHEAD}, "default", {"kind": "wellhead", "options": options})

    def connect() -> psycopg.Connection[Any]:
        return sdk.connect(edge, "default", autocommit=True)

    sender = Sender("default", "centre", make, connect, ["centre"])
    with connect() as connection:

        def first() -> bool:
            row = connection.execute("SELECT state FROM uplink_destination").fetchone()
            return row is not None and row[0] in ("sending", "current")

        def all_sent() -> bool:
            row = connection.execute(
                "SELECT d.position = h.last FROM uplink_destination d, uplink_head h"
            ).fetchone()
            return row == (True,)

        sender.start()
        until(first)
        seconds = until(all_sent)
    sender.stop(10)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=int, default=400, help="of the field that wait")
    parser.add_argument("--tags", type=int, default=LIVE)
    parser.add_argument("--groups", type=int, default=10)
    options = parser.parse_args()
    with databases("edge", "centre") as (edge, centre):
        with sdk.connect(edge, "default") as connection:
            tags = make_tags(connection, options.tags).reshape(options.groups, -1)
            sources = [make_source(connection, f"group {n}") for n in range(options.groups)]
        random = np.random.default_rng(1)
        batches = []
        for step in range(options.seconds):
            for source, part in zip(sources, tags, strict=True):
                batch = scan(source, BASE + step * 1_000_000, part)
                batch.values[:] = np.round(random.normal(100.0, 5.0, len(part)), 2)
                batches.append(batch)
        count = sum(map(len, batches))
        alone = forward(edge, batches, [])
        queued = forward(edge, batches, [OutboxWriter(8 << 30)])
        with sdk.connect(edge, "default") as connection:
            row = connection.execute("SELECT sum(size) FROM uplink_outbox").fetchone()
            size = int(row[0]) if row else 0
        with served(centre, "[plugins.uplink]\naccept = true\n") as (url, _):
            sent = send(edge, url, key_of(url))
    print(f"{count:,} readings, {size / count:.1f} bytes each in the outbox")
    print(f"forwarder             {count / alone:12,.0f} readings/s")
    print(f"forwarder with outbox {count / queued:12,.0f} readings/s  ratio {alone / queued:.2f}")
    print(f"outbox to centre      {count / sent:12,.0f} readings/s  ratio {alone / sent:.2f}")
    print(f"catching up           {count / sent / LIVE:12.1f} x live at {LIVE:,}/s  (goal 5)")


if __name__ == "__main__":
    main()
