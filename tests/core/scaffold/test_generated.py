"""What is written is right before its author touches it: tools, its own tests, the check."""

import json
import os
import re
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead.errors import WellheadError
from wellhead.plugins.info import NAME
from wellhead.scaffold.names import LONGEST, LONGEST_TITLE, check_name, check_title
from wellhead.scaffold.write import Kind, write_plugin
from wellhead.testing.cluster import Cluster

from .helpers import CORE, new, run

KINDS: list[Kind] = ["module", "driver"]
NAMES = {"module": "gas_lab", "driver": "tank_gauge"}
WIDE = "石" * LONGEST_TITLE


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of one package a kind."""
    top = tmp_path_factory.mktemp("packages")
    for kind, name in NAMES.items():
        new(name, f"--{kind}", "--path", str(top / kind))
    return {kind: top / kind for kind in NAMES}


def taken(check: object, text: str) -> bool:
    assert callable(check)
    try:
        check(text)
    except WellheadError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "title"), [("a", "A"), ("gas_lab", "Gas lab"), ("m" * LONGEST, WIDE)]
)
def test_ruff_finds_nothing_whatever_the_name(
    kind: Kind, name: str, title: str, tmp_path: Path
) -> None:
    write_plugin(kind, name, title, tmp_path)

    run(tmp_path, "ruff", "check", "--no-cache", ".")
    run(tmp_path, "ruff", "format", "--no-cache", "--check", ".")


def test_its_types_are_strict(packages: dict[str, Path]) -> None:
    sources = [
        path
        for folder in packages.values()
        for path in folder.rglob("*.py")
        if path.name != "conftest.py"  # there are two, of one name
    ]
    # Silent: here Wellhead is source, not an installed package, whose errors nobody sees.
    options = ("--follow-imports=silent", "--cache-dir", os.devnull)
    roots = ":".join([CORE, *(str(folder) for folder in packages.values())])

    output = run(packages["module"], "mypy", *options, *sources, MYPYPATH=roots)

    assert f"no issues found in {len(sources)} source files" in output


@pytest.mark.parametrize("kind", KINDS)
def test_its_own_tests_pass(
    kind: Kind, packages: dict[str, Path], cluster: Cluster, tmp_path: Path
) -> None:
    install(packages[kind], tmp_path)
    url = cluster.admin_url(str(cluster.url.database))

    output = run(
        packages[kind],
        *("pytest", "-q", "-p", "no:cacheprovider"),
        PYTHONPATH=f"{tmp_path}:{packages[kind]}",
        WELLHEAD_TEST_DATABASE_URL=url,
    )

    assert re.search(r"^\d+ passed in", output, re.MULTILINE), output


@pytest.mark.parametrize("kind", ["module", pytest.param("driver", marks=pytest.mark.alone)])
def test_it_passes_the_check(kind: Kind, packages: dict[str, Path], cluster: Cluster) -> None:
    url = cluster.admin_url(str(cluster.url.database))
    command = ("wellhead", "plugin", "check", ".", "--json", "--database-url", url)
    verdicts = json.loads(run(packages[kind], *command))

    unproven = [each for each in verdicts["verdicts"] if each["outcome"] != "ok"]
    assert all("machine is busy" in text for each in unproven for text in each["texts"]), unproven


def test_its_tools_are_bounded_as_our_own(packages: dict[str, Path]) -> None:
    ours = [bounds(requirement) for requirement in requires("wellhead") or ()]
    for folder in packages.values():
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        for requirement in project["optional-dependencies"]["dev"]:
            assert bounds(requirement) in ours


def bounds(requirement: str) -> set[str]:
    """`pytest>=9,<10; extra == "dev"`: its name and its bounds."""
    return set(re.split(r"(?=[<>])|,", requirement.partition(";")[0].replace(" ", ""))) - {""}


@settings(max_examples=30)
@given(
    st.sampled_from(KINDS),
    st.from_regex(NAME, fullmatch=True).filter(lambda text: taken(check_name, text)),
    st.text(max_size=LONGEST_TITLE).filter(lambda text: taken(check_title, text)),
)
def test_whatever_the_names_it_is_python_and_toml(
    tmp_path_factory: pytest.TempPathFactory, kind: Kind, name: str, title: str
) -> None:
    folder = tmp_path_factory.mktemp("any")

    write_plugin(kind, name, title, folder)

    for path in folder.rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), path, "exec")
    for path in folder.rglob("*.toml"):
        tomllib.loads(path.read_text(encoding="utf-8"))
    readme = (folder / "README.md").read_text(encoding="utf-8")
    sample = (folder / f"wellhead_{name}" / "sample.toml").read_text(encoding="utf-8")
    assert readme.startswith(f"# {name}\n")
    assert f"```toml\n{sample}```" in readme


def install(folder: Path, site: Path) -> None:
    """What `pip install -e` leaves of the package in the environment, in `site` instead."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    metadata = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    [(name, target)] = project["entry-points"]["wellhead.plugins"].items()
    (metadata / "entry_points.txt").write_text(f"[wellhead.plugins]\n{name} = {target}\n")
