"""The top of the command line: options for all commands, the core's commands, then plugins'."""

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

import wellhead
from wellhead.errors import DatabaseError, WellheadError
from wellhead.plugins.info import API_VERSION, Status
from wellhead.run_state import SUPERVISED_VARIABLE

_COMMANDS = {
    "run": ("wellhead.cli.run", "Start everything: database, web and what plugins declare."),
    "reload": (
        "wellhead.cli.reload",
        "Have the running Wellhead take over its changed configuration.",
    ),
    "status": ("wellhead.cli.status", "Show the processes of the running Wellhead."),
    "prepare-reload": ("wellhead.cli.prepare_reload", "Check a configuration, for the supervisor."),
    "web": ("wellhead.cli.web", "Serve the API and the live WebSocket."),
    "scheduler": ("wellhead.cli.scheduler", "Run the jobs of the core and the plugins."),
    "jobs": ("wellhead.cli.jobs", "List jobs, have one run now, see how runs ended."),
    "plugins": ("wellhead.cli.plugins", "Show the installed plugins, their status and why."),
    "plugin": ("wellhead.cli.plugin", "Write, check and purge plugins."),
    "doctor": ("wellhead.cli.doctor", "Say what is wrong with this installation, and the remedy."),
    "tenant": ("wellhead.cli.tenant", "Add, list, suspend and drop tenants."),
    "user": ("wellhead.cli.user", "See users, renew a password, lock a user out."),
    "config": ("wellhead.cli.config", "Export and import devices, tags and other records."),
    "db": ("wellhead.cli.database", "Migrate and inspect the database."),
}

_COLLECT_AFTER = 20_000
"""Objects more than there were, after which Python looks for cycles. Its 700 cost a fifth of the
time in which an app is put together, where nothing is garbage."""


class Context:
    """Click's `obj` of the core's commands: the runtime, made when first asked for."""

    def __init__(self, config: Path | None) -> None:
        self._config = config
        self._runtime: Any = None

    def settings(self) -> Any:
        from wellhead.settings import load_settings

        return load_settings(self._config, os.environ)

    def begin(self, role: str, *, counts: bool = False) -> Any:
        """The settings, with the process's log as they say, for `role`.

        counts: it is a process that serves, so what it counts is added to /metrics
        """
        from wellhead.logs import configure_logs
        from wellhead.metrics import share

        settings = self.settings()
        configure_logs(settings.log, role)
        if counts:
            share(settings.data_dir)
        return settings

    def runtime(self, role: str, *, counts: bool = False) -> Any:
        """The process's Runtime; role and counts: as for `begin`."""
        if self._runtime is None:
            from wellhead.runtime import Runtime

            self._runtime = Runtime.make(self.begin(role, counts=counts))
        return self._runtime

    def runtime_as_running(self, role: str) -> Any:
        """As `runtime`, for who asks what is on: a plugin that failed in the `wellhead run` of the
        data directory, at a migration or its routes say, is off in all its processes."""
        from wellhead.supervisor.lock import is_held

        runtime = self.runtime(role)
        if is_held(runtime.settings.data_dir):
            runtime.take_failures()
        return runtime


def _use_config(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    if path is not None:
        context.obj = Context(path)


config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    expose_value=False,
    callback=_use_config,
    help="Configuration file, as before the command.",
)
"""`--config` of a core command, since people write it before the command and after it."""


class ConfiguredGroup(click.Group):
    """A group of core commands, each of which takes `--config` as well."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        config_option(cmd)
        super().add_command(cmd, name)


class Commands(click.Group):
    """The core's commands by name; any other name is looked for in the plugins."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [*_COMMANDS, *sorted(self._of_plugins(context, "wellhead"))]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in _COMMANDS:
            command: click.Command = import_module(_COMMANDS[name][0]).command
            return command
        return self._of_plugins(context, name).get(name)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        holder = _holder(context)
        name, command, rest = super().resolve_command(context, args)
        if command is not None and name not in _COMMANDS:
            # what plugins' commands are promised; those of them that serve count
            context.obj = holder.runtime(str(name), counts=True)
        return name, command, rest

    @staticmethod
    def _of_plugins(context: click.Context, role: str) -> dict[str, click.Command]:
        plugins = _holder(context).runtime(role).plugins
        found: dict[str, click.Command] = {}
        answers = plugins.collect("commands")
        # ours first, so that nobody takes a name from them
        for plugin, commands in sorted(
            answers, key=lambda answer: plugins.records[answer[0]].distribution != "wellhead"
        ):
            reason = _unusable(commands, {*_COMMANDS, *found})
            if reason:
                plugins.switch_off(plugin, Status.FAILED, f"hook commands: {reason}")
                continue
            found |= {str(command.name): command for command in commands}
        return found


def _unusable(commands: Any, taken: set[str]) -> str | None:
    if not isinstance(commands, Sequence):
        return f"must return a list, not {type(commands).__name__}"
    for command in commands:
        if not isinstance(command, click.Command):
            return f"must return click commands, not {command!r}"
        if command.name in taken:
            return f"the command {command.name!r} is taken; rename it"
    return None


def _holder(context: click.Context) -> Context:
    """Click asks for commands before the group's own function has run, so it is made here."""
    if context.obj is None:
        context.obj = Context(context.params.get("config"))
    holder: Context = context.obj
    return holder


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    wellhead.__version__,
    prog_name="wellhead",
    message=f"%(prog)s %(version)s, plugin API {API_VERSION}",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Configuration file; default $WELLHEAD_CONFIG, else ./wellhead.toml",
)
def cli(config: Path | None) -> None:
    """Wellhead: a backend for oil and gas field operations."""


def main() -> None:
    """Entry point. An error that somebody can act on is one line, not a traceback."""
    if os.environ.get(SUPERVISED_VARIABLE):
        from wellhead.supervisor.child import end_with_parent

        end_with_parent()
    gc.set_threshold(_COLLECT_AFTER, 10, 10)
    # Python's last search for cycles takes a second in a process that has the app put together,
    # for memory that is given back a moment later anyway
    atexit.register(gc.freeze)
    try:
        cli(prog_name="wellhead")
    except WellheadError as error:
        _fail(error)
    except Exception as error:
        from psycopg import OperationalError
        from sqlalchemy import exc

        if not isinstance(error, OperationalError | exc.OperationalError):
            raise
        _fail(database_error(error))


def _fail(error: WellheadError) -> NoReturn:
    """To whoever typed the command; of a process of `wellhead run`, whose lines are among those of
    others, into the log."""
    if os.environ.get(SUPERVISED_VARIABLE):
        import structlog

        structlog.get_logger(__name__).error("cannot go on", reason=str(error))
    else:
        click.secho(f"Error: {error}", fg="red", err=True)
    sys.exit(1)


def database_error(error: Exception) -> DatabaseError:
    """What a command says of a database that is away, or was never migrated."""
    text = " ".join(str(getattr(error, "orig", None) or error).split()).rstrip(".")
    return DatabaseError(
        f"the database cannot be used: {text}",
        remedy="Start `wellhead run`, or run `wellhead db upgrade`; `wellhead doctor` looks closer",
    )
