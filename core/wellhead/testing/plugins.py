"""Small plugins made on the spot, for tests of what happens when one of them is broken."""

import sys
from importlib.metadata import EntryPoint, distributions
from pathlib import Path
from textwrap import dedent

from wellhead.plugins.loader import GROUP, load_plugins
from wellhead.plugins.manager import PluginManager
from wellhead.settings import Settings

_HEAD = """\
from wellhead.plugins.hookspecs import hookimpl, hookspec
from wellhead.plugins.info import PluginInfo
"""


class PluginWorkshop:
    """Writes plugins as installed distributions (a module and its `.dist-info`) below `folder`,
    which the caller puts on `sys.path`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._modules: list[str] = []

    def plugin(
        self,
        name: str,
        body: str = "",
        *,
        info: str = "",
        head: str = "",
        entry_point: str | None = None,
        distribution: str | None = None,
    ) -> str:
        """Write one plugin and return the name of its module.

        body: source after `info`; head: source before everything else
        info: further arguments of `PluginInfo(name, version, api …)`, or the whole when it begins
        with `info =`
        entry_point: the entry point's name, when it is not the plugin's
        distribution: name of the package it comes in
        """
        distribution = distribution or f"wellhead-{name.replace('_', '-')}"
        module = f"{distribution.replace('-', '_')}_of_{self.folder.name}_{len(self._modules)}"
        self._modules.append(module)
        statement = info
        if not info.startswith("info ="):
            arguments = f'{{"api": "1.0"}} | dict({info})'
            statement = f'info = PluginInfo(name="{name}", version="1.0", **{arguments})'
        source = f"{dedent(head)}\n{_HEAD}{statement}\n{dedent(body)}"
        (self.folder / f"{module}.py").write_text(source, encoding="utf-8")
        metadata = self.folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n", encoding="utf-8"
        )
        (metadata / "entry_points.txt").write_text(
            f"[{GROUP}]\n{entry_point or name} = {module}\n", encoding="utf-8"
        )
        return module

    def entry_points(self) -> list[EntryPoint]:
        """The entry points of what was written, as an installed package has them."""
        found = distributions(path=[str(self.folder)])
        return [point for distribution in found for point in distribution.entry_points]

    def load(self, settings: Settings | None = None) -> PluginManager:
        """The loader's view of what was written."""
        return load_plugins(settings or Settings(), self.entry_points())

    def forget(self) -> None:
        """Take the modules out of `sys.modules` again."""
        for module in self._modules:
            sys.modules.pop(module, None)
