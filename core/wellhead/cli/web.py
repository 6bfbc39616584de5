"""`wellhead web`: the web workers, by gunicorn on gevent."""

import click

from wellhead.cli.main import Context, config_option


@click.command(name="web", help="Serve the API and the live WebSocket.")
@config_option
@click.pass_obj
def command(context: Context) -> None:
    from gevent import monkey

    monkey.patch_all()  # before anything imports sockets, threads or psycopg
    settings = context.begin("web", counts=True)  # before anything imports the metrics

    from wellhead.supervisor.web import serve

    serve(settings)
