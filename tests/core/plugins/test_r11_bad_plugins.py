"""R11: a plugin that fails at import, in a hook, in its loop, or calls SystemExit, is off with its
reason where it takes part no more, and the rest serves. A hook that is told of readings may fail
nine times in a row; a job that fails is in the history of runs; a process that ends is started
again.

Here is the promise as a whole, on the composed app and on a whole `wellhead run`. In detail:
test_loading.py has every way to fail at loading, test_hook_failures.py every hook by each of the
three ways in which hooks are asked, test_isolation.py the places that use the answers (revisions,
commands, seeds, setup, drivers, snapshots), tests/core/jobs/test_runner.py jobs.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from wellhead import sdk
from wellhead.app import create_app
from wellhead.cli.main import cli
from wellhead.plugins.manager import FAILURES_IN_A_ROW
from wellhead.testing import ApiClient, wait_until
from wellhead.testing.client import PASSWORD
from wellhead.testing.plugins import PluginWorkshop
from wellhead.testing.running import RunningWellhead
from wellhead_historian.api import create_source, create_tag
from wellhead_scada.gateway.process import GatewayProcess
from wellhead_scada.health import gateways
from wellhead_scada.models import Gateway

RAISES = "raise RuntimeError('boom')"
EXITS = "raise SystemExit(3)"
REASONS = {RAISES: "RuntimeError: boom", EXITS: "SystemExit: 3"}
AT_COMPOSITION = ("models", "permissions", "asset_kinds", "blueprints", "jobs", "setup")


def hook(name: str, statement: str) -> str:
    return f"@hookimpl\ndef {name}():\n    {statement}\n"


@pytest.fixture
def apps() -> Iterator[list[Flask]]:
    made: list[Flask] = []
    yield made
    for app in made:
        with app.app_context():
            sdk.db.engine.dispose()


def served(settings: sdk.Settings, apps: list[Flask]) -> dict[str, tuple[str, str]]:
    """Name → (status, reason), as the API tells it; what others offer answers meanwhile."""
    apps.append(create_app(sdk.Runtime.make(settings)))
    api = ApiClient(apps[-1]).as_role("admin")
    assert api.get("/health/ready").status == 200
    for path in ("/api/v1/wells", "/api/v1/tags", "/api/v1/scada/devices", "/api/v1/openapi.json"):
        assert api.get(path).status == 200
    told = api.get("/api/v1/plugins").data
    return {plugin["name"]: (plugin["status"], plugin["reason"]) for plugin in told}


@pytest.mark.parametrize("statement", [RAISES, EXITS])
def test_r11_at_import(
    settings: sdk.Settings, workshop: PluginWorkshop, apps: list[Flask], statement: str
) -> None:
    workshop.plugin("acme", head=statement)
    workshop.plugin("needing", info="requires=('acme',)")

    plugins = served(settings, apps)

    assert plugins.pop("acme") == ("load_error", f"import failed: {REASONS[statement]}")
    assert plugins.pop("needing") == (
        "dependency_error",
        "requires acme, which is off: load_error; see its reason",
    )
    assert {status for status, _ in plugins.values()} == {"enabled"}


@pytest.mark.parametrize("statement", [RAISES, EXITS])
@pytest.mark.parametrize("name", AT_COMPOSITION)
def test_r11_in_a_hook_at_composition(
    settings: sdk.Settings, workshop: PluginWorkshop, apps: list[Flask], name: str, statement: str
) -> None:
    workshop.plugin("acme", hook(name, statement))

    plugins = served(settings, apps)

    assert plugins.pop("acme") == ("failed", f"hook {name}: {REASONS[statement]}")
    assert {status for status, _ in plugins.values()} == {"enabled"}


@pytest.mark.parametrize("statement", [RAISES, EXITS])
def test_r11_in_the_loop_that_stores_readings(
    app: Flask, settings: sdk.Settings, workshop: PluginWorkshop, statement: str
) -> None:
    """Once a batch: every batch is stored, the plugin after it is told of each, and after ten
    failures it is off, with the reason where people look."""
    with app.app_context(), sdk.tenant("default"):
        source = create_source("x")
        tag = create_tag(name="W01.WHP", datatype="float32")
        sdk.db.session.commit()
    workshop.plugin("acme", hook("readings", statement))
    workshop.plugin(
        "best", "@hookimpl\ndef readings(batch):\n    seen.append(batch)\n", head="seen = []"
    )
    runtime = sdk.Runtime.make(settings)
    best = runtime.plugins.records["best"].module
    assert best is not None
    gateway = GatewayProcess(runtime, "main", "default")
    one, good = np.array([tag.id], np.int32), np.array([sdk.quality.GOOD], np.int16)
    batches = FAILURES_IN_A_ROW + 2
    try:
        gateway._publisher.start()
        gateway._forwarder.start()
        for time in range(batches):
            batch = sdk.Batch.scan(source, time, one, np.array([float(time)]), good)
            gateway._spool.append(batch).result(10)
        wait_until(lambda: len(best.seen) == batches, 20, what="every batch at the other plugin")
        detail = gateway._detail()
    finally:
        gateway._put_away()

    assert [batch.values.tolist() for batch in best.seen] == [[float(n)] for n in range(batches)]
    assert gateway._forwarder.state.readings == batches
    reason = f"hook readings failed 10 times in a row, at last: {REASONS[statement]}"
    assert (runtime.plugins.records["acme"].status, detail["plugins_off"]) == (
        "failed",
        {"acme": reason},
    )
    with app.app_context(), sdk.tenant("default"):
        now = sdk.db.session.scalar(select(func.now()))
        sdk.db.session.add(Gateway(name="main", started_at=now, heard_at=now, detail=detail))
        sdk.db.session.commit()
        assert sdk.Health("plugin acme in gateway main", False, reason) in gateways()


@pytest.mark.system
def test_r11_in_a_process_of_its_own_and_at_the_start_of_the_whole(
    config_file: Path, workshop: PluginWorkshop
) -> None:
    """Four plugins: one exits in its process's loop, one in its seed, one at its routes, one at
    import. Those that are off are off in every process, and every place says so alike."""
    workshop.plugin("sad_import", head=EXITS)
    work = "sdk.Job('sad_routes.work', 'Work', 'os:getpid', cron='0 6 * * *')"
    workshop.plugin(
        "sad_routes",
        f"{hook('blueprints', EXITS)}\n@hookimpl\ndef jobs():\n    return [{work}]\n",
        head="from wellhead import sdk\n",
    )
    workshop.plugin("sad_seed", f"@hookimpl\ndef seed(app):\n    {EXITS}\n")
    workshop.plugin(
        "sad_loop",
        """
        @click.command("sad-loop")
        def loop():
            for turn in range(3):
                print("sad loop, turn", turn, flush=True)
            raise SystemExit(7)

        @hookimpl
        def commands():
            return [loop]

        @hookimpl
        def processes():
            return [sdk.ProcessSpec("sad loop", ("sad-loop",))]
        """,
        head="import click\nfrom wellhead import sdk\n",
    )
    data_dir = config_file.parent / "data"
    path = os.pathsep.join(filter(None, [str(workshop.folder), os.environ.get("PYTHONPATH")]))
    wellhead = RunningWellhead(config_file, data_dir, environment={"PYTHONPATH": path})
    try:
        wellhead.wait_ready()
        wait_until(
            lambda: wellhead.output().count("sad loop, turn 2") >= 2,
            30,
            what="the process that ended to be started again",
        )
        session = wellhead.log_in("admin@example.com", PASSWORD)
        told = wellhead.get(session, "/api/v1/plugins")
        off = {plugin["name"]: (plugin["status"], plugin["reason"]) for plugin in told}
        assert off.pop("sad_import") == ("load_error", "import failed: SystemExit: 3")
        assert off.pop("sad_seed") == ("failed", "hook seed: SystemExit: 3")
        assert off.pop("sad_routes") == ("failed", "hook blueprints: SystemExit: 3")
        assert {status for status, _ in off.values()} == {"enabled"}
        assert wellhead.get(session, "/api/v1/wells") == []
        health = wellhead.get(session, "/api/v1/health")
        assert {
            part["part"]: part["detail"] for part in health if part["part"].startswith("plugin ")
        } == {
            "plugin sad_import": "load_error: import failed: SystemExit: 3",
            "plugin sad_routes": "failed: hook blueprints: SystemExit: 3",
            "plugin sad_seed": "failed: hook seed: SystemExit: 3",
        }
        jobs = {job["name"] for job in wellhead.get(session, "/api/v1/jobs")}
        assert "sad_routes.work" not in jobs

        def command(*arguments: str) -> Result:
            environment = {"WELLHEAD_DATA_DIR": str(data_dir), "COLUMNS": "200"}
            options = ["--config", str(config_file), *arguments]
            return CliRunner().invoke(cli, options, env=environment)

        for shown in (command("plugins").output, command("status").output):
            assert "hook blueprints: SystemExit: 3" in shown
            assert "hook seed: SystemExit: 3" in shown
        assert "hook blueprints: SystemExit: 3" in command("doctor").output
        asked = command("jobs", "run", "sad_routes.work")
        assert isinstance(asked.exception, sdk.WellheadError)
        assert asked.exception.message == "there is no such job"
        assert wellhead.stop() == 0
    finally:
        wellhead.end()
