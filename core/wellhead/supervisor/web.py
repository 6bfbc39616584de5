"""The web process: gunicorn with gevent workers around the composed app.

The master holds the settings only. Each worker loads the plugins and makes the app, so that SIGHUP
brings workers with the plugins and the configuration that there are then.
"""

import os
import sys
import time
from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.errors import HaltServer
from gunicorn.workers.base import Worker

from wellhead.app import create_app
from wellhead.database.extension import db
from wellhead.database.greenlets import wait_in_greenlets
from wellhead.database.migrate import Migrator
from wellhead.errors import ConfigError, WellheadError
from wellhead.live.service import live_of
from wellhead.run_state import is_prepared
from wellhead.runtime import Runtime, runtime_of
from wellhead.settings import Settings, load_settings
from wellhead.settings.model import LISTENING

_LINE_BYTES = 8190
"""Of a request's first line, the most that gunicorn bounds: some 1,400 ids of tags in a query."""
_BOOT_SECONDS = 30.0
_LOOK_SECONDS = 0.02
_STOP_SECONDS = 5
_FINISH_SECONDS = 30
log = structlog.get_logger(__name__)


class _Server(BaseApplication):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        web = self._settings.web
        options: dict[str, Any] = {
            "bind": [web.bind] + ([f"127.0.0.1:{web.metrics_port}"] if web.metrics_port else []),
            "forwarded_allow_ips": "",  # `[web] proxies` says whose headers are believed
            "workers": web.workers,
            "worker_class": "gevent",
            "limit_request_line": _LINE_BYTES,
            "graceful_timeout": _STOP_SECONDS,
            "control_socket_disable": True,  # it would be opened in the home directory
            "proc_name": "wellhead-web",
            "loglevel": "warning",
            "post_fork": _finish_requests,
            "post_worker_init": _begin,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        try:
            app = create_app(Runtime.make(self._settings))
        except WellheadError as error:
            log.error("the web cannot be put together", reason=str(error))
            sys.exit(Arbiter.WORKER_BOOT_ERROR)
        with app.app_context():
            wait_in_greenlets(db.engine)
        return app

    def reload(self) -> None:
        """Called by gunicorn at SIGHUP; settings that cannot be used leave those there are."""
        try:
            self._settings = _again(self._settings)
        except WellheadError as error:
            log.error("settings are not reloaded", reason=str(error))
        super().reload()

    def run(self) -> None:
        _Arbiter(self).run()


class _Arbiter(Arbiter):
    """Reloads without a gap: gunicorn's own tells the old workers to stop when it has forked new
    ones, which serve nobody for the seconds that loading takes."""

    _reloading = False

    def reload(self) -> None:
        self._reloading = True
        try:
            super().reload()
        except HaltServer as error:
            log.error("new workers do not start, the old ones go on", reason=error.reason)
        finally:
            self._reloading = False

    def spawn_worker(self) -> int:
        pid: int = super().spawn_worker()
        worker = self.WORKERS[pid]
        made = worker.tmp.last_update()
        give_up = time.monotonic() + _BOOT_SECONDS
        # the first sign of life is given when it accepts connections
        while self._reloading and worker.tmp.last_update() == made and time.monotonic() < give_up:
            time.sleep(0.05)
            self.reap_workers()  # raises HaltServer when it could not be loaded
        return pid


def _again(settings: Settings) -> Settings:
    """Raises ConfigError, also for another address: the old workers still hold this one."""
    new = load_settings(settings.source, os.environ)
    for key in LISTENING:
        if getattr(new.web, key) != getattr(settings.web, key):
            raise ConfigError("needs a restart", field=f"[web] {key}", value=getattr(new.web, key))
    return new


def _finish_requests(arbiter: Arbiter, worker: Worker) -> None:
    """Let a worker that is replaced finish what it is at; when all is stopped, the master kills it
    after its own time."""
    worker.cfg.set("graceful_timeout", _FINISH_SECONDS)


def _begin(worker: Worker) -> None:
    """Wait for the database that the supervisor prepares meanwhile. Have live sockets end when the
    worker is told to; it waits for them as for requests. Of several workers each listens from the
    beginning, so that a client of one can go on at any other."""
    runtime = runtime_of(worker.wsgi)
    while worker.alive and not is_prepared(runtime.settings.data_dir):
        worker.notify()
        time.sleep(_LOOK_SECONDS)
    if worker.alive:
        Migrator(worker.wsgi, runtime.urls, runtime.plugins).check()
    live = live_of(worker.wsgi)
    live.end_when(lambda: not worker.alive)
    if worker.alive and runtime.settings.web.workers > 1:
        live.listen()


def serve(settings: Settings) -> None:
    """Serve until a signal ends it."""
    _Server(settings).run()
