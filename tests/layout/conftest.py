"""The checkout that is looked at."""

import ast
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root() -> Path:
    """Top folder of the checkout."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def plugins(root: Path) -> dict[str, Path]:
    """The package folder of each built-in plugin, as setup.py names them."""
    tree = ast.parse((root / "setup.py").read_text(encoding="utf-8"))
    [names] = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PLUGINS"
    ]
    return {name: root / "plugins" / name / f"wellhead_{name}" for name in names}
