"""What is written down in several places says the same everywhere.

A plugin that is a folder but no entry point is not loaded; one that is no root of the type checker
is not checked. Neither shows by itself.
"""

import configparser
import tomllib
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from wellhead.plugins.info import PluginInfo
from wellhead.plugins.loader import GROUP

MAX_LINES = 350


def test_plugin_folders_are_those_of_setup_py(root: Path, plugins: dict[str, Path]) -> None:
    folders = {path.name for path in (root / "plugins").iterdir() if path.is_dir()}

    assert folders == set(plugins)
    for name in plugins:
        packages = {
            path.name
            for path in (root / "plugins" / name).iterdir()
            if (path / "__init__.py").exists()
        }
        assert packages == {f"wellhead_{name}"}


def test_entry_points_are_those_of_setup_py(plugins: dict[str, Path]) -> None:
    installed = {
        point.name: point.value
        for point in entry_points(group=GROUP)
        if point.dist is not None and point.dist.name == "wellhead"
    }

    assert installed == {name: f"wellhead_{name}.plugin" for name in plugins}


def test_roots_of_the_type_checker_are_those_of_setup_py(
    root: Path, plugins: dict[str, Path]
) -> None:
    configuration = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    roots = {
        root.removeprefix("$MYPY_CONFIG_FILE_DIR/")
        for root in configuration["tool"]["mypy"]["mypy_path"].split(":")
    }

    assert roots == {"core", "bench"} | {f"plugins/{name}" for name in plugins}


def test_roots_of_the_import_rules_are_those_of_setup_py(
    root: Path, plugins: dict[str, Path]
) -> None:
    rules = configparser.ConfigParser()
    rules.read(root / ".importlinter", encoding="utf-8")
    packages = {f"wellhead_{name}" for name in plugins}

    assert set(rules["importlinter"]["root_packages"].split()) == {"wellhead"} | packages
    forbidden = rules["importlinter:contract:core-knows-no-plugin"]["forbidden_modules"]
    assert set(forbidden.split()) == packages
    held = rules["importlinter:contract:plugins-use-the-sdk"]["source_modules"]
    assert set(held.split()) == packages


def test_a_plugin_is_called_the_same_everywhere(plugins: dict[str, Path]) -> None:
    for name in plugins:
        info = import_module(f"wellhead_{name}.plugin").info
        assert isinstance(info, PluginInfo)
        assert info.name == name


def test_every_plugin_is_typed_and_tested(root: Path, plugins: dict[str, Path]) -> None:
    for name in plugins:
        assert (plugins[name] / "py.typed").exists(), f"{name}: no py.typed"
        tests = root / "tests" / "plugins" / name
        assert list(tests.glob("test_*.py")), f"no tests of {name}"


def test_a_plugin_with_models_has_migrations(plugins: dict[str, Path]) -> None:
    for name in plugins:
        plugin = import_module(f"wellhead_{name}.plugin")
        revisions = list(plugins[name].glob("migrations/versions/[0-9]*.py"))
        if hasattr(plugin, "models"):
            assert revisions, f"{name} has models but no migrations/versions/0001_….py"
            assert plugin.migrations() == f"wellhead_{name}.migrations"
        else:
            assert not revisions, f"{name} has migrations but no models"


def test_files_stay_short_enough_to_read(root: Path) -> None:
    sources = [
        path
        for top in ("core", "plugins", "migrations", "bench")
        for path in (root / top).rglob("*.py")
    ]
    long = {
        str(path.relative_to(root)): lines
        for path in sources
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }

    assert long == {}, f"split these, at most {MAX_LINES} lines a file"


def test_every_module_says_why_it_is_there(root: Path) -> None:
    silent = [
        str(path.relative_to(root))
        for top in ("core", "plugins", "migrations", "bench", "tests")
        for path in (root / top).rglob("*.py")
        if not path.name.endswith("_pb2.py")  # written by `make proto`
        if (text := path.read_text(encoding="utf-8").strip()) and not text.startswith(('"""', "r"))
    ]

    assert silent == [], "give these a docstring"
