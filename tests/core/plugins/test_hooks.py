"""Every hook by itself: a plugin that implements it, and the place where it takes effect."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from flask import Flask

from wellhead import sdk
from wellhead.app import create_app
from wellhead.base import working_app
from wellhead.cli.main import cli
from wellhead.database.extension import db
from wellhead.database.migrate import Migrator
from wellhead.jobs.catalog import JOBS
from wellhead.live.service import live_of
from wellhead.plugins import hookspecs
from wellhead.plugins.info import Status
from wellhead.portable.transfer import export_records, portable_records
from wellhead.testing import ApiClient
from wellhead.testing.cluster import Cluster
from wellhead.testing.plugins import PluginWorkshop

HEAD = "import numpy as np\nfrom wellhead import sdk\n"

Compose = Callable[..., Flask]


@pytest.fixture
def compose(
    settings: sdk.Settings, workshop: PluginWorkshop, request: pytest.FixtureRequest
) -> Compose:
    """An app with all installed plugins and one more, `acme`, made of what is given."""

    def made(body: str, head: str = "") -> Flask:
        # On sys.path with its .dist-info, so it is found as an installed plugin is.
        workshop.plugin("acme", body, head=HEAD + head)
        app = create_app(sdk.Runtime.make(settings))

        def close() -> None:
            with app.app_context():
                db.engine.dispose()

        request.addfinalizer(close)
        return app

    return made


def status(app: Flask) -> tuple[Status, str]:
    record = sdk.runtime_of(app).plugins.records["acme"]
    others = {
        name: other.status
        for name, other in sdk.runtime_of(app).plugins.records.items()
        if name != "acme"
    }
    assert set(others.values()) == {Status.ENABLED}, "one bad plugin never stops the others"
    return record.status, record.reason


ENABLED = (Status.ENABLED, "")


def test_each_hook_has_a_docstring_and_a_test() -> None:
    hooks = {
        name: function
        for name, function in vars(hookspecs).items()
        if hasattr(function, "wellhead_spec")
    }
    tested = set(re.findall(r"^def test_hook_(\w+)\(", Path(__file__).read_text(), re.MULTILINE))

    assert tested == set(hooks)
    for name, function in hooks.items():
        text = function.__doc__ or ""
        assert re.search(r"[Cc]alled", text), f"hook {name}: say when it is called"


def test_hook_addhooks(compose: Compose) -> None:
    app = compose(
        """
        class Hooks:
            @sdk.hookspec
            def acme_curves(self, pump): ...

        @hookimpl
        def addhooks():
            return [Hooks]

        @hookimpl(optionalhook=True)
        def acme_curves(pump):
            return [pump, pump]
        """
    )
    with app.app_context():
        assert list(sdk.ask("acme_curves", pump=5)) == [("acme", [5, 5])]


def test_hook_models(compose: Compose) -> None:
    app = compose("@hookimpl\ndef models():\n    return [sdk.Asset]\n")

    found, reason = status(app)
    assert found is Status.FAILED
    assert reason.startswith("hook models: Asset.__tablename__: a plugin's tables begin with its")
    assert "core_asset" in reason


def test_hook_migrations(compose: Compose) -> None:
    app = compose("@hookimpl\ndef migrations():\n    return 'nowhere_at_all'\n")
    runtime = sdk.runtime_of(app)

    Migrator(app, runtime.urls, runtime.plugins).upgrade()

    found, reason = status(app)
    assert found is Status.FAILED
    assert "nowhere_at_all" in reason


def test_hook_permissions(compose: Compose) -> None:
    app = compose(
        """
        @hookimpl
        def permissions():
            return [sdk.Permission("acme.read", "Read gauges", ("viewer",))]
        """
    )

    assert status(app) == ENABLED
    me = ApiClient(app).as_role("viewer").get("/api/v1/auth/me").data
    assert "acme.read" in me["permissions"]


ROUTE = """
from flask.views import MethodView

