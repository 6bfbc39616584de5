"""`wellhead reload`: a changed configuration comes into force without a stop."""

import os
import signal
import time

import click
import psutil

from wellhead.cli.main import Context, config_option
from wellhead.errors import WellheadError
from wellhead.run_state import Reload, RunState, read_state
from wellhead.settings import Settings

_PATIENCE_SECONDS = 600.0


@click.command(name="reload")
@config_option
@click.pass_obj
def command(context: Context) -> None:
    """Have the running Wellhead take over its changed configuration.

    The supervisor of `wellhead run` checks it completely, migrates for plugins that were switched
    on, renews the web workers, and starts, stops, restarts or reloads only those processes that the
    change concerns. A configuration that cannot be used changes nothing: one line says why, and the
    command ends with 1.
    """
    settings = context.settings()
    state = running_state(settings)
    done = _await(settings, state, _ask(state))
    if done.error is not None:
        raise WellheadError(f"nothing is changed: {done.error}")
    for line in done.lines:
        click.echo(line)


def running_state(settings: Settings) -> RunState:
    """How the `wellhead run` of the data directory is. Raises WellheadError when there is none."""
    from wellhead.supervisor.lock import is_held

    state = read_state(settings.data_dir)
    if state is None or not is_held(settings.data_dir):
        raise WellheadError(
            "no `wellhead run` is up in this data directory",
            field="data_dir",
            value=str(settings.data_dir),
            remedy="Start it, or name its configuration with --config",
        )
    return state


def _ask(state: RunState) -> int:
    """The number of the reload that will have seen the configuration as it is now."""
    last = state.reload.number if state.reload else 0
    try:
        os.kill(state.pid, signal.SIGHUP)
    except PermissionError:
        raise WellheadError(
            "this user may not signal the supervisor",
            field="pid",
            value=state.pid,
            remedy="Run it as the user of `wellhead run`, or as root",
        ) from None
    return (state.reloading or last) + 1


def _await(settings: Settings, asked: RunState, number: int) -> Reload:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while psutil.pid_exists(asked.pid) and time.monotonic() < deadline:
        state = read_state(settings.data_dir)
        if state and state.pid == asked.pid and state.reload and state.reload.number >= number:
            return state.reload
        time.sleep(0.1)
    raise WellheadError("the supervisor did not say how it went", remedy="Its log does")
