"""Plugins import other plugins only when they say so, and their `plugin.py` stays light.

import-linter checks the floors of the core and that plugins reach it through `wellhead.sdk` only;
which other plugins a plugin may import depends on its `requires`, which a contract file cannot
read.
"""

import ast
from importlib import import_module
from pathlib import Path

import pytest

HEAVY = {
    "asyncua", "pymodbus", "paho", "sqlalchemy", "flask", "gevent", "apscheduler", "psycopg",
}  # fmt: skip


def imported(path: Path) -> list[tuple[int, str]]:
    """(line, dotted name) of everything a module imports; for `from a import b` it is `a.b`."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def breaches(path: Path, plugin: str, requires: tuple[str, ...]) -> list[str]:
    allowed = {plugin, *requires}
    found = []
    for line, name in imported(path):
        package = name.split(".")[0]
        if package.startswith("wellhead_"):
            other = package.removeprefix("wellhead_")
            if other not in allowed:
                found.append(f"{path.name}:{line} imports {other}, which is not in `requires`")
    return found


def test_plugins_import_what_they_may(plugins: dict[str, Path]) -> None:
    found = []
    for name in plugins:
        requires = import_module(f"wellhead_{name}.plugin").info.requires
        for path in sorted(plugins[name].rglob("*.py")):
            found += [f"{name}: {breach}" for breach in breaches(path, name, requires)]

    assert found == []


def test_the_third_partys_package_imports_the_sdk_only(root: Path) -> None:
    """import-linter does not see it: it is no part of this distribution."""
    sources = sorted((root / "tests" / "third_party").rglob("*.py"))
    wellhead = [
        f"{path.name}:{line} imports {name}"
        for path in sources
        for line, name in imported(path)
        if name.split(".")[0].startswith("wellhead") and name.split(".")[:2] != ["wellhead", "sdk"]
    ]

    assert len(sources) > 5
    assert wellhead == []


def test_a_plugin_module_is_light(plugins: dict[str, Path]) -> None:
    """`plugin.py` is imported in every process, so what is heavy waits inside its hooks."""
    found = []
    for name in plugins:
        path: Path = plugins[name] / "plugin.py"
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                module = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
                if (module or "").split(".")[0] in HEAVY:
                    found.append(f"{name}/plugin.py:{node.lineno} imports {module}")

    assert found == []


@pytest.mark.parametrize(
    ("line", "breach"),
    [
        ("from wellhead import sdk", None),
        ("import wellhead_historian.api", None),
        ("from wellhead_erp import x", "imports erp, which is not in `requires`"),
        ("def f():\n    import wellhead_erp", "imports erp, which is not in `requires`"),
    ],
)
def test_the_check_sees_breaches(tmp_path: Path, line: str, breach: str | None) -> None:
    path = tmp_path / "module.py"
    path.write_text(line)

    found = breaches(path, "scada", ("historian",))

    assert [text.partition(" ")[2] for text in found] == ([breach] if breach else [])
