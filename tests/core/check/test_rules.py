"""Each rule about modules is broken on purpose, by one edit of a plugin that breaks none."""

import itertools
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from wellhead.check.judge import Verdict, judge
from wellhead.check.server import Server
from wellhead.database.extension import metadata
from wellhead.settings import Settings
from wellhead.testing.cluster import Cluster

from .sample import files_of, write

ROOT = Path(__file__).parents[3]
PLUGIN = "wellhead_NAME/plugin.py"
ROUTES = "wellhead_NAME/routes.py"
MODELS = "wellhead_NAME/models.py"
REVISION = "wellhead_NAME/migrations/versions/0001_gauges.py"
README = "README.md"
PROJECT = "pyproject.toml"
_numbers = itertools.count(1)

Judged = Callable[..., dict[str, Verdict]]


@dataclass(frozen=True, slots=True)
class Broken:
    """rule: that alone fails, saying `words`; file: where `old` becomes `new`, all of it when `old`
    is empty, away with it when `new` is None"""

    rule: str
    file: str
    old: str
    new: str | None
    words: str

    @property
    def tables(self) -> bool:
        return self.file in (MODELS, REVISION) or "migrations" in self.old

    def files(self) -> dict[str, str]:
        files = files_of(self.tables)
        if self.new is None:
            del files[self.file]
        else:
            assert self.old in files[self.file]
            files[self.file] = files[self.file].replace(self.old, self.new, 1)
        return files


