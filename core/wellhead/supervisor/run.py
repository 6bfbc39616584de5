"""`wellhead run`: database, migrations, administrator, seeds, then the processes, in that order.

The web process alone is started before: putting its app together takes as long as the rest, so it
does that meanwhile, and serves when the database is as it should be. Gateways do not wait long for
a database that was there before: what they read is safe without it.
"""

import os
from pathlib import Path

import structlog

from wellhead.database.embedded import EmbeddedPostgres
from wellhead.errors import ConfigError
from wellhead.run_state import forget_state
from wellhead.runtime import Runtime
from wellhead.supervisor.accepted import Accepted
from wellhead.supervisor.address import check_port
from wellhead.supervisor.child import Child
from wellhead.supervisor.lock import only_one
from wellhead.supervisor.notify import Notifier
from wellhead.supervisor.plan import WEB
from wellhead.supervisor.preparing import Preparing
from wellhead.supervisor.server import DatabaseServer
from wellhead.supervisor.signals import Signals
from wellhead.supervisor.supervise import Supervisor

log = structlog.get_logger(__name__)


def run(runtime: Runtime) -> None:
    """Start everything, say where it is, keep it alive, reload it on SIGHUP, and stop it on SIGINT
    or SIGTERM: the web, then the other processes, then the database."""
    notifier = Notifier(os.environ)  # first, so that nothing that is started speaks to systemd
    settings = runtime.settings
    _make_folder(settings.data_dir)
    signals = Signals()
    with only_one(settings.data_dir):
        check_port(settings.web)
        accepted = Accepted(settings.data_dir, settings.source)
        accepted.start()
        forget_state(settings.data_dir)  # of one that was killed
        server = EmbeddedPostgres(settings.data_dir) if runtime.urls.embedded else None
        database = None
        web = Child(WEB, (WEB,), accepted.path)
        preparing = Preparing(runtime, server)
        supervisor = Supervisor(settings.data_dir, accepted, signals, notifier, web)
        try:
            web.start()
            preparing.start()
            administrator = supervisor.wait_for(preparing)
            if administrator and preparing.plan:
                database = DatabaseServer(server) if server else None
                supervisor.run(preparing.plan, administrator, database)
        finally:
            notifier.stopping()
            supervisor.end()
            preparing.end()
            if database:
                database.end()
            elif server:
                server.stop()
            forget_state(settings.data_dir)
    log.info("stopped")


def _make_folder(data_dir: Path) -> None:
    reason = "this user may not write there"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"cannot be made: {error.strerror}"
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise ConfigError(
            reason,
            field="data_dir",
            value=str(data_dir),
            remedy="Name a folder that this user may write to (WELLHEAD_DATA_DIR), or make it one",
        )
