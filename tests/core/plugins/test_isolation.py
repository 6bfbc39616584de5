"""One bad plugin, through the places that use its answers: the others go on there too."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from wellhead import sdk
from wellhead.app import create_app
from wellhead.cli.main import cli
from wellhead.database.extension import db
from wellhead.database.migrate import Migrator
from wellhead.errors import DatabaseError
from wellhead.plugins.info import Status
from wellhead.run_state import SUPERVISED_VARIABLE, RunState, write_state
from wellhead.testing import ApiClient
from wellhead.testing.plugins import PluginWorkshop

HEAD = "from wellhead import sdk\n"
REVISION = """
from alembic import op
revision = "acme_0001"
down_revision = None

def upgrade() -> None:
    {body}

def downgrade() -> None:
    pass
"""


@pytest.fixture
def apps() -> Iterator[list[Flask]]:
    made: list[Flask] = []
    yield made
    for app in made:
        with app.app_context():
            db.engine.dispose()


def composed(settings: sdk.Settings, apps: list[Flask]) -> Flask:
    apps.append(create_app(sdk.Runtime.make(settings)))
    return apps[-1]


def off(app: Flask) -> dict[str, str]:
    """Name → reason of the plugins that are not enabled."""
    records = sdk.runtime_of(app).plugins.records.values()
    return {r.name: r.reason for r in records if r.status is not Status.ENABLED}


@pytest.mark.parametrize(
    "revisions",
    [
        {"one": REVISION.format(body="raise RuntimeError('boom')")},
        {"one": REVISION.format(body="raise SystemExit(3)")},
        {"one": REVISION.format(body="nonsense")},
        {"one": "this is no Python"},
        {
            "one": REVISION.format(body="pass"),
            "two": REVISION.format(body="pass").replace("1", "2"),
        },
    ],
    ids=["raises", "exits", "name error", "syntax error", "two heads"],
)
def test_bad_revisions_are_their_plugins_error(
    settings: sdk.Settings, workshop: PluginWorkshop, apps: list[Flask], revisions: dict[str, str]
) -> None:
    package = workshop.folder / "acme_migrations"
    (package / "versions").mkdir(parents=True)
    (package / "__init__.py").touch()
    for name, text in revisions.items():
        (package / "versions" / f"{name}.py").write_text(text)
    workshop.plugin("acme", "@hookimpl\ndef migrations():\n    return 'acme_migrations'\n")

    app = composed(settings, apps)
    runtime = sdk.runtime_of(app)
    Migrator(app, runtime.urls, runtime.plugins).upgrade()
    assert list(off(app)) == ["acme"]

    serving = composed(settings, apps)  # as every web worker does at its start
    runtime = sdk.runtime_of(serving)
    Migrator(serving, runtime.urls, runtime.plugins).check()
    assert list(off(serving)) == ["acme"]


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ("[5]", "must return click commands, not 5"),
        ("5", "must return a list, not int"),
        ("[click.Command('run')]", "the command 'run' is taken"),
        ("[click.Command('gateway')]", "the command 'gateway' is taken"),
    ],
)
def test_bad_commands_do_not_take_the_command_line_from_others(
    config_file: Path, workshop: PluginWorkshop, commands: str, reason: str
) -> None:
    workshop.plugin(
        "acme", f"@hookimpl\ndef commands():\n    return {commands}\n", head="import click"
    )

    done = CliRunner().invoke(cli, ["--config", str(config_file), "gateway", "--help"])

    assert done.exit_code == 0, done.output
    assert "--tenant" in done.output
    listed = CliRunner().invoke(cli, ["--config", str(config_file), "--help"])
    assert listed.exit_code == 0


@pytest.mark.parametrize("hook", ["drivers", "current_values", "live_snapshot", "device_servers"])
def test_a_hook_that_fails_while_serving_takes_no_answer_from_others(
    settings: sdk.Settings, workshop: PluginWorkshop, apps: list[Flask], hook: str
) -> None:
    workshop.plugin("acme", f"@hookimpl\ndef {hook}():\n    raise RuntimeError('boom')\n")
    app = composed(settings, apps)
    api = ApiClient(app).as_role("admin")

    drivers = api.get("/api/v1/scada/drivers")
    assert "modbus" in [driver["name"] for driver in drivers.data]
    well = api.post("/api/v1/wells", {"name": "Discovery 1"}).data["id"]
    assert api.get(f"/api/v1/wells/{well}/live").meta["answered_by"] == ["historian"]


def test_a_seed_that_fails_leaves_nothing_behind_and_stops_no_other(
    settings: sdk.Settings,
    workshop: PluginWorkshop,
    apps: list[Flask],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from wellhead.supervisor.prepare import prepare

    seed = (
        "@hookimpl\ndef seed(app):\n"
        "    sdk.db.session.add(sdk.Asset(kind='field', name='{}'))\n    {}\n"
    )
    workshop.plugin("acme", seed.format("half done", "raise RuntimeError('boom')"), head=HEAD)
    workshop.plugin("best", seed.format("whole", "sdk.db.session.commit()"), head=HEAD)
    runtime = sdk.Runtime.make(settings)

    prepare(create_app(runtime))

    assert runtime.failures() == {"acme": "hook seed: RuntimeError: boom"}
    app = composed(settings, apps)
    api = ApiClient(app).as_role("admin")
    assert [asset["name"] for asset in api.get("/api/v1/assets").data] == ["whole"]

    monkeypatch.setenv(SUPERVISED_VARIABLE, str(os.getpid()))
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    write_state(settings.data_dir, RunState(os.getpid(), failures=runtime.failures()))
    told = ApiClient(composed(settings, apps)).as_role("admin").get("/api/v1/plugins").data
    acme = next(plugin for plugin in told if plugin["name"] == "acme")
    assert (acme["status"], acme["reason"]) == ("failed", "hook seed: RuntimeError: boom")


@pytest.mark.parametrize("hook", ["models", "permissions", "blueprints", "setup"])
def test_the_table_of_plugins_shows_what_fails_when_all_is_put_together(
    config_file: Path, workshop: PluginWorkshop, hook: str
) -> None:
    workshop.plugin("acme", f"@hookimpl\ndef {hook}():\n    raise RuntimeError('boom')\n")
    options = ["--config", str(config_file), "plugins"]
    shown = CliRunner().invoke(cli, options, env={"COLUMNS": "200"}).output
    assert f"hook {hook}: RuntimeError: boom" in shown


def test_a_route_added_in_setup_asks_for_a_permission_too(
    settings: sdk.Settings, workshop: PluginWorkshop, apps: list[Flask]
) -> None:
    workshop.plugin(
        "acme",
        "@hookimpl\ndef setup(app):\n    app.add_url_rule('/open', 'open', lambda: 'secret')\n",
    )
    app = composed(settings, apps)

    assert "GET /open asks for no permission" in off(app)["acme"]
    answer = ApiClient(app).as_role("admin").get("/open")
    assert (answer.status, answer.error["code"]) == (403, "no_permission")


@pytest.mark.parametrize(
    "info",
    [
        "api=None",
        "api=1.0",
        "api='1.²'",
        "requires=(['x'],)",
        "after=(3,)",
        "modules=('nowhere.sub',)",
    ],
)
def test_nonsense_in_the_info_is_that_plugins_error(workshop: PluginWorkshop, info: str) -> None:
    workshop.plugin("acme", info=info)
    workshop.plugin("best")

    manager = workshop.load()

    assert manager.records["acme"].status in (Status.LOAD_ERROR, Status.UNAVAILABLE)
    assert manager.records["best"].status is Status.ENABLED


def test_a_downgrade_names_a_tenant_that_is_not_there(
    settings: sdk.Settings, apps: list[Flask]
) -> None:
    app = composed(settings, apps)
    runtime = sdk.runtime_of(app)
    migrator = Migrator(app, runtime.urls, runtime.plugins)
    with pytest.raises(DatabaseError, match="no such tenant"):
        migrator.downgrade("wells", "base", "nope")
    with pytest.raises(DatabaseError, match="REVISION"):
        migrator.downgrade("core", "base", "default")
