"""The built-in plugins keep the rules of `wellhead plugin check` about code and files.

import-linter checks that they reach the core through `wellhead.sdk` only; which other plugins one
may import depends on its `requires`. The rules that need the app or a database are judged in
tests/core/check.
"""

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from wellhead.check import code, files
from wellhead.check.judge import subject_of
from wellhead.check.module import Module
from wellhead.check.server import Server
from wellhead.plugins.loader import GROUP, load_plugins
from wellhead.settings import Settings

RULES = {**code.RULES, **files.RULES}


@pytest.fixture
def modules(plugins: dict[str, Path], tmp_path: Path) -> list[Module]:
    """The built-in plugins, loaded."""
    points = [point for point in entry_points(group=GROUP) if point.name in plugins]
    manager = load_plugins(Settings(), points)
    return [
        Module(subject_of(manager, name, None), points, manager, Settings(), Server(tmp_path))
        for name in plugins
    ]


@pytest.mark.parametrize("rule", RULES)
def test_built_in_plugins_keep_the_rule(modules: list[Module], rule: str) -> None:
    _, check = RULES[rule]

    assert [(module.name, text) for module in modules for text in check(module)] == []


def test_every_built_in_plugin_has_a_sample(plugins: dict[str, Path]) -> None:
    assert [name for name in plugins if not (plugins[name] / "sample.toml").is_file()] == []
