"""Migrations: empty to head, idempotent, isolated a plugin, safe with two at once."""

import shutil
import threading
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner
from flask import Flask
from psycopg import sql
from sqlalchemy import create_engine, make_url, pool

from wellhead.app import create_app
from wellhead.cli.main import cli
from wellhead.database import roles
from wellhead.database.branches import make_branch
from wellhead.database.extension import metadata
from wellhead.database.migrate import Migrator
from wellhead.errors import DatabaseError
from wellhead.plugins.info import Status
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.testing import wait_until
from wellhead.testing.cluster import Cluster


@pytest.fixture
def empty(cluster: Cluster, tmp_path: Path) -> Iterator[Settings]:
    """Settings on a database with nothing in it."""
    with cluster.database() as name:
        yield Settings(data_dir=tmp_path, database=cluster.settings(name))


def migrator_of(settings: Settings) -> tuple[Migrator, Runtime, Flask]:
    runtime = Runtime.make(settings)
    app = create_app(runtime)
    return Migrator(app, runtime.urls, runtime.plugins), runtime, app


def test_from_empty_to_head_and_again(empty: Settings) -> None:
    migrator, _, _ = migrator_of(empty)
    assert migrator.upgrade() > 2
    assert migrator.upgrade() == 0
    assert {state.state for state in migrator.status()} == {"up to date"}


def test_public_holds_nothing(empty: Settings, cluster: Cluster) -> None:
    migrator, runtime, _ = migrator_of(empty)
    migrator.upgrade()
    with psycopg.connect(runtime.urls.libpq(runtime.urls.admin)) as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
    assert found == []


@pytest.mark.parametrize("schema", ["platform", "tenant_default"])
def test_models_and_migrations_agree(settings: Settings, schema: str) -> None:
    """Autogenerate finds nothing to do, for the platform, the core and every plugin."""
    _, runtime, _ = migrator_of(settings)
    platform = schema == "platform"
    installed = tuple(f"{name}_" for name in ("core", *runtime.plugins.records))
    engine = create_engine(
        runtime.urls.admin,
        poolclass=pool.NullPool,
        connect_args={"options": f"-csearch_path={'public' if platform else schema}"},
    )

    def reflected(name: str | None, kind: str, parents: object) -> bool:
        if kind == "schema":
            return name == schema if platform else name is None
        return kind != "table" or not str(name).startswith("alembic_version_")

    def compared(item: Any, name: str | None, kind: str, *rest: object) -> bool:
        if kind != "table":
            return True
        if platform:
            return bool(item.schema == schema)
        # other tests of this run have made plugins of their own, with tables
        return item.schema is None and str(name).startswith(installed)

    options = {
        "include_schemas": platform,
        "include_name": reflected,
        "include_object": compared,
        "compare_type": True,
    }
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    assert any(table.schema == (schema if platform else None) for table in metadata.tables.values())


def test_two_at_once_do_not_meet(empty: Settings) -> None:
    results: list[int] = []
    # an app is composed by one thread of a process: modules are imported meanwhile
    composed = [migrator_of(empty) for _ in range(2)]

    def upgrade(migrator: Migrator) -> None:
        results.append(migrator.upgrade())

    threads = [threading.Thread(target=upgrade, args=(one[0],)) for one in composed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for _, runtime, _ in composed:
        assert {
            one.name: one.reason for one in runtime.plugins.records.values() if one.reason
        } == {}
    assert len(results) == 2
    assert min(results) == 0


def test_two_databases_of_one_server_may_change_the_same_role_at_once(cluster: Cluster) -> None:
    statement = sql.SQL("ALTER ROLE {} NOINHERIT")
    with cluster.database() as one, cluster.database() as other, cluster.connect() as watch:
        user = make_url(str(cluster.settings(one).url)).username or ""
        with (
            psycopg.connect(cluster.admin_url(one)) as first,
            psycopg.connect(cluster.admin_url(other)) as second,
        ):
            change = [statement.format(sql.Identifier(user))]
            roles.execute(first, change)
            waiting = threading.Thread(target=roles.execute, args=(second, change))
            waiting.start()
            wait_until(
                lambda: watch.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'",
                    (second.info.backend_pid,),
                ).fetchone()
            )
            first.commit()
            waiting.join(30)
            assert not waiting.is_alive()
            assert second.info.transaction_status is psycopg.pq.TransactionStatus.INTRANS


