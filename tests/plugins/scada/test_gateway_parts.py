"""Parts of the gateway process alone; the whole is in tests/system/test_gateway_*.py."""

import asyncio
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from flask import Flask
from structlog.testing import capture_logs

from wellhead import sdk
from wellhead.live.frames import Payload
from wellhead.settings import Settings
from wellhead.testing import wait_until
from wellhead.testing.plugins import PluginWorkshop
from wellhead_historian.api import create_source, create_tag
from wellhead_historian.spool.file import SpoolFile
from wellhead_historian.spool.spool import Policy, Spool, SpoolClass
from wellhead_scada.engine.around import DeviceHealth
from wellhead_scada.engine.config import FieldConfig
from wellhead_scada.engine.state import answered, failed, started
from wellhead_scada.gateway.database import Database
from wellhead_scada.gateway.newest import Newest
from wellhead_scada.gateway.process import GatewayProcess
from wellhead_scada.gateway.publisher import Publisher
from wellhead_scada.gateway.reporter import Reporter
from wellhead_scada.gateway.watch import ConfigWatch
from wellhead_scada.models import Device, FieldTag, ScanGroup
from wellhead_scada.testing import Bench, device, group, play

GOOD = sdk.quality.GOOD


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool.db")
    yield made
    made.close()


def reading(source: int, tag: int, value: float) -> sdk.Batch:
    one = np.array([tag], np.int32)
    return sdk.Batch.scan(source, 1, one, np.array([value]), np.array([GOOD], np.int16))


def test_what_is_stored_is_told_to_the_screens_and_a_lost_connection_is_replaced(
    settings: Settings, database_admin_url: str
) -> None:
    publisher = Publisher(partial(sdk.connect, settings, "default"), "default")
    publisher.start()
    heard: list[tuple[int, float]] = []

    def listen() -> bool:
        for notification in listener.notifies(timeout=0.1):
            batch = Payload.parse(notification.payload).batch()
            heard.extend(zip(batch.tags.tolist(), batch.values.tolist(), strict=True))
        return len(heard) >= 2

    with psycopg.connect(database_admin_url, autocommit=True) as listener:
        listener.execute("LISTEN wellhead_live")
        publisher.offer(reading(1, 11, 1.5))
        publisher.offer(reading(2, 22, 2.5))
        wait_until(listen, timeout=20, what="both readings")
        assert heard == [(11, 1.5), (22, 2.5)]
        heard.clear()
        listener.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

        def offer_and_listen() -> bool:
            publisher.offer(reading(3, 33, 3.5))
            return listen()

        wait_until(offer_and_listen, timeout=10, what="readings on a new connection")
        assert set(heard) == {(33, 3.5)}
    publisher.stop(10)


def test_a_gateway_without_database_scans_what_the_spool_kept(spool: Spool) -> None:
    nowhere = Settings(data_dir=spool.path.parent / "none")
    config = FieldConfig((device("pump", group(1)),))
    applied: list[FieldConfig] = []

    async def story(bench: Bench) -> None:
        spool.save("scada.configuration", config.to_document()).result()
        watch = ConfigWatch(
            Database(nowhere, "default", "main"), bench.engine, spool, applying=applied.append
        )
        await watch.boot()
        await bench.until_rows(1, 2)
        assert applied == [config]
        with pytest.raises((psycopg.Error, OSError, sdk.WellheadError)):
            await watch.refresh()
        await bench.until_rows(1, 2)

    play(story)


@pytest.mark.parametrize("kept", [None, {"version": 99}])
def test_a_kept_configuration_that_is_none_stops_nothing(spool: Spool, kept: Any) -> None:
    applied: list[FieldConfig] = []

    async def story(bench: Bench) -> None:
        if kept is not None:
            spool.save("scada.configuration", kept).result()
        nowhere = Database(Settings(data_dir=spool.path.parent / "none"), "default", "main")
        await ConfigWatch(nowhere, bench.engine, spool, applying=applied.append).boot()
        assert bench.engine.health == {}
        assert applied == []

    play(story)


