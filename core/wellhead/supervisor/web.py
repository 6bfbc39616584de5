"""The web process: gunicorn with gevent workers around the composed app."""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.base import Worker

from wellhead.app import create_app
from wellhead.database.migrate import Migrator
from wellhead.live.service import live_of
from wellhead.runtime import Runtime


class _Server(BaseApplication):
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        super().__init__()

    def load_config(self) -> None:
        web = self._runtime.settings.web
        options: dict[str, Any] = {
            "bind": [web.bind] + ([f"127.0.0.1:{web.metrics_port}"] if web.metrics_port else []),
            "forwarded_allow_ips": "",  # `[web] proxies` says whose headers are believed
            "workers": web.workers,
            "worker_class": "gevent",
            "graceful_timeout": 5,
            "control_socket_disable": True,  # it would be opened in the home directory
            "proc_name": "wellhead-web",
            "loglevel": "warning",
            "post_worker_init": _end_live_with,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = create_app(self._runtime)
        Migrator(app, self._runtime.urls, self._runtime.plugins).check()
        return app


def _end_live_with(worker: Worker) -> None:
    """Have live sockets end when the worker is told to; it waits for them as for requests."""
    live_of(worker.wsgi).end_when(lambda: not worker.alive)


def serve(runtime: Runtime) -> None:
    """Serve until a signal ends it."""
    _Server(runtime).run()
