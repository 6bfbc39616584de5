"""The plugin as Wellhead sees it: configuration, topics, health, and the wall between tenants."""

import re
import time
import tomllib
import uuid
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from flask import Flask
from marshmallow import ValidationError

from wellhead import sdk
from wellhead.database.extension import platform_session
from wellhead.database.migrate import Migrator
from wellhead.tenancy.models import Tenant
from wellhead_historian import live, plugin
from wellhead_historian.config import HistorianConfig
from wellhead_historian.forwarding.delivery import make_forwarder, open_spool
from wellhead_historian.http.times import format_time, parse_time
from wellhead_historian.models import Gap, Ledger, Tag
from wellhead_historian.status import store_health
from wellhead_historian.store.hot import HotStore
from wellhead_historian.store.latest import read_latest
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.testing import BASE, FAR, make_source, make_tags, scan

SAMPLE = files("wellhead_historian").joinpath("sample.toml").read_text()


def test_the_sample_is_the_default_configuration_and_is_in_the_readme() -> None:
    section = tomllib.loads(SAMPLE)["plugins"]["historian"]
    assert HistorianConfig().load(section) == HistorianConfig().load({})
    assert SAMPLE in files("wellhead_historian").joinpath("README.md").read_text()


def test_the_sql_in_the_readme_reads_a_tag(
    connection: psycopg.Connection[tuple[object, ...]], source: int, tags: npt.NDArray[np.int32]
) -> None:
    readme = files("wellhead_historian").joinpath("README.md").read_text()
    begin = readme.index("    SELECT h.ts")
    statement = readme[begin : readme.index(";", begin)].replace("17", str(tags[1]))
    now = time.time_ns() // 1000
    batches = [scan(source, now - 5_000_000 + step, tags, first=step) for step in range(4)]
    with connection.transaction():
        HotStore(connection).write(batches, FAR)
    rows = connection.execute(statement.encode()).fetchall()
    assert [row[1:] for row in rows] == [(step + 1.0, 192) for step in range(4)]


def test_the_example_of_classes_in_the_readme_is_a_configuration(settings: sdk.Settings) -> None:
    readme = files("wellhead_historian").joinpath("README.md").read_text()
    begin = readme.index("```toml\n[plugins.historian]\nspool_policy") + len("```toml")
    section = tomllib.loads(readme[begin : readme.index("```", begin)])["plugins"]["historian"]
    spool = open_spool(settings, HistorianConfig().load(section), "default", "example")
    spool.close()
    assert spool._classes.give_way(None) == ["vibration"]
    assert spool._classes.give_way("custody") == ["vibration"]
    assert spool._classes.give_way("vibration") == ["vibration"]


@pytest.mark.parametrize(
    "wrong", [{"spool_policy": "newest"}, {"max_points": 0}, {"spool_max_mb": 1}, {"points": 1}]
)
def test_a_configuration_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HistorianConfig().load(wrong)


def test_a_gateway_gets_what_is_configured(settings: sdk.Settings) -> None:
    classes = {"kept": {"priority": 1}, "slow": {"spool": "refuse_newest"}, "other": {}}
    config = HistorianConfig().load(
        {"spool_policy": "drop_oldest", "spool_max_mb": 16, "classes": classes}
    )
    spool = open_spool(settings, config, "default", "rig7")
    assert spool.path == settings.data_dir / "spool" / "default-rig7.db"
    assert spool._classes.give_way(None) == [None]
    assert spool._classes.give_way("kept") == [None, "kept"]
    assert spool._classes.give_way("slow") == []
    spool.classify({1: "kept", 2: "other"})
    parts = spool._classes.split(scan(1, BASE, np.array([1, 2, 3], np.int32)))
    assert [name for name, _ in parts] == [None, "kept"]
    forwarder = make_forwarder(spool, settings, config, "default")
    forwarder.start()
    assert forwarder.stop(10)
    spool.close()


