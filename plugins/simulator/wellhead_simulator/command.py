"""`wellhead simulator run` and `wellhead simulator fault`."""

import asyncio

import click

from wellhead import sdk
from wellhead_simulator.field import FAULTS, STUCK_SENSOR, Fault


@click.group()
def simulator() -> None:
    """The simulated field."""


@simulator.command()
@click.pass_obj
def run(runtime: sdk.Runtime) -> None:
    """Simulate the field of [plugins.simulator] until stopped; `wellhead run` starts this."""
    from wellhead_simulator.process import simulate

    asyncio.run(simulate(runtime))


@simulator.command()
@click.argument("well")
@click.argument("name", metavar="FAULT", type=click.Choice(FAULTS))
@click.option("--signal", help=f"The signal of a {STUCK_SENSOR}, without its well's name: WHP")
@click.option("--off", is_flag=True, help="Switch it off again")
@click.pass_obj
def fault(runtime: sdk.Runtime, well: str, name: str, signal: str | None, off: bool) -> None:
    """Switch a FAULT of WELL (W01) of the running field on, or off."""
    from wellhead_simulator.control import send_from_command

    send_from_command(Fault(well, name, not off, signal), runtime)
    click.echo(f"{well}: {name} {'off' if off else 'on'}")
