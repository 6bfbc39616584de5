"""Wellhead: its gateway process as users run it, and PostgreSQL with every safety on.

What counts is a row in the database, at the time of its commit as PostgreSQL itself has it.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import psycopg

from peers.accounting import Kept, read_times
from peers.side import PERIOD_S, Workload, family
from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.embedded import EmbeddedPostgres
from wellhead.database.migrate import Migrator
from wellhead.database.urls import database_urls
from wellhead_historian.store import wire
from wellhead_historian.testing import make_source, make_tags
from wellhead_scada.testing.process import GatewayChild

_COMMISSION_S = 30.0
_DEVICE = """
INSERT INTO scada_device (name, driver, options, timeout_s, gateway)
VALUES (%s, 'modbus', %s, %s, 'main') RETURNING id
"""
_GROUP = """
INSERT INTO scada_scan_group (device_id, name, period_ms, source_id)
VALUES (%s, 'all', %s, %s) RETURNING id
"""
_TAGS = """
INSERT INTO scada_tag (tag_id, device_id, scan_group_id, datatype, address)
SELECT tag, %s, %s, 'uint16', jsonb_build_object('table', 'holding', 'address', address)
FROM unnest(%s::int4[], %s::int4[]) AS t (tag, address)
"""
_ROWS = """
SELECT h.source_id, h.layout_id, h.ts, array_send(h.tags), array_send(h.value),
       (extract(epoch FROM pg_xact_commit_timestamp(h.xmin)) * 1e6)::int8
FROM tenant_default.historian_hot h ORDER BY h.seq
"""


class Wellhead:
    """A side. folder: an empty one that is removed at the end"""

    name = "wellhead"

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="wh-"))  # the server's user must reach it
        self._server = EmbeddedPostgres(self._folder)
        self._settings = sdk.Settings(data_dir=self._folder)
        self._config = self._folder / "wellhead.toml"
        self._gateway: GatewayChild | None = None
        self._devices: dict[int, int] = {}
        self._addresses: dict[int, Any] = {}

    def prepare(self, work: Workload) -> None:
        self._server.start()
        with self._admin("postgres") as connection:
            connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        self._server.stop()
        self._server.start()
        runtime = sdk.Runtime.make(self._settings)
        app = create_app(runtime)
        Migrator(app, runtime.urls, runtime.plugins).upgrade()
        with app.app_context():
            sdk.db.engine.dispose()
        self._config.write_text(
            f"data_dir = {json.dumps(str(self._folder))}\n"
            '[plugins.scada]\nallow_networks = ["127.0.0.0/8"]\n',
            encoding="utf-8",
        )
        with sdk.connect(self._settings, "default") as connection:
            for number, (port, unit) in enumerate(work.devices):
                self._add(connection, work, number, port, unit)

    def _add(
        self,
        connection: psycopg.Connection[Any],
        work: Workload,
        number: int,
        port: int,
        unit: int,
    ) -> None:
        shared = work.by_unit and work.one_line
        options = {
            "host": "127.0.0.1",
            "port": port,
            "unit": unit,
            "shared": shared,
            "in_flight": work.in_flight,
        }
        source = make_source(connection, f"device {number}")
        tags = make_tags(connection, work.registers, f"D{number}.")
        with connection.transaction():
            name = f"D{number}"
            [device] = _one(connection, _DEVICE, name, json.dumps(options), work.timeout)
            [group] = _one(connection, _GROUP, device, int(PERIOD_S * 1000), source)
            connection.execute(_TAGS, (device, group, tags.tolist(), list(work.addresses)))
        self._devices[source] = unit if work.by_unit else number
        self._addresses[source] = (tags, np.array(work.addresses, np.int64))

    def start(self) -> None:
        self._gateway = GatewayChild.of(self._config)

    def commission(self) -> None:
        self.start()
        deadline = time.monotonic() + _COMMISSION_S
        while not len(self.delivered().read):
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing stored within {_COMMISSION_S:.0f} s")
            time.sleep(0.2)
        assert self._gateway is not None
        self._gateway.terminate()

    def isolate(self) -> None:
        """Its readings are kept when they are in PostgreSQL."""

    def kill(self) -> None:
        if self._gateway is not None:
            self._gateway.kill()

    def destination(self, up: bool) -> None:
        if up:
            self._server.start()
        else:
            self._server.stop("immediate")

    def processes(self) -> Mapping[str, list[psutil.Process]]:
        gateway = [] if self._gateway is None else [self._gateway.pid]
        server = self._server.pid()
        parts = {"gateway": family(gateway), "PostgreSQL": family([server] if server else [])}
        return {part: found for part, found in parts.items() if found}

    def running(self) -> bool:
        log = "" if self._gateway is None else self._gateway.log
        return log.count("device is connected") >= len(self._devices)

    def kept(self) -> Kept:
        return self.delivered()

    def delivered(self) -> Kept:
        pieces: list[tuple[Any, ...]] = []
        with self._admin("wellhead") as connection:
            layouts = {
                number: wire.parse_array(wire.INT4, tags)
                for number, tags in connection.execute(
                    "SELECT id, array_send(tags) FROM tenant_default.historian_layout", binary=True
                )
            }
            for source, layout, ts, own, value, stored in connection.execute(_ROWS, binary=True):
                tags = layouts[layout] if own is None else wire.parse_array(wire.INT4, own)
                values = wire.parse_array(wire.FLOAT8, value)
                good = np.isfinite(values)
                known, addresses = self._addresses[source]
                address = addresses[np.searchsorted(known, tags[good])]
                about = np.full(len(address), int(ts.timestamp() * 1000))
                read = read_times(values[good].astype(np.int64), address, about)
                device = np.full(len(address), self._devices[source])
                pieces.append((device, address, read, np.full(len(address), stored)))
        if not pieces:
            return Kept.empty()
        return Kept(*(np.concatenate(column) for column in zip(*pieces, strict=True)))

    def close(self) -> None:
        self.kill()
        self._server.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _admin(self, database: str) -> psycopg.Connection[Any]:
        urls = database_urls(self._settings)
        url = urls.libpq(urls.admin.set(database=database))
        return psycopg.connect(url, autocommit=True)


def _one(connection: psycopg.Connection[Any], query: str, *values: Any) -> tuple[Any, ...]:
    row = connection.execute(query, values).fetchone()
    assert row is not None
    return tuple(row)
