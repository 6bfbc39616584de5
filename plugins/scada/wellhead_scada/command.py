"""`wellhead gateway`: the process that talks to field devices."""

import asyncio
import os
import sys

import click

from wellhead import sdk
from wellhead_scada.settings import GATEWAY_NAME


@click.command(name="gateway", help="Scan the field devices that are given to this gateway.")
@click.option("--name", default="main", show_default=True, help="Name devices know it by")
@click.option("--tenant", default=sdk.DEFAULT_TENANT, show_default=True, help="Whose devices")
@click.pass_obj
def gateway(runtime: sdk.Runtime, name: str, tenant: str) -> None:
    from wellhead_scada.gateway.process import GatewayProcess

    if not GATEWAY_NAME.fullmatch(name):
        raise sdk.WellheadError(
            "not a gateway's name",
            field="--name",
            value=name,
            remedy="Use 1 to 40 of a-z, 0-9, _ and -, the first a letter or digit",
        )
    process = GatewayProcess(runtime, name, sdk.check_tenant_name(tenant))
    loop = asyncio.new_event_loop()
    loop.run_until_complete(process.run())
    # Spool and database are put away. What may still be there (a driver that ignores its
    # cancellation, a thread that waits for a hung server) would hold up an orderly exit for ever.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