HOOK = "\n\n@sdk.hookimpl\ndef blueprints"
ROUTE = '    @blp.permission("NAME.read")\n'
JOB = """

@sdk.hookimpl
def jobs():
    return [sdk.Job("NAME.work", TITLE, "wellhead_NAME:work", cron="0 6 * * *")]
"""
DOWN = 'op.drop_table("NAME_gauge")'
CASES = [
    Broken("loads", PLUGIN, 'api="1.0"', 'api="9.0"', "written for plugin API 9.0"),
    Broken("loads", PLUGIN, 'after=("historian",)', 'requires=("histrian",)', "requires histrian"),
    Broken("loads", PLUGIN, HOOK, HOOK.replace("blueprints", "bluprints"), 'Did you mean "bluepr'),
    Broken("loads", PLUGIN, "from marsh", "raise SystemExit\nfrom marsh", "SystemExit"),
    Broken("after", PLUGIN, '("historian",)', '("histrian",)', 'Did you mean "historian"?'),
    Broken("light", PLUGIN, "from marsh", "import sqlalchemy\nfrom marsh", "plugin.py:3 imports"),
    Broken("light", "wellhead_NAME/words.py", "import json", "import json, flask", "words.py:1"),
    Broken("light", PLUGIN, "\n\nclass", "\nprint()\n\nclass", "plugin.py:8 does work"),
    Broken(
        "hooks",
        PLUGIN,
        HOOK,
        "\n\n@sdk.hookimpl(optionalhook=True)\ndef jbs():\n    return []\n" + HOOK,
        'Did you mean "jobs"?',
    ),
    Broken("hooks", PLUGIN, HOOK, f"\n\ndef jobs():\n    return []\n{HOOK}", "write @sdk.hookimpl"),
    Broken(
        "imports", ROUTES, "from flask", "import wellhead.app\nfrom flask", "wellhead.sdk alone"
    ),
    Broken("imports", ROUTES, "from flask", "import wellhead_wells\nfrom flask", "name 'wells'"),
    Broken("imports", ROUTES, "from flask", "import psutil\nfrom flask", "dependencies must name"),
    Broken("typed", "wellhead_NAME/py.typed", "", None, "has no py.typed"),
    Broken("version", PROJECT, "1.0.0", "1.0.1", "1.0.0 and the distribution's 1.0.1"),
    Broken("readme", README, "## Limits", "## Bounds", "no heading '## Limits'"),
    Broken("readme", README, "## API", "## Routes", "no heading '## API'"),
    Broken("readme", README, "# NAME", "# Gauges", "begin it with '# "),
    Broken("readme", README, "", None, "there is no README.md"),
    Broken("sample", README, "most = 10", 'most = "ten"', "is refused"),
    Broken("sample", README, "```toml", "```", "no ```toml with a section"),
    Broken("composes", ROUTES, 'Blueprint("NAME"', 'Blueprint("acme"', "blueprints are called"),
    Broken("composes", ROUTES, ROUTE, "", "asks for no permission"),
    Broken("composes", PLUGIN, '("NAME.read"', '("acme.read"', "Call it NAME.<action>"),
    Broken(
        "composes",
        PLUGIN,
        HOOK,
        JOB + HOOK,
        "wellhead_NAME:work of NAME.work cannot be loaded",
    ),
    Broken(
        "permissions",
        PLUGIN,
        ", TITLE)",
        ", TITLE), sdk.Permission('NAME.edit', TITLE)",
        "no route",
    ),
    Broken("asset-limits", ROUTES, "    @blp.unlimited_only\n", "", "mark it within_assets"),
    Broken("operations", ROUTES, 'operationId="getNAMEGauge", ', "", "has no operationId"),
    Broken("operations", ROUTES, "getNAMEGauge", "get_gauge", "write it like getGauge"),
    Broken("operations", ROUTES, "getNAMEGauge", "listWells", "another operation has too"),
    Broken("operations", ROUTES, ', summary="Read a gauge"', "", "has no summary"),
    Broken(
        "schemas",
        ROUTES,
        "    parts = fields.List(fields.Nested(DialSchema)",
        "    dial = fields.Nested(DialSchema(only=['size']), metadata={'description': 'It'})\n"
        "    parts = fields.List(fields.Nested(DialSchema)",
        "and the document numbers them",
    ),
    Broken("described", ROUTES, 'metadata={"description": "In mm"}', "", "Dial.size"),
    Broken("described", ROUTES, 'metadata={"description": "At least so many"}', "", "least of GET"),
    Broken("described", ROUTES, ', "description": "The gauge"', "", "parameter id of GET"),
    Broken("migrations", REVISION, "def upgrade():", "def upgrade():\n    1 / 0", "do not go up"),
    Broken("migrations", REVISION, DOWN, "raise NotImplementedError", "do not go down"),
    Broken(
        "migrations", PLUGIN, "@sdk.hookimpl\ndef migrations", "def nothing", "no hook `migrations`"
    ),
    Broken("autogenerate", MODELS, "    name:", "    size: Mapped[int]\n    name:", "add_column"),
    Broken("autogenerate", REVISION, "sa.Text, nullable=False", "sa.Text", "modify_nullable"),
    Broken(
        "prefix",
        REVISION,
        "    )\n\n\ndef downgrade():",
        "    )\n    op.execute('CREATE TABLE other ()')\n\n\n"
        "def downgrade():\n    op.execute('DROP TABLE other')",
        "make table other in tenant_default",
    ),
    Broken(
        "base",
        REVISION,
        "def upgrade():",
        "def upgrade():\n    op.execute('CREATE SEQUENCE IF NOT EXISTS NAME_left')",
        "after the downgrade sequence sample",
    ),
]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Names of plugins to be judged; nothing of them is left in the process when the test ends."""
    monkeypatch.setattr(sys, "path", sys.path[:])
    found: list[str] = []
    yield found
    for table in list(metadata.tables.values()):
        if table.name.startswith(tuple(f"{name}_" for name in found)):
            metadata.remove(table)
    for module in list(sys.modules):
        if module.partition(".")[0].removeprefix("wellhead_").removeprefix("gauges_") in found:
            del sys.modules[module]


@pytest.fixture
def judged(names: list[str], tmp_path: Path, cluster: Cluster) -> Judged:
    """Writes a package and judges it."""
    url = cluster.admin_url("postgres")

    def made(files: dict[str, str]) -> dict[str, Verdict]:
        name = f"sample{next(_numbers)}"
        names.append(name)
        write(tmp_path, name, files)
        found = judge(str(tmp_path), Settings(), Server(tmp_path, url))
        return {verdict.rule: verdict for verdict in found}

    return made


@pytest.mark.parametrize(
    ("name", "package", "last"),
    [
        ("acme", "tests/third_party/wellhead_acme", "base"),
        ("s7", "examples/wellhead-s7", "described"),
    ],
)
def test_packages_of_third_parties_keep_the_rules(
    name: str, package: str, last: str, names: list[str], cluster: Cluster, tmp_path: Path
) -> None:
    """Those about modules; their drivers are examined where the packages are installed, in
    tests/system."""
    names.append(name)
    server = Server(tmp_path, cluster.admin_url("postgres"))

    for verdict in judge(str(ROOT / package), Settings(), server):
        assert verdict.texts == (), verdict.rule
        if verdict.rule == last:
            return
    pytest.fail(f"{last} was not asked")


@pytest.mark.parametrize("tables", [False, True])
def test_the_sample_breaks_no_rule(judged: Judged, tables: bool) -> None:
    verdicts = judged(files_of(tables))

    assert {verdict.rule: verdict.texts for verdict in verdicts.values() if verdict.texts} == {}
    asked = {"name", *(case.rule for case in CASES)}
    assert set(verdicts) == asked if tables else set(verdicts) < asked


@pytest.mark.parametrize("case", CASES, ids=[f"{c.rule} {c.words}" for c in CASES])
def test_a_rule_that_is_broken_is_the_one_that_fails(judged: Judged, case: Broken) -> None:
    verdicts = judged(case.files())

    failed = {rule: told.texts for rule, told in verdicts.items() if told.outcome == "fail"}
    assert list(failed) == [case.rule], failed
    assert case.words.replace("NAME", verdicts["loads"].plugin) in "; ".join(failed[case.rule])


def test_a_package_that_is_called_otherwise_breaks_the_rule_name(judged: Judged) -> None:
    other = [text.replace("wellhead_NAME", "gauges_NAME") for text in files_of(False).values()]
    paths = [path.replace("wellhead_NAME", "gauges_NAME") for path in files_of(False)]

    verdicts = judged(dict(zip(paths, other, strict=True)))

    [failed] = [verdict for verdict in verdicts.values() if verdict.outcome == "fail"]
    assert failed.rule == "name"
    assert failed.texts[0].endswith(f"call it wellhead_{failed.plugin}")


def test_a_file_that_is_no_python_is_named(judged: Judged) -> None:
    verdicts = judged({**files_of(False), "wellhead_NAME/later.py": "\ndef work(:\n"})

    assert verdicts["imports"].texts[0].endswith("/later.py:2 is no Python: invalid syntax")


def test_a_hook_that_fails_is_a_plugin_that_the_app_does_not_take(judged: Judged) -> None:
    files = files_of(False)
    files[PLUGIN] = files[PLUGIN].replace(
        HOOK, "\n\n@sdk.hookimpl\ndef jobs():\n    1 / 0\n" + HOOK
    )

    verdicts = judged(files)

    assert "hook jobs: ZeroDivisionError" in verdicts["composes"].texts[0]
    assert verdicts["described"].outcome == "unproven"


def test_each_rule_has_its_section(judged: Judged) -> None:
    page = (ROOT / "docs" / "plugin-check.md").read_text(encoding="utf-8")
    modules, _, _ = page.partition("\n## Device templates\n")  # there scada's rules begin
    sections = re.findall(r"^##+ ([a-z-]+)$", modules, re.MULTILINE)

    rules = judged(files_of(tables=True))

    assert sorted(sections) == sorted([*rules, "rules", "ends"])
