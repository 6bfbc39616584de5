"""`wellhead witsml run`: the process that reads WITSML stores."""

import click

from wellhead import sdk


@click.group()
def witsml() -> None:
    """WITSML stores of rigs and service companies."""


@witsml.command()
@click.option("--tenant", multiple=True, help="Whose stores; default: those of [plugins.witsml]")
@click.pass_obj
def run(runtime: sdk.Runtime, tenant: tuple[str, ...]) -> None:
    """Read stores and follow their growing logs until stopped; `wellhead run` starts this."""
    from wellhead_witsml.polling.process import run as read

    named = tenant or runtime.plugins.records["witsml"].config["tenants"]
    read(runtime, [sdk.check_tenant_name(name) for name in named])


@witsml.command()
@click.pass_obj
def rig(runtime: sdk.Runtime) -> None:
    """Simulate a rig that drills, until stopped; `wellhead run` starts this where `rig` is set."""
    from wellhead_witsml.rig.process import drill
    from wellhead_witsml.seeding import rig_port
    from wellhead_witsml.sites import folder

    drill(rig_port(runtime.settings), folder(runtime.settings, "rig") / "store.db")
