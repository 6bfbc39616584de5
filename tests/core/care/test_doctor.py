"""`wellhead doctor`: nothing to say of what is well, a verdict and a remedy for what is not."""

import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click.testing
import pytest

from wellhead.cli.main import cli
from wellhead.settings import Settings, load_settings
from wellhead.supervisor.lock import is_held, only_one
from wellhead.supervisor.plan import fixed
from wellhead.testing.cluster import ROLE_PREFIX
from wellhead.testing.plugins import PluginWorkshop
from wellhead.testing.running import data_folder

TENANT_ROLE = f"{ROLE_PREFIX}_t_default"
Findings = Callable[[], list[dict[str, Any]]]
Query = Callable[[str], list[tuple[Any, ...]]]
Command = Callable[..., click.testing.Result]


def actions(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(part, text) of what needs to be done; each comes with a remedy."""
    wrong = [item for item in found if item["verdict"] == "action"]
    assert all(item["remedy"] for item in wrong)
    return [(item["part"], item["text"]) for item in wrong]


def test_a_healthy_installation(wellhead: Command) -> None:
    result = wellhead("doctor")

    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert {line.split()[0] for line in lines if not line.startswith(" ")} == {"ok", "info"}
    for expected in (
        "wellhead.toml is in order",
        "answers, PostgreSQL",
        "branches are up to date",
        "has no rights of its own",
        "1 tenants' are in order",
        "GiB free",
        "PostGIS",
        "TimescaleDB",
    ):
        assert expected in result.stdout


def test_a_database_that_is_down_keeps_nothing_else_from_being_examined(tmp_path: Path) -> None:
    config = tmp_path / "wellhead.toml"
    url = "postgresql://joe:secret@127.0.0.1:1/field"
    config.write_text(
        f'data_dir = "{tmp_path}"\n[database]\nurl = "{url}"\n[plugins.console]\nenabled = false\n'
    )

    result = click.testing.CliRunner().invoke(cli, ["doctor", "--config", str(config)])

    assert result.exit_code == 1
    assert "action  database: the database does not answer" in result.stdout
    assert "Check host, port, name and password" in result.stdout
    assert f"{tmp_path} can be written" in result.stdout
    assert "info    plugins: console is disabled" in result.stdout
    assert "secret" not in result.output


def test_an_embedded_database_that_was_never_made(tmp_path: Path) -> None:
    config = tmp_path / "wellhead.toml"
    config.write_text(f'data_dir = "{tmp_path / "none"}"\n')

    result = click.testing.CliRunner().invoke(cli, ["doctor", "--config", str(config)])

    assert result.exit_code == 0, result.output
    assert "none is not there yet" in result.stdout
    assert not (tmp_path / "none").exists(), "looking makes nothing"


def test_an_embedded_database_that_is_gone(tmp_path: Path) -> None:
    config = tmp_path / "wellhead.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n')
    (tmp_path / "prepared").write_text(fixed(load_settings(config, {}))["[database]"])

    result = click.testing.CliRunner().invoke(cli, ["doctor", "--config", str(config)])

    assert result.exit_code == 1, result.output
    assert "action  database: embedded, and its folder is gone" in result.stdout
    assert f"Bring {tmp_path / 'postgres'} back" in result.stdout


@pytest.fixture
def crashed(tmp_path: Path) -> Iterator[Path]:
    """The configuration of an embedded database whose files are of no use to its server."""
    with data_folder() as folder:
        (folder / "postgres").mkdir()
        (folder / "postgres" / "PG_VERSION").write_text("18")
        config = tmp_path / "wellhead.toml"
        config.write_text(f'data_dir = "{folder}"\n')
        yield config


def test_an_embedded_database_that_does_not_start(crashed: Path) -> None:
    result = click.testing.CliRunner().invoke(cli, ["doctor", "--config", str(crashed)])

    assert result.exit_code == 1
    assert "action  database: the embedded database did not start" in result.stdout
    assert "server.log" in result.stdout
    assert "are enabled" in result.stdout, "the rest is examined"


def test_an_embedded_database_that_is_down_under_a_run(crashed: Path) -> None:
    data_dir = load_settings(crashed, {}).data_dir
    with only_one(data_dir):
        result = click.testing.CliRunner().invoke(cli, ["doctor", "--config", str(crashed)])

    assert result.exit_code == 1
    assert "does not run although `wellhead run` is up" in result.stdout


def test_a_data_directory_of_no_use(config_file: Path, settings: Settings) -> None:
    (settings.data_dir / "secrets").touch()

    result = click.testing.CliRunner().invoke(cli, ["doctor", "--config", str(config_file)])

    assert result.exit_code == 1
    assert "action  configuration: [Errno 17] File exists" in result.stdout


def test_a_bad_configuration(tmp_path: Path) -> None:
    config = tmp_path / "wellhead.toml"
    config.write_text("[web]\nprot = 80\n")

    result = click.testing.CliRunner().invoke(cli, ["doctor", "--config", str(config)])

    assert result.exit_code == 1
    assert "action  configuration: " in result.stdout
    assert '"port"' in result.stdout


def test_plugins_that_are_off(
    findings: Findings, workshop: PluginWorkshop, config_file: Path
) -> None:
    workshop.plugin("broken", head="raise ValueError('no such valve')")
    workshop.plugin("late", "@hookimpl\ndef permissions():\n    raise SystemExit(3)\n")
    workshop.plugin("resting")
    with config_file.open("a") as file:
        file.write("[plugins.resting]\nenabled = false\n")

    found = findings()

    assert actions(found) == [
        ("plugins", "broken is load_error: import failed: ValueError: no such valve"),
        ("plugins", "late is failed: hook permissions: SystemExit: 3"),
    ]
    assert any("resting is disabled" in item["text"] for item in found)


def test_pending_migrations(findings: Findings, wellhead: Command) -> None:
    wellhead("db", "downgrade", "witsml", "base")

    [(part, text)] = actions(findings())

    assert part == "migrations"
    assert text.startswith("witsml of tenant default is at nothing, its code needs witsml_")


def test_an_empty_database_wants_an_upgrade(findings: Findings, query: Query) -> None:
    query("DROP SCHEMA platform CASCADE")

    assert actions(findings()) == [("database", "is empty")]


def test_orphans_are_named_by_tenant_with_their_tables(findings: Findings, query: Query) -> None:
    query("CREATE TABLE tenant_default.alembic_version_gone AS SELECT 'g1' AS version_num")
    query("CREATE TABLE tenant_default.gone_pump (id int)")
    query("CREATE TABLE tenant_default.gone_motor (id int)")
    query("CREATE TABLE tenant_default.scratch (id int)")
    query(f"GRANT SELECT ON ALL TABLES IN SCHEMA tenant_default TO {TENANT_ROLE}")

    found = findings()

    assert actions(found) == [
        ("orphans", "gone is not installed and has 2 tables in tenant default"),
        ("orphans", "no plugin's tables in tenant default: scratch"),
    ]
    [remedy] = [item["remedy"] for item in found if "2 tables" in item["text"]]
    assert "wellhead plugin purge gone --orphan" in remedy


def test_a_plugin_that_is_switched_off_is_no_orphan(
    findings: Findings, wellhead: Command, config_file: Path
) -> None:
    with config_file.open("a") as file:
        file.write("[plugins.uplink]\nenabled = false\n")

    assert actions(findings()) == []
    assert "orphan" not in wellhead("db", "status").output


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("REVOKE USAGE ON SCHEMA tenant_default", "may not use the schema"),
        ("REVOKE SELECT ON tenant_default.wells_well", "may not read 1"),
    ],
)
def test_missing_rights(findings: Findings, query: Query, statement: str, problem: str) -> None:
    query(f"{statement} FROM {TENANT_ROLE}")

    [text] = [text for part, text in actions(findings()) if part == "roles"]

    assert problem in text


def test_files_that_others_may_read(findings: Findings, settings: Settings) -> None:
    secrets = settings.data_dir / "secrets"
    secrets.mkdir(mode=0o755)
    (secrets / "key").touch(mode=0o644)

    found = actions(findings())

    assert found == [
        ("files", f"{secrets} is open to others (mode 0755)"),
        ("files", f"{secrets / 'key'} is open to others (mode 0644)"),
    ]


def test_a_full_disk_and_a_clock_that_is_behind(
    findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither can be had for real, so the limit is moved instead."""
    monkeypatch.setattr("wellhead.disk._LEAST_FREE_BYTES", 1 << 60)
    monkeypatch.setattr("wellhead.care.files._installed_at", lambda: 4e9)

    parts = [part for part, _ in actions(findings())]

    assert parts == ["clock", "files"]


def test_a_diagnosis_that_fails_is_its_plugins(
    findings: Findings, workshop: PluginWorkshop
) -> None:
    workshop.plugin("acme", "@hookimpl\ndef diagnose(tenants):\n    raise SystemExit(3)\n")

    [(part, text)] = actions(findings())

    assert part == "acme"
    assert "SystemExit: 3" in text


def test_the_lock_of_a_run(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "none")
    assert not is_held(tmp_path)
    with (tmp_path / "run.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert is_held(tmp_path)
    assert not is_held(tmp_path)