def test_r4_a_configuration_that_a_full_disk_did_not_take_is_kept_when_there_is_room(
    app: Flask, settings: Settings, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), sdk.tenant("default"):
        sdk.db.session.add(
            Device(name="pump", driver="memory", options={"line": "pump"}, timeout_s=1)
        )
        sdk.db.session.commit()
    database = Database(settings, "default", "main")

    def full(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async def story(bench: Bench) -> None:
        watch = ConfigWatch(database, bench.engine, spool, applying=lambda config: None)
        with monkeypatch.context() as patched:
            patched.setattr(SpoolFile, "save", full)
            await watch.refresh()
            assert spool.load("scada.configuration") is None
        await watch.refresh()
        assert FieldConfig.from_document(spool.load("scada.configuration")) == database.load()

    play(story)


def test_r4_a_gateway_learns_the_classes_of_tags_and_keeps_them(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    with app.app_context(), sdk.tenant("default"):
        record = Device(name="pump", driver="memory", options={"line": "pump"}, timeout_s=1)
        sdk.db.session.add(record)
        sdk.db.session.flush()
        scanned = ScanGroup(
            device_id=record.id, name="g", period_ms=100, source_id=create_source("pump")
        )
        sdk.db.session.add(scanned)
        sdk.db.session.flush()
        tag = create_tag(name="Vibration", datatype="int16")
        tag.tag_class = "vibration"
        sdk.db.session.add(
            FieldTag(
                tag_id=tag.id,
                device_id=record.id,
                scan_group_id=scanned.id,
                datatype="int16",
                address={"register": 1},
            )
        )
        sdk.db.session.commit()
        number = tag.id
    classes = {"vibration": SpoolClass(Policy.DROP_OLDEST, -1)}
    path = tmp_path / "classes.db"

    async def story(bench: Bench, database: Settings) -> None:
        spool = Spool(path, classes=classes)
        parts = (Database(database, "default", "main"), bench.engine, spool)
        watch = ConfigWatch(*parts, applying=lambda config: None)
        await watch.boot()
        if database is settings:
            await watch.refresh()
        spool.append(reading(1, number, 1.0)).result(10)
        assert list(spool.class_counters) == ["vibration"]
        spool.close()

    play(partial(story, database=settings))
    play(partial(story, database=Settings(data_dir=tmp_path / "none")))


def test_states_reach_the_database_at_once_and_survive_its_absence(
    app: Flask, settings: Settings, database_admin_url: str
) -> None:
    with app.app_context(), sdk.tenant("default"):
        record = Device(name="PLC", driver="modbus", options={"host": "::1"}, timeout_s=1)
        sdk.db.session.add(record)
        sdk.db.session.flush()
        source = create_source("x")
        group = ScanGroup(device_id=record.id, name="g", period_ms=100, source_id=source)
        sdk.db.session.add(group)
        sdk.db.session.commit()
        device_id = str(record.id)

    def stored() -> Any:
        with psycopg.connect(database_admin_url) as connection:
            return connection.execute(
                "SELECT state, reason, (counters->>'scans')::int "
                "FROM tenant_default.scada_device_state"
            ).fetchone()

    async def until(expected: Any) -> None:
        async with asyncio.timeout(10):
            while await asyncio.to_thread(stored) != expected:
                await asyncio.sleep(0.02)

    async def story() -> None:
        database = Database(settings, "default", "main")
        reporter = Reporter(database, lambda: {"spool_batches": 0})
        health = DeviceHealth(failed(started(1), 2, "no answer", 24))
        reporter.health = {device_id: health, "7d3b6a1e-0000-4000-8000-000000000000": health}
        reporter.changed("7d3b6a1e-0000-4000-8000-000000000000")  # deleted meanwhile: no error
        reporter.changed(device_id)
        task = asyncio.create_task(reporter.run())
        await until(("backing_off", "no answer", 0))
        with psycopg.connect(database_admin_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        health.state = answered(health.state, 3)
        health.counters.scans = 5
        reporter.changed(device_id)
        await until(("connected", None, 5))
        assert not task.done()
        task.cancel()
        loaded = await asyncio.to_thread(database.load)
        assert [(d.name, d.options, [g.period_ms for g in d.groups]) for d in loaded.devices] == [
            ("PLC", {"host": "::1"}, [100])
        ]

    asyncio.run(story())


def test_plugins_are_told_of_readings_once_they_are_on_disk(
    app: Flask, settings: sdk.Settings, workshop: PluginWorkshop
) -> None:
    with app.app_context(), sdk.tenant("default"):
        source = create_source("x")
        tag = create_tag(name="W01.WHP", datatype="float32")
        sdk.db.session.commit()
    workshop.plugin(
        "acme", "@hookimpl\ndef readings(batch):\n    seen.append(batch)\n", head="seen = []"
    )
    runtime = sdk.Runtime.make(settings)
    gateway = GatewayProcess(runtime, "main", "default")
    sent = reading(source, tag.id, 2.5)
    acme = runtime.plugins.records["acme"].module
    assert acme is not None
    try:
        gateway._publisher.start()
        gateway._forwarder.start()
        gateway._spool.append(sent).result(10)
        [told] = wait_until(lambda: acme.seen, 20, what="the readings hook")
        with sdk.connect(settings, "default") as connection:
            assert connection.execute("SELECT value FROM historian_hot").fetchall() == [([2.5],)]
    finally:
        gateway._put_away()
    assert (told.tags.tolist(), told.values.tolist()) == ([tag.id], [2.5])


def test_an_outage_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wellhead_scada.gateway.publisher._PAUSE_S", 0.01)
    tries = []

    def connect() -> psycopg.Connection[Any]:
        tries.append(1)
        raise psycopg.OperationalError("away")

    publisher = Publisher(connect, "default")
    with capture_logs() as logs:
        publisher.start()
        wait_until(lambda: len(tries) > 3, what="more than one try")
        publisher.stop(10)
    [entry] = logs
    assert entry["event"].startswith("live: no database, screens show no new readings")


def test_up_to_when_a_source_is_kept_outlives_the_gateway(spool: Spool) -> None:
    first = Newest(spool)
    health = DeviceHealth(started(0))
    first.health = {"pump": health}
    health.newest[7] = 1_700_000_000_000_000
    first.save()
    wait_until(lambda: spool.load("scada.newest"))

    second = Newest(spool)
    asyncio.run(second.boot())

    assert second.kept(7) == 1_700_000_000_000_000
    assert second.kept(8) is None