def test_down_and_up(settings: Settings) -> None:
    migrator, runtime, _ = migrator_of(settings)
    migrator.downgrade("calculations", "base", "default")
    state = next(s for s in migrator.status() if s.branch == "calculations")
    assert (state.current, state.state) == (None, "pending")
    with pytest.raises(DatabaseError, match="no enabled plugin"):
        migrator.downgrade("calculatoins", "base", "default")
    migrator.check()
    record = runtime.plugins.records["calculations"]
    assert record.status is Status.FAILED
    assert "wellhead db upgrade" in record.reason
    assert migrator_of(settings)[0].upgrade() == 1


def test_a_revision_is_written_from_the_difference(
    settings: Settings, database_admin_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the folder is another one, so that nothing is written into the source tree."""
    migrator, _, _ = migrator_of(settings)
    versions = tmp_path / "versions"
    shutil.copytree(str(files("wellhead_wells.migrations") / "versions"), versions)
    there = len(list(versions.glob("0*.py")))
    monkeypatch.setattr(
        "wellhead.database.migrate.tenant_branches",
        lambda plugins: [make_branch("wells", versions)],
    )
    with psycopg.connect(database_admin_url) as connection:
        connection.execute("ALTER TABLE tenant_default.wells_well DROP COLUMN operator")

    written = Path(migrator.revision("wells", "operators return"))

    assert written.parent == versions
    text = written.read_text()
    assert f"revision = 'wells_{there + 1:04d}'" in text
    assert "op.add_column('wells_well', sa.Column('operator'" in text
    with pytest.raises(DatabaseError, match=r'no such branch .* Did you mean "wells"'):
        migrator.revision("wels", "x")


def test_a_database_ahead_of_its_plugin_is_that_plugins_error(
    settings: Settings, database_admin_url: str
) -> None:
    with psycopg.connect(database_admin_url) as connection:
        connection.execute(
            "UPDATE tenant_default.alembic_version_wells SET version_num = 'wells_9999'"
        )
    migrator, runtime, _ = migrator_of(settings)
    migrator.upgrade()
    record = runtime.plugins.records["wells"]
    assert record.status is Status.FAILED
    assert "wells_9999" in record.reason
    assert "newer" in record.reason
    assert runtime.plugins.records["historian"].status is Status.ENABLED


def test_an_uninstalled_plugins_tables_are_orphans(
    settings: Settings, database_admin_url: str
) -> None:
    with psycopg.connect(database_admin_url) as connection:
        connection.execute(
            "CREATE TABLE tenant_default.alembic_version_gone AS SELECT 'gone_0001' AS version_num"
        )
    states = {state.branch: state.state for state in migrator_of(settings)[0].status()}
    assert states["gone"] == "orphan"
    assert migrator_of(settings)[0].upgrade() == 0


def test_an_unreachable_server_is_named_without_its_password(tmp_path: Path) -> None:
    config = tmp_path / "wellhead.toml"
    url = "postgresql://joe:secret@127.0.0.1:1/field"
    config.write_text(f'data_dir = "{tmp_path}"\n[database]\nurl = "{url}"\n')
    result = CliRunner().invoke(cli, ["--config", str(config), "db", "status"])
    assert isinstance(result.exception, DatabaseError)
    said = str(result.exception)
    assert "[database] url" in said
    assert "joe:***@127.0.0.1:1" in said
    assert "secret" not in said


def test_the_command_line(config_file: Path) -> None:
    def run(*arguments: str) -> str:
        result = CliRunner().invoke(cli, ["--config", str(config_file), "db", *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    assert "Everything is up to date" in run("upgrade")
    assert "calculations_" in run("status")
    assert "at base" in run("downgrade", "calculations", "base")
    assert "pending" in run("status")
    assert "1 branches upgraded" in run("upgrade")
    assert "CREATE ROLE" in run("grants")