def test_the_topic_tags_gives_those_that_exist(
    app: Flask, connection: psycopg.Connection[object], tags: npt.NDArray[np.int32]
) -> None:
    with app.app_context(), sdk.tenant("default"):
        found = live.tags([int(tags[3]), int(tags[1]), 2_000_000_000])
        assert found.dtype == np.int32
        assert found.tolist() == [tags[1], tags[3]]
        for malformed in ("1", 1.0, True, None, 0, -1, 2**31, [1]):
            with pytest.raises(ValueError, match="not a tag id"):
                live.tags([malformed])


def test_the_topic_assets_gives_the_tags_of_all_that_hangs_below(app: Flask) -> None:
    with app.app_context(), sdk.tenant("default"):
        session = sdk.db.session
        field = sdk.Asset(kind="field", name="North")
        session.add(field)
        session.flush()
        pad = sdk.Asset(kind="pad", name="A", parent_id=field.id)
        session.add(pad)
        session.flush()
        on_field = Tag(name="F", datatype="float64", asset_id=field.id)
        on_pad = Tag(name="P", datatype="float64", asset_id=pad.id)
        session.add_all([on_field, on_pad, Tag(name="none", datatype="float64")])
        session.flush()
        assert live.tags_of_assets([str(field.id)]).tolist() == [on_field.id, on_pad.id]
        assert live.tags_of_assets([str(pad.id)]).tolist() == [on_pad.id]
        assert live.tags_of_assets([str(uuid.uuid4())]).tolist() == []
        with pytest.raises(ValueError, match="not an asset id"):
            live.tags_of_assets(["North"])
        session.rollback()


def test_health_tells_of_losses(app: Flask) -> None:
    with app.app_context():
        assert store_health() == sdk.Health("store", True, "no reading has been stored yet")
        with sdk.tenant("default"):
            spool = uuid.uuid4()
            sdk.db.session.add(Ledger(spool_id=spool, position=1))
            sdk.db.session.commit()
        part = plugin.health()[0]
        assert part.ok
        assert re.match(r"last stored 1?\d s ago", part.detail), part.detail
        now = sdk.db.func.now()
        for number, readings, words in ((1, 0, "file was damaged"), (2, 7, "lost 7 readings")):
            with sdk.tenant("default"):
                gap = Gap(
                    spool_id=spool,
                    number=number,
                    source_id=1,
                    begins=now,
                    ends=now,
                    readings=readings,
                    reason="",
                )
                sdk.db.session.add(gap)
                sdk.db.session.commit()
            assert words in store_health().detail
            assert not store_health().ok


def test_two_tenants_do_not_see_each_other(app: Flask, settings: sdk.Settings) -> None:
    runtime = sdk.runtime_of(app)
    with app.app_context():
        with platform_session() as session:
            session.add(Tenant(name="other"))
        Migrator(app, runtime.urls, runtime.plugins).upgrade()
    values = {"default": 1.0, "other": 1000.0}
    ids = {}
    for tenant, first in values.items():
        with sdk.connect(settings, tenant) as connection:
            source, tags = make_source(connection), make_tags(connection, 3)
            with connection.transaction():
                HotStore(connection).write([scan(source, BASE, tags, first=first)], FAR)
            ids[tenant] = tags
    assert ids["default"].tolist() == ids["other"].tolist(), "numbers alike, so that a leak shows"
    for tenant, first in values.items():
        with sdk.connect(settings, tenant) as connection:
            found = PackedReader(connection).read(int(ids[tenant][0]), BASE, FAR, 10)
            assert found.values.tolist() == [first]
            assert read_latest(connection, ids[tenant]).values.tolist()[0] == first
    with sdk.connect(settings, "default") as connection:
        connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM tenant_other.historian_hot")


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999999z", -1),
        ("2000-01-01 00:00:00+00:00", 946_684_800_000_000),
        ("2000-01-01T02:00:00.1234567+02:00", 946_684_800_123_456),
        ("9999-12-31T23:59:59Z", 253_402_300_799_000_000),
        ("0001-01-01T00:00:00-00:30", -62_135_595_000_000_000),
    ],
)
def test_times(text: str, micros: int) -> None:
    assert parse_time(text, "from") == micros
    assert parse_time(format_time(micros), "from") == micros
