"""`wellhead plugin purge`: what a plugin has goes whole, and nothing of anybody else's."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click.testing
import pytest

from wellhead.care.tables import owner_of
from wellhead.settings import Settings

Command = Callable[..., click.testing.Result]
Findings = Callable[[], list[dict[str, Any]]]
Query = Callable[[str], list[tuple[Any, ...]]]
Tables = Callable[[str], set[str]]
WithTables = Callable[..., None]


def orphaned(query: Query, name: str) -> None:
    """What an uninstalled plugin leaves behind."""
    query(f"CREATE TABLE tenant_default.alembic_version_{name} AS SELECT 'r1' AS version_num")
    query(f"CREATE TABLE tenant_default.{name}_pump (id int PRIMARY KEY)")
    query(f"INSERT INTO tenant_default.{name}_pump VALUES (1), (2)")


def switch_off(config_file: Path, *names: str) -> None:
    with config_file.open("a") as file:
        file.writelines(f"[plugins.{name}]\nenabled = false\n" for name in names)


def refusal(result: click.testing.Result) -> str:
    assert result.exit_code == 1, result.output
    return str(result.exception)


def test_an_installed_plugin_goes_with_its_version_table_and_an_audit_row(
    wellhead: Command, with_tables: WithTables, tables: Tables, query: Query
) -> None:
    with_tables("acme")
    assert wellhead("db", "upgrade").exit_code == 0
    query("INSERT INTO tenant_default.acme_pump VALUES (1), (2), (3)")

    result = wellhead("plugin", "purge", "acme", "--yes")

    assert result.exit_code == 0, result.output
    assert "tenant default, revision acme_0001:\n" in result.output
    assert "  acme_pump: 3 rows\n" in result.output
    assert "Uninstall wellhead-acme, or set [plugins.acme] enabled = false" in result.output
    assert tables("acme") == set()
    [(source, action, old, new)] = query(
        "SELECT source, action, old, new FROM tenant_default.core_audit WHERE record_id = 'acme'"
    )
    assert (source, action) == ("cli", "delete")
    assert old == {"revision": "acme_0001", "rows": {"acme_motor": "0", "acme_pump": "3"}}
    assert "@" in new["purged_by"]
    assert "acme has no tables" in wellhead("plugin", "purge", "acme", "--yes").output


def test_it_asks_first(wellhead: Command, with_tables: WithTables, tables: Tables) -> None:
    with_tables("acme")
    wellhead("db", "upgrade")

    for answer in ("n\n", ""):
        result = wellhead("plugin", "purge", "acme", input=answer)
        assert result.exit_code == 1
        assert "Drop all of this? It cannot be undone" in result.output
    assert tables("acme") == {"acme_motor", "acme_pump", "alembic_version_acme"}
    assert wellhead("plugin", "purge", "acme", input="y\n").exit_code == 0
    assert tables("acme") == set()


def test_a_plugin_that_another_requires_stays(wellhead: Command) -> None:
    said = refusal(wellhead("plugin", "purge", "historian", "--yes"))

    assert "enabled plugins require it" in said
    assert "scada" in said


def test_a_plugin_whose_tables_others_refer_to_stays(
    wellhead: Command, config_file: Path, tables: Tables
) -> None:
    others = ("scada_modbus", "simulator", "calculations", "witsml", "production", "well_testing")
    switch_off(config_file, "scada", *others)

    said = refusal(wellhead("plugin", "purge", "historian", "--yes"))

    assert "scada_tag → historian_tag" in said
    assert "Purge calculations, production, scada, uplink" in said
    assert "historian_tag" in tables("historian")


def test_a_plugin_that_is_switched_off_goes_by_its_own_migrations(
    wellhead: Command, config_file: Path, tables: Tables, query: Query
) -> None:
    """Also when what it requires is switched off too; scada_modbus's tables are not scada's."""
    query("CREATE TABLE tenant_default.scada_modbus_map (id int)")
    above = ("uplink", "calculations", "witsml", "production")
    others = ("scada_modbus", "simulator", "well_testing", "historian")
    switch_off(config_file, "scada", *above, *others)

    result = wellhead("plugin", "purge", "scada", "--yes")

    assert result.exit_code == 0, result.output
    assert tables("scada") == {"scada_modbus_map"}
    assert "Uninstall" not in result.output
    assert "historian_tag" in tables("historian")
    for name in above:
        assert wellhead("plugin", "purge", name, "--yes").exit_code == 0
    assert wellhead("plugin", "purge", "historian", "--yes").exit_code == 0
    assert tables("historian") == set()


def test_not_while_wellhead_runs_with_the_plugin_on(
    wellhead: Command, with_tables: WithTables, settings: Settings, config_file: Path
) -> None:
    with_tables("acme")
    wellhead("db", "upgrade")
    with (settings.data_dir / "run.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        said = refusal(wellhead("plugin", "purge", "acme", "--yes"))
        assert "`wellhead run` is up with the plugin on" in said
        in_force = shutil.copy(config_file, settings.data_dir / "accepted.toml")
        switch_off(config_file, "acme")
        said = refusal(wellhead("plugin", "purge", "acme", "--yes"))
        assert "then `wellhead reload`" in said, "an edit that nobody has reloaded"
        shutil.copy(config_file, in_force)
        assert wellhead("plugin", "purge", "acme", "--yes").exit_code == 0


def test_migrations_that_leave_tables_are_named(
    wellhead: Command, with_tables: WithTables, tables: Tables
) -> None:
    with_tables("acme", downgrade='op.drop_table("acme_motor")')
    wellhead("db", "upgrade")

    said = refusal(wellhead("plugin", "purge", "acme", "--yes"))

    assert "leave tables in tenant default (found 'acme_pump')" in said
    assert "--orphan" in said
    assert tables("acme") == {"acme_pump", "alembic_version_acme"}


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("op.drop_table('nowhere')", "nowhere"),
        ("raise NotImplementedError('one way')", "NotImplementedError: one way"),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_a_downgrade_that_fails_takes_nothing(
    wellhead: Command, with_tables: WithTables, tables: Tables, statement: str, problem: str
) -> None:
    with_tables("acme", downgrade=f'op.drop_table("acme_motor"); {statement}')
    wellhead("db", "upgrade")

    assert problem in refusal(wellhead("plugin", "purge", "acme", "--yes"))

    assert tables("acme") == {"acme_motor", "acme_pump", "alembic_version_acme"}


def test_a_plugin_that_cannot_be_loaded(wellhead: Command, with_tables: WithTables) -> None:
    with_tables("acme", info="modules=('nowhere_at_all',)")

    said = refusal(wellhead("plugin", "purge", "acme", "--yes"))

    assert "the plugin is unavailable: needs nowhere_at_all" in said


def test_an_orphan_is_dropped_only_when_asked_for(
    wellhead: Command, findings: Findings, tables: Tables, query: Query
) -> None:
    orphaned(query, "gone")
    orphaned(query, "gone_longer")

    said = refusal(wellhead("plugin", "purge", "gone", "--yes"))
    assert "not installed, and has 1 tables" in said
    assert "Install it again" in said
    assert "--orphan" in said

    result = wellhead("plugin", "purge", "gone", "--orphan", input="y\n")
    assert result.exit_code == 0, result.output
    assert "gone_pump: 2 rows" in result.output
    assert "gone_longer" not in result.output
    assert tables("gone") == {"gone_longer_pump", "alembic_version_gone_longer"}
    assert query("SELECT record_id FROM tenant_default.core_audit") == [("gone",)]
    orphans = [item["text"] for item in findings() if item["part"] == "orphans"]
    assert orphans == ["gone_longer is not installed and has 1 tables in tenant default"]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            "CREATE TABLE tenant_default.wells_x (id int REFERENCES tenant_default.gone_pump)",
            "wells_x → gone_pump",
        ),
        (
            "CREATE VIEW tenant_default.seen AS SELECT * FROM tenant_default.gone_pump",
            "view tenant_default.seen depends on table tenant_default.gone_pump",
        ),
    ],
)
def test_an_orphan_that_others_need_stays(
    wellhead: Command, tables: Tables, query: Query, statement: str, problem: str
) -> None:
    orphaned(query, "gone")
    query(statement)

    assert problem in refusal(wellhead("plugin", "purge", "gone", "--orphan", "--yes"))

    assert tables("gone") == {"gone_pump", "alembic_version_gone"}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("core", "--orphan"), "not a plugin"),
        (("wells", "--orphan"), "the plugin is installed"),
        (("uplink", "--tenant", "nope"), "there is no such tenant"),
        (("uplink", "--tenant", "No-Name"), "not a tenant name"),
    ],
)
def test_what_cannot_be_is_refused(
    wellhead: Command, arguments: tuple[str, ...], problem: str, config_file: Path
) -> None:
    switch_off(config_file, "simulator")
    assert problem in refusal(wellhead("plugin", "purge", *arguments, "--yes"))


def test_a_name_that_nobody_had(wellhead: Command) -> None:
    result = wellhead("plugin", "purge", "never", "--orphan", "--yes")

    assert (result.exit_code, result.output.strip()) == (0, "never has no tables.")


def test_one_tenant_of_several(
    wellhead: Command, with_tables: WithTables, tables: Tables, query: Query
) -> None:
    with_tables("acme")
    query("INSERT INTO platform.tenant (name) VALUES ('north')")
    wellhead("db", "upgrade")

    result = wellhead("plugin", "purge", "acme", "--tenant", "north", "--yes")

    assert result.exit_code == 0, result.output
    assert tables("acme") == {"acme_motor", "acme_pump", "alembic_version_acme"}
    left = query("SELECT tablename FROM pg_tables WHERE schemaname = 'tenant_north'")
    assert not [name for (name,) in left if "acme" in name]


def test_the_longest_name_owns_a_table() -> None:
    names = ["core", "scada", "scada_modbus"]
    owners = [owner_of(table, names) for table in ("scada_tag", "scada_modbus_x", "scadatag")]

    assert owners == ["scada", "scada_modbus", None]
