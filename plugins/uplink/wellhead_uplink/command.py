"""`wellhead uplink`: the process that sends, how sending stands, and an edge's name set free."""

import click

from wellhead import sdk

_tenant = click.option(
    "--tenant", default=sdk.DEFAULT_TENANT, show_default=True, help="Whose readings"
)


@click.group()
def uplink() -> None:
    """Readings from an edge to a centre, and northwards."""


@uplink.command()
@_tenant
@click.pass_obj
def run(runtime: sdk.Runtime, tenant: str) -> None:
    """Send to the destinations of [plugins.uplink] until stopped; `wellhead run` starts this."""
    from wellhead_uplink.edge.process import run as send

    send(runtime, sdk.check_tenant_name(tenant))


@uplink.command()
@_tenant
@click.pass_obj
def status(runtime: sdk.Runtime, tenant: str) -> None:
    """Show how far each destination is, and each edge that sends here."""
    from wellhead_uplink.status import lines

    with sdk.connect(runtime.settings, sdk.check_tenant_name(tenant)) as connection:
        for line in lines(connection):
            click.echo(line)


@uplink.command()
@click.argument("edge")
@_tenant
@click.pass_obj
def forget(runtime: sdk.Runtime, edge: str, tenant: str) -> None:
    """Forget an EDGE that sends no more, at the centre; its tags and readings stay."""
    with sdk.connect(runtime.settings, sdk.check_tenant_name(tenant)) as connection:
        found = connection.execute("DELETE FROM uplink_edge WHERE name = %s", (edge,))
        if not found.rowcount:
            raise sdk.WellheadError("no edge of that name has sent", field="EDGE", value=edge)
    click.echo(f"{edge}: forgotten; its tags and readings are still there")


@uplink.command()
@click.argument("edge")
@_tenant
@click.pass_obj
def release(runtime: sdk.Runtime, edge: str, tenant: str) -> None:
    """Let the next user that sends as EDGE have its name, at the centre."""
    with sdk.connect(runtime.settings, sdk.check_tenant_name(tenant)) as connection:
        found = connection.execute("UPDATE uplink_edge SET user_id = NULL WHERE name = %s", (edge,))
        if not found.rowcount:
            raise sdk.WellheadError("no edge of that name has sent", field="EDGE", value=edge)
    click.echo(f"{edge}: free for the next key that sends as it")
