"""Which store a tenant gets is decided once, and a line of configuration does not change it."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.migrate import Migrator
from wellhead.plugins.info import Status
from wellhead.runtime import Runtime
from wellhead.testing.cluster import Cluster
from wellhead_historian.status import say_store, store_findings, store_health
from wellhead_historian.store.choice import Kind, check, choose, kind_of, make_reader, make_writer
from wellhead_historian.store.hot import HotStore
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.store.timescale.schema import Extension, why_not

MISSING = "the database does not have TimescaleDB"


@pytest.mark.parametrize(
    ("configured", "has_readings", "missing", "expected"),
    [
        ("auto", False, None, Kind.TIMESCALE),
        ("auto", False, MISSING, Kind.PACKED),
        ("auto", True, None, Kind.PACKED),
        ("packed", False, None, Kind.PACKED),
        ("packed", True, MISSING, Kind.PACKED),
        ("timescale", False, None, Kind.TIMESCALE),
    ],
)
def test_a_new_tenant_gets_what_is_configured_and_there(
    configured: str, has_readings: bool, missing: str | None, expected: Kind
) -> None:
    assert choose(configured, has_readings, missing) is expected


@pytest.mark.parametrize(
    ("has_readings", "missing", "remedy"),
    [(False, MISSING, "CREATE EXTENSION"), (True, None, '"packed" or "auto"')],
)
def test_hypertables_that_cannot_be_are_refused(
    has_readings: bool, missing: str | None, remedy: str
) -> None:
    with pytest.raises(sdk.WellheadError) as refused:
        choose("timescale", has_readings, missing)
    assert refused.value.field == "[plugins.historian] store"
    assert refused.value.value == "timescale"
    assert remedy in str(refused.value.remedy)


def test_configured_is_what_is_recorded_or_auto() -> None:
    for kind in Kind:
        check(kind, kind)
        check(kind, "auto")
    with pytest.raises(sdk.WellheadError, match="timescale store, and stay there"):
        check(Kind.TIMESCALE, "packed")


@pytest.mark.parametrize(
    ("extension", "reason"),
    [
        (None, "does not have TimescaleDB"),
        (Extension("public", "2.21.4", "timescale"), "2.21.4 is too old"),
        (Extension("public", "2.28.3", "apache"), "Apache licence"),
        (Extension("public", "2.22.0", "timescale"), None),
        (Extension("public", "3.0.0-dev", "timescale"), None),
    ],
)
def test_which_timescaledb_will_do(extension: Extension | None, reason: str | None) -> None:
    found = why_not(extension)
    assert found is None if reason is None else reason in str(found)


def test_another_store_than_the_recorded_is_refused_and_readings_go_on(
    settings: sdk.Settings,
) -> None:
    wrong = replace(settings, plugins={"historian": {"store": "timescale"}})
    app = create_app(Runtime.make(wrong))
    with app.app_context(), capture_logs() as logs:
        with sdk.tenant("default"):
            say_store()
        (finding,) = store_findings(["default"])
        health = store_health()
        sdk.db.engine.dispose()
    assert [line["log_level"] for line in logs] == ["error"]
    assert finding.verdict == "action"
    assert "tenant default" in finding.text
    assert "timescale" in finding.text
    assert '"packed" or "auto"' in finding.remedy
    assert not health.ok
    assert "packed store" in health.detail
    with sdk.connect(wrong, "default") as connection:
        assert kind_of(connection) is Kind.PACKED
        assert isinstance(make_reader(connection), PackedReader)
        assert isinstance(make_writer(connection), HotStore)


def test_the_recorded_store_is_no_finding(settings: sdk.Settings) -> None:
    app = create_app(Runtime.make(settings))
    with app.app_context(), capture_logs() as logs:
        with sdk.tenant("default"):
            say_store()
        assert store_findings(["default"]) == []
        assert store_health().ok
        sdk.db.engine.dispose()
    assert logs == []


def test_a_tenant_is_not_made_in_a_store_that_cannot_be(
    settings: sdk.Settings, cluster: Cluster, database: str
) -> None:
    """As at the first start: the historian's tables are not there yet."""
    app = create_app(Runtime.make(settings))
    runtime = Runtime.make(settings)
    migrator = Migrator(app, runtime.urls, runtime.plugins)
    migrator.downgrade("historian", "historian_0004", "default")
    wrong = Runtime.make(replace(settings, plugins={"historian": {"store": "timescale"}}))
    Migrator(create_app(wrong), wrong.urls, wrong.plugins).upgrade()
    record = wrong.plugins.records["historian"]
    assert record.status is Status.FAILED
    assert MISSING in str(record.reason)
