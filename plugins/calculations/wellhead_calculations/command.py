"""`wellhead calculator`: the process that evaluates calculated tags."""

import click

from wellhead import sdk


@click.command(help="Evaluate calculated tags as their inputs come, until stopped.")
@click.option("--tenant", multiple=True, help="Whose; default: those of [plugins.calculations]")
@click.pass_obj
def calculator(runtime: sdk.Runtime, tenant: tuple[str, ...]) -> None:
    from wellhead_calculations.worker.process import run

    named = tenant or runtime.plugins.records["calculations"].config["tenants"]
    run(runtime, [sdk.check_tenant_name(name) for name in named])
