"""The plugin under check as the rules about modules see it: its code, README and distribution."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import EntryPoint, PackageNotFoundError, distribution
from pathlib import Path
from types import ModuleType

from wellhead.check.server import Server
from wellhead.plugins.contributions import CheckSubject, Unproven
from wellhead.plugins.info import PluginInfo, PluginRecord
from wellhead.plugins.loader import load_plugins
from wellhead.plugins.manager import PluginManager
from wellhead.settings import Settings

_DISTRIBUTION = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Project:
    """What the distribution says. requires: normalised names, those of extras too"""

    version: str
    requires: frozenset[str]


@dataclass(frozen=True, slots=True)
class Import:
    """One import in one file; of `from a import b` the name is `a.b`."""

    path: Path
    line: int
    name: str

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Module:
    """One plugin that is enabled.

    points: the entry points of all plugins here, `manager` those plugins, loaded
    """

    subject: CheckSubject
    points: Sequence[EntryPoint]
    manager: PluginManager
    settings: Settings
    server: Server

    @property
    def name(self) -> str:
        return self.subject.name

    @property
    def record(self) -> PluginRecord:
        return self.manager.records[self.name]

    @property
    def info(self) -> PluginInfo:
        assert self.record.info is not None
        return self.record.info

    @property
    def plugin(self) -> ModuleType:
        """Its `plugin.py`, imported."""
        assert self.record.module is not None
        return self.record.module

    @property
    def package(self) -> str:
        return self.plugin.__name__.partition(".")[0]

    @cached_property
    def home(self) -> Path | None:
        """The folder of the package; None for a plugin that is a lone module."""
        file = Path(str(self.plugin.__file__))
        depth = self.plugin.__name__.count(".") + hasattr(self.plugin, "__path__")
        return file.parents[depth - 1] if depth else None

    @cached_property
    def sources(self) -> Mapping[Path, ast.Module]:
        """Its Python files, parsed."""
        lone = [Path(str(self.plugin.__file__))]
        paths = sorted(self.home.rglob("*.py")) if self.home else lone
        return {path: ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in paths}

    def shown(self, path: Path) -> str:
        """A path as its author knows it, from the package on."""
        return str(path.relative_to(self.home.parent)) if self.home else path.name

    @cached_property
    def readme(self) -> str | None:
        """The README.md of the package, or the one beside the pyproject.toml."""
        for folder in (self.home, self.subject.folder):
            if folder is not None and (folder / "README.md").is_file():
                return (folder / "README.md").read_text(encoding="utf-8")
        return None

    @cached_property
    def project(self) -> Project:
        """Of the pyproject.toml, or of what is installed. Raises Unproven where neither says it."""
        folder = self.subject.folder
        declared = tomllib.loads((folder / "pyproject.toml").read_text()) if folder else {}
        project = declared.get("project", {})
        if "version" in project and "dependencies" not in project.get("dynamic", ()):
            extras = project.get("optional-dependencies", {}).values()
            needed = [
                *project.get("dependencies", ()),
                *(line for extra in extras for line in extra),
            ]
            return Project(project["version"], _names(needed))
        name = project.get("name", self.record.distribution)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            raise Unproven(
                f"the pyproject.toml does not say it and {name} is not installed"
            ) from None
        return Project(found.version, _names(found.requires or ()))

    def migrations(self) -> Sequence[str]:
        """The package of its migrations, none when it has none."""
        return [package for _, package in self.manager.collect_one(self.name, "migrations")]

    def loaded(self, names: Iterable[str], data_dir: Path) -> tuple[Settings, PluginManager]:
        """Those plugins once more, and settings for them alone."""
        wanted = set(names)
        sections = {name: part for name, part in self.settings.plugins.items() if name in wanted}
        settings = replace(self.settings, data_dir=data_dir, plugins=sections)
        points = [point for point in self.points if point.name in wanted]
        return settings, load_plugins(settings, points)


Rules = Mapping[str, tuple[str, Callable[[Module], Sequence[str]]]]
"""By name: what must be so, and what of it is not."""


def imports_of(path: Path, tree: ast.AST) -> Iterator[Import]:
    """Everything a file imports, also within functions, but for what is relative to it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(path, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield Import(path, node.lineno, f"{node.module}.{alias.name}")


def normal(name: str) -> str:
    """A distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _names(requirements: Iterable[str]) -> frozenset[str]:
    found = (_DISTRIBUTION.match(line.strip()) for line in requirements)
    return frozenset(normal(match.group()) for match in found if match)
