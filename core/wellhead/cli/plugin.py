"""`wellhead plugin`: for authors of plugins, and for taking a plugin's tables away."""

from importlib import import_module

import click

_COMMANDS: dict[str, str] = {
    "new": "wellhead.cli.plugin_new",
    "check": "wellhead.cli.plugin_check",
    "purge": "wellhead.cli.plugin_purge",
}


class _Lazy(click.Group):
    """Each command is a module of its own, imported when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command: click.Command = import_module(_COMMANDS[name]).command
        return command


@click.command(name="plugin", cls=_Lazy, help="Write, check and purge plugins.")
def command() -> None:
    pass
