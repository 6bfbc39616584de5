"""`wellhead run`: database, migrations, administrator, seeds, then the processes, in that order.

The web process alone is started before: putting its app together takes as long as the rest, so it
does that meanwhile, and serves when the database is as it should be.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import structlog
from flask import Flask

from wellhead.app import create_app
from wellhead.database.embedded import EmbeddedPostgres
from wellhead.run_state import forget_state
from wellhead.runtime import Runtime
from wellhead.supervisor.accepted import Accepted
from wellhead.supervisor.address import check_port
from wellhead.supervisor.child import Child
from wellhead.supervisor.lock import only_one
from wellhead.supervisor.notify import Notifier
from wellhead.supervisor.plan import WEB, Plan
from wellhead.supervisor.prepare import prepare
from wellhead.supervisor.server import DatabaseServer
from wellhead.supervisor.signals import Signals
from wellhead.supervisor.supervise import Supervisor, stop

log = structlog.get_logger(__name__)


def run(runtime: Runtime) -> None:
    """Start everything, say where it is, keep it alive, reload it on SIGHUP, and stop it on SIGINT
    or SIGTERM: the web, then the other processes, then the database."""
    notifier = Notifier(os.environ)  # first, so that nothing that is started speaks to systemd
    settings = runtime.settings
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    signals = Signals()
    with only_one(settings.data_dir):
        check_port(settings.web)
        accepted = Accepted(settings.data_dir, settings.source)
        accepted.take()
        accepted.accept()
        forget_state(settings.data_dir)  # of one that was killed
        server = EmbeddedPostgres(settings.data_dir) if runtime.urls.embedded else None
        database = None
        web = Child(WEB, (WEB,), accepted.path)
        try:
            web.start()
            app = _composed(runtime, server)
            database = DatabaseServer(server) if server else None
            administrator = prepare(app)
            supervisor = Supervisor(
                settings.data_dir, Plan.of(runtime), accepted, signals, notifier, web, database
            )
            try:
                supervisor.run(administrator)
            finally:
                notifier.stopping()
                supervisor.end()
        finally:
            stop([web])
            if database:
                database.end()
            elif server:
                server.stop()
            forget_state(settings.data_dir)
    log.info("stopped")


def _composed(runtime: Runtime, server: EmbeddedPostgres | None) -> Flask:
    """The app, and the server started meanwhile, which is a quarter of a second of waiting."""
    with ThreadPoolExecutor(1) as starting:
        started = starting.submit(server.start) if server else None
        app = create_app(runtime)
        if started:
            started.result()
    return app