@hookimpl
def permissions():
    return [sdk.Permission("acme.read", "Read gauges", ("viewer",))]

@hookimpl
def blueprints():
    blp = sdk.Blueprint("{name}", url_prefix="/api/v1/acme", description="Gauges")

    @blp.route("")
    class Gauges(MethodView):
        {mark}
        @blp.doc(operationId="listGauges", summary="List gauges")
        def get(self):
            return {{"gauges": 3}}

    return [blp]
"""


def test_hook_blueprints(compose: Compose) -> None:
    app = compose(ROUTE.format(name="acme", mark='@blp.permission("acme.read")'))

    assert status(app) == ENABLED
    assert ApiClient(app).as_role("viewer").get("/api/v1/acme").status == 200
    assert ApiClient(app).get("/api/v1/acme").status == 401


@pytest.mark.parametrize(
    ("name", "mark", "reason"),
    [
        ("acme", "", "a route asks for no permission"),
        ("acme", '@blp.permission("acme.write")', "acme.write"),
        ("other", "@blp.public", "a plugin's blueprints are called as it is"),
    ],
)
def test_blueprints_that_cannot_be_used(
    compose: Compose, name: str, mark: str, reason: str
) -> None:
    app = compose(ROUTE.format(name=name, mark=mark))

    found, why = status(app)
    assert found is Status.FAILED
    assert reason in why
    assert ApiClient(app).as_role("viewer").get("/api/v1/acme").status == 404
    assert ApiClient(app).as_role("viewer").get("/api/v1/wells").status == 200


def test_hook_asset_kinds(compose: Compose) -> None:
    app = compose(
        "@hookimpl\ndef asset_kinds():\n    return [sdk.AssetKind('gauge', 'Gauge', ('well',))]\n"
    )

    kinds = ApiClient(app).as_role("viewer").get("/api/v1/assets/kinds").data
    assert "gauge" in {kind["name"] for kind in kinds}


def test_hook_drivers(compose: Compose) -> None:
    app = compose(
        "@hookimpl\ndef drivers():\n    return [sdk.Lazy('acme', 'Acme', 'nowhere:Driver')]\n"
    )

    drivers = ApiClient(app).as_role("viewer").get("/api/v1/scada/drivers").data
    [ours] = [driver for driver in drivers if driver["name"] == "acme"]
    assert "nowhere" in ours["error"], "its class is imported when it is needed, and guarded"


def test_hook_device_servers(compose: Compose) -> None:
    app = compose(
        "@hookimpl\ndef device_servers():\n    return [sdk.Lazy('acme', 'Acme', 'json:dumps')]\n"
    )
    with app.app_context():
        answers: dict[str, Any] = dict(sdk.ask("device_servers"))
    assert {lazy.name for lazies in answers.values() for lazy in lazies} >= {"acme", "modbus"}


def test_hook_device_templates(compose: Compose, workshop: PluginWorkshop) -> None:
    (workshop.folder / "acme_templates").mkdir()
    (workshop.folder / "acme_templates" / "tank.toml").write_text("[template]\n")
    app = compose("@hookimpl\ndef device_templates():\n    return ['acme_templates']\n")
    listed = ApiClient(app).as_role("viewer").get("/api/v1/scada/templates").data
    [ours] = [template for template in listed if template["plugin"] == "acme"]
    assert ours["name"] == "tank"
    assert ours["error"]


def test_hook_live_topics(compose: Compose) -> None:
    app = compose(
        """
        @hookimpl
        def live_topics():
            return [sdk.LiveTopic("gauges", lambda ids: np.array([7], np.int32))]
        """
    )

    assert live_of(app).topics.resolve({"gauges": ["any"]}).tolist() == [7]


def test_hook_live_events(compose: Compose) -> None:
    app = compose(
        """
        @hookimpl
        def live_events():
            return [sdk.LiveEvents("shifts", "acme.shift", "assets.read", dict)]
        """
    )

    assert live_of(app).events.names() == ["commands", "shifts"]


def test_hook_jobs(compose: Compose) -> None:
    app = compose(
        """
        @hookimpl
        def jobs():
            return [sdk.Job("acme.sweep", "Sweeps", "nowhere:sweep", cron="0 6 * * mon")]
        """
    )

    jobs = ApiClient(app).as_role("engineer").get("/api/v1/jobs").data
    [ours] = [job for job in jobs if job["plugin"] == "acme"]
    assert (ours["name"], ours["schedule"]) == ("acme.sweep", "0 6 * * mon UTC")


def test_hook_setup(compose: Compose) -> None:
    app = compose(
        "@hookimpl\ndef setup(app):\n    app.extensions['acme'] = len(app.url_map._rules)\n"
    )

    assert app.extensions["acme"] > 0, "after all routes"


def test_where_nothing_is_served_there_are_jobs_and_no_routes(
    settings: sdk.Settings, workshop: PluginWorkshop
) -> None:
    workshop.plugin(
        "acme",
        """
        @hookimpl
        def jobs():
            return [sdk.Job("acme.sweep", "Sweeps", "nowhere:sweep", cron="0 6 * * mon")]

        @hookimpl
        def blueprints():
            raise AssertionError("nobody needs them")

        @hookimpl
        def setup(app):
            app.extensions["acme"] = len(app.url_map._rules)
        """,
        head=HEAD,
    )

    app = working_app(sdk.Runtime.make(settings))

    assert status(app) == ENABLED
    assert app.extensions[JOBS].find("acme.sweep") is not None
    assert app.extensions["acme"] == 0


def test_hook_commands(compose: Compose, config_file: Path) -> None:
    compose(
        """
        @click.command("calibrate")
        @click.pass_obj
        def calibrate(runtime):
            click.echo(f"calibrated with {runtime.settings.data_dir}")

        @hookimpl
        def commands():
            return [calibrate]
        """,
        head="import click\n",
    )

    done = CliRunner().invoke(cli, ["--config", str(config_file), "calibrate"])

    assert done.exit_code == 0, done.output
    assert "calibrated with /" in done.output


def test_hook_processes(compose: Compose) -> None:
    app = compose(
        "@hookimpl\ndef processes():\n    return [sdk.ProcessSpec('acme', ('acme', 'serve'))]\n"
    )

    manager = sdk.runtime_of(app).plugins
    configs = {record.name: record.config for record in manager.enabled()}
    answers = dict(manager.collect("processes", configs=configs))
    assert answers["acme"] == [sdk.ProcessSpec("acme", ("acme", "serve"))]


def test_hook_seed(compose: Compose) -> None:
    app = compose(
        """
        from sqlalchemy import select

        @hookimpl
        def seed(app):
            if sdk.db.session.scalar(select(sdk.Asset).where(sdk.Asset.name == "Seeded")) is None:
                sdk.db.session.add(sdk.Asset(kind="field", name="Seeded"))
                sdk.db.session.commit()
        """
    )
    for _ in range(2):
        with app.app_context(), sdk.tenant("default"):
            sdk.runtime_of(app).plugins.collect("seed", app=app)

    assert status(app) == ENABLED
    found = ApiClient(app).as_role("viewer").get("/api/v1/assets", name="Seeded")
    assert found.meta["total"] == 1


def test_hook_diagnose(compose: Compose, config_file: Path) -> None:
    compose(
        "@hookimpl\n"
        "def diagnose(tenants):\n"
        "    return [sdk.Finding('acme', 'action', f'{tenants} leak', 'Mend them')]\n"
    )

    done = CliRunner().invoke(cli, ["--config", str(config_file), "doctor"])

    assert done.exit_code == 1
    assert "action  acme: ['default'] leak\n        Mend them\n" in done.stdout


def test_hook_check_rules(compose: Compose, cluster: Cluster) -> None:
    compose(
        "@hookimpl\n"
        "def check_rules(subject):\n"
        "    return [sdk.CheckRule('round', 'It is round', lambda: [f'{subject.name} is not'])]\n"
    )

    url = cluster.admin_url("postgres")
    done = CliRunner().invoke(cli, ["plugin", "check", "wells", "--database-url", url])

    assert done.exit_code == 1
    assert "fail      round: It is round\n          wells is not\n" in done.stdout


def test_hook_readings(compose: Compose) -> None:
    app = compose("@hookimpl\ndef readings(batch):\n    seen.append(len(batch))\n", "seen = []\n")
    batch = sdk.Batch.scan(
        1, 0, np.array([1], np.int32), np.array([2.0]), np.array([192], np.int16)
    )
    manager = sdk.runtime_of(app).plugins

    manager.notify("readings", batch=batch)

    module = manager.records["acme"].module
    assert module is not None
    assert module.seen == [1]


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (
            "return [sdk.Health('pump', False, 'stands still')]",
            {"part": "acme: pump", "ok": False, "detail": "stands still", "required": False},
        ),
        (
            "raise SystemExit(3)",
            {
                "part": "acme",
                "ok": False,
                "detail": "hook health: HookFailed: plugin acme, hook health: SystemExit: 3",
                "required": False,
            },
        ),
    ],
)
def test_health_is_shown(compose: Compose, body: str, part: dict[str, Any]) -> None:
    app = compose(f"@hookimpl\ndef health():\n    {body}\n")

    assert part in ApiClient(app).as_role("admin").get("/api/v1/health").data
    assert ApiClient(app).get("/health/ready").status == 200, "it is not required"


def test_hook_portable(compose: Compose) -> None:
    app = compose(
        """
        from marshmallow import fields

        class PumpRow(sdk.Schema):
            name = fields.String(required=True)

        class Pumps(sdk.PortableRecords):
            name, key, schema = "acme.pumps", ("name",), PumpRow
            def rows(self): return [{"name": "P-2"}, {"name": "P-1"}]
            def create(self, row): ...
            def change(self, row, changed): ...
            def remove(self, row): ...
            def skipped(self, key): ...
            def store(self): ...

        @hookimpl
        def portable(editing):
            return [Pumps()]
        """
    )
    with app.app_context(), sdk.tenant("default"):
        tables, secrets = export_records(portable_records(editing=False).values())

    assert tables["acme.pumps"] == [{"name": "P-1"}, {"name": "P-2"}]
    assert secrets == []


def test_hook_health(compose: Compose) -> None:
    app = compose(
        "@hookimpl\ndef health():\n    return [sdk.Health('pump', False, 'off', required=True)]\n"
    )

    assert ApiClient(app).get("/health/ready").status == 503


def test_hook_current_values(compose: Compose) -> None:
    app = compose(
        """
        @hookimpl
        def current_values(assets):
            return [sdk.CurrentValue(7, "LEVEL", assets[0], "m", 2.5, 192, 1)]
        """
    )
    client = ApiClient(app).as_role("engineer")
    well = client.post("/api/v1/wells", {"name": "W-1"}).data

    values = client.get(f"/api/v1/wells/{well['id']}/live").data

    assert [(value["name"], value["value"], value["unit"]) for value in values] == [
        ("LEVEL", 2.5, "m")
    ]


def test_hook_live_snapshot(compose: Compose) -> None:
    app = compose(
        """
        @hookimpl
        def live_snapshot(tags):
            rows = len(tags)
            return sdk.Batch.scan(0, 5, tags, np.ones(rows), np.full(rows, 192, np.int16))
        """
    )
    with app.app_context(), sdk.tenant("default"):
        answers: dict[str, Any] = dict(sdk.ask("live_snapshot", tags=np.array([3, 4], np.int32)))

    assert answers["acme"].tags.tolist() == [3, 4]
