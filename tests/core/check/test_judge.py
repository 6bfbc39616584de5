"""`wellhead plugin check`: which plugin is meant, what is asked of it, how it is told."""

import json
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url

from wellhead.app import create_app
from wellhead.check.apart import judge_apart
from wellhead.check.judge import judge
from wellhead.check.server import Server
from wellhead.cli.main import cli
from wellhead.plugins.loader import GROUP
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.testing.cluster import Cluster
from wellhead.testing.plugins import PluginWorkshop

BUILT_IN = sorted(
    point.name
    for point in entry_points(group=GROUP)
    if point.dist is not None and point.dist.name == "wellhead"
)
ROOT = Path(__file__).parents[3]
RULES = """
from wellhead import sdk

def unknowable():
    raise sdk.Unproven("it is dark")

@hookimpl
def check_rules(subject):
    return [
        sdk.CheckRule("right", "It is right", lambda: []),
        sdk.CheckRule("wrong", "It is wrong", lambda: [f"{subject.name} is wrong: mend it"]),
        sdk.CheckRule("dark", "It is dark", unknowable),
        sdk.CheckRule("broken", "It breaks", lambda: 1 / 0),
    ]
"""

Check = Callable[..., Result]

REASONS = ("machine is busy", "does not number its requests", "where to look must be said")
"""Why a rule about a driver that is right may be unproven."""


@pytest.fixture(scope="module", autouse=True)
def _imported_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What each process of a check would import anew: it is a fork of this one."""
    create_app(Runtime.make(Settings(data_dir=tmp_path_factory.mktemp("imported"))))


@pytest.fixture
def check(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Check:
    """The command; what it puts on sys.path is gone afterwards."""
    monkeypatch.setattr("sys.path", __import__("sys").path[:])
    command = ["plugin", "check", "--database-url", cluster.admin_url("postgres")]
    return lambda *arguments: CliRunner().invoke(cli, [*command, *arguments])


@pytest.mark.parametrize(
    "name",
    [
        # the exam of a driver looks how long things take, so nothing runs beside it
        pytest.param(name, marks=pytest.mark.alone) if name.startswith("scada_") else name
        for name in BUILT_IN
    ],
)
def test_built_in_plugins_pass(check: Check, name: str) -> None:
    done = check(name, "--json")

    assert done.exit_code == 0, done.output
    verdicts = json.loads(done.output)["verdicts"]
    unproven = [text for each in verdicts if each["outcome"] != "ok" for text in each["texts"]]
    assert all(any(reason in text for reason in REASONS) for text in unproven), unproven


def test_rules_come_from_plugins_and_are_told(workshop: PluginWorkshop, check: Check) -> None:
    workshop.plugin("acme", RULES)

    done = check("wells")

    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert lines[0] == "ok        loads: The plugin loads and is enabled"
    assert lines[-9:] == [
        "ok        right: It is right",
        "fail      wrong: It is wrong",
        "          wells is wrong: mend it",
        "          docs/plugin-check.md#wrong",
        "unproven  dark: It is dark",
        "          it is dark",
        "fail      broken: It breaks",
        "          the rule itself failed: ZeroDivisionError: division by zero",
        "          docs/plugin-check.md#broken",
    ]


def test_programs_get_json(workshop: PluginWorkshop, check: Check) -> None:
    workshop.plugin("acme", RULES)

    body = json.loads(check("wells", "--json").output)

    assert body["good"] is False
    outcomes = {verdict["rule"]: verdict["outcome"] for verdict in body["verdicts"]}
    assert {rule: outcome for rule, outcome in outcomes.items() if outcome != "ok"} == {
        "wrong": "fail",
        "dark": "unproven",
        "broken": "fail",
    }


def test_a_hook_that_fails_is_said(workshop: PluginWorkshop, check: Check) -> None:
    workshop.plugin("acme", "@hookimpl\ndef check_rules(subject):\n    raise KeyError('x')\n")

    done = check("wells")

    assert done.exit_code == 1
    assert "hook check_rules of acme: KeyError: 'x'" in done.output


def test_a_plugin_is_checked_from_its_folder(tmp_path: Path, check: Check) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        f'[project.entry-points."{GROUP}"]\nfrom_folder = "from_folder_plugin"\n'
    )
    source = tmp_path / "src" / "from_folder_plugin.py"
    source.write_text(
        "from wellhead import sdk\n"
        "info = sdk.PluginInfo(name='from_folder', version='1', api='9.0')\n"
    )

    done = check(str(tmp_path))

    assert done.exit_code == 1
    assert "fail      loads" in done.output
    assert "it is load_error: " in done.output


@pytest.mark.parametrize(
    ("target", "words"),
    [("welss", "wells"), (str(ROOT / "docs"), "pyproject.toml"), (str(ROOT), "entry-points")],
)
def test_what_is_no_plugin_is_said(check: Check, target: str, words: str) -> None:
    done = check(target)

    assert done.exit_code == 1
    assert words in done.output


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("import os; os._exit(3)", "after the start, with status 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "with status -9"),
        ("import time; time.sleep(3600)", "held the check for 2 s after the start"),
    ],
)
def test_a_plugin_that_ends_or_hangs_is_told(
    workshop: PluginWorkshop, check: Check, head: str, words: str
) -> None:
    workshop.plugin("acme", head=head)

    done = check("acme", "--limit", "2" if "sleep" in head else "60")

    assert done.exit_code == 1
    assert "fail      ends" in done.output
    assert words in done.output


def test_a_rule_that_ends_the_process_leaves_the_verdicts_before_it(
    workshop: PluginWorkshop, check: Check
) -> None:
    workshop.plugin("acme", RULES.replace("1 / 0", "__import__('os')._exit(0)"))

    done = check("wells")

    assert done.exit_code == 1
    assert "fail      wrong" in done.output
    assert "ended the process after the verdict on dark, with status 0" in done.output


def test_what_a_plugin_prints_is_not_among_the_verdicts(
    workshop: PluginWorkshop, capfd: pytest.CaptureFixture[str]
) -> None:
    workshop.plugin("acme", head="import os; os.write(1, b'hello')")

    verdicts = list(judge_apart("acme", Settings(), 60))

    assert (verdicts[0].rule, verdicts[0].outcome) == ("loads", "ok")
    assert "ends" not in {verdict.rule for verdict in verdicts}
    out, err = capfd.readouterr()
    assert out == ""
    assert "hello" in err


def test_nothing_is_left_on_a_server_that_was_named(cluster: Cluster, tmp_path: Path) -> None:
    server = Server(tmp_path, cluster.admin_url("postgres"))
    killed = server.database()
    made = [make_url(str(killed.__enter__().url)).database]  # and never left
    known = "SELECT FROM pg_database WHERE datname = %s"
    with cluster.connect() as connection:
        assert connection.execute(known, made).fetchone() is not None

        server.stop()

        assert connection.execute(known, made).fetchone() is None


def test_without_postgresql_the_rules_about_migrations_are_unproven(tmp_path: Path) -> None:
    nowhere = Server(tmp_path, "postgresql://nobody@127.0.0.1:1/none")

    verdicts = {verdict.rule: verdict for verdict in judge("wells", Settings(), nowhere)}

    for rule in ("migrations", "autogenerate", "prefix", "base"):
        assert verdicts[rule].outcome == "unproven"
        assert "no PostgreSQL" in verdicts[rule].texts[0]
