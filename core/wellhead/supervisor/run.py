"""`wellhead run`: database, migrations, administrator, seeds, then the processes, in that order."""

import http.client
import json
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import replace
from types import FrameType

import structlog

from wellhead.app import create_app
from wellhead.audit.actor import Actor, acting
from wellhead.auth.bootstrap import Administrator, ensure_administrator
from wellhead.database.embedded import EmbeddedPostgres
from wellhead.database.extension import tenant
from wellhead.database.migrate import Migrator
from wellhead.database.scope import DEFAULT_TENANT
from wellhead.errors import ConfigError, WellheadError
from wellhead.runtime import FAILED_VARIABLE, Runtime
from wellhead.settings.model import WebSettings
from wellhead.supervisor.child import Child
from wellhead.supervisor.lock import only_one

_STOP_SECONDS = 10.0
_READY_SECONDS = 60.0
log = structlog.get_logger(__name__)


def run(runtime: Runtime) -> None:
    """Start everything, say where it is, keep it alive, and stop it on SIGINT or SIGTERM."""
    settings = runtime.settings
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    stop = _stop_on_signals()
    with only_one(settings.data_dir):
        _check_port(settings.web)
        server = EmbeddedPostgres(settings.data_dir) if runtime.urls.embedded else None
        try:
            if server:
                server.start()
            administrator = _prepare(runtime)
            configs = {record.name: record.config for record in runtime.plugins.enabled()}
            children = [Child("web", ("web",), settings.source)]
            for _, specs in runtime.plugins.collect("processes", configs=configs):
                children += [Child(spec.name, spec.arguments, settings.source) for spec in specs]
            os.environ[FAILED_VARIABLE] = json.dumps(runtime.failures())
            try:
                _supervise(children, settings.web, administrator, stop)
            finally:
                _end(children)
        finally:
            if server:
                server.stop()
    log.info("stopped")


def _prepare(runtime: Runtime) -> Administrator:
    app = create_app(runtime)
    Migrator(app, runtime.urls, runtime.plugins).upgrade()
    with app.app_context():
        administrator = ensure_administrator(runtime.settings, os.environ)
        for record in runtime.plugins.enabled():
            # a session each: what one leaves half done is rolled back, and is nobody else's
            with tenant(DEFAULT_TENANT), acting(Actor("seed")):
                runtime.plugins.collect_one(record.name, "seed", app=app)
    return administrator


def _supervise(
    children: list[Child], web: WebSettings, administrator: Administrator, stop: threading.Event
) -> None:
    for child in children:
        child.start()
    announced = False
    give_up = time.monotonic() + _READY_SECONDS
    while not stop.wait(0.1 if not announced else 0.5):
        now = time.monotonic()
        for child in children:
            child.watch(now)
        if not announced and _ready(web):
            _announce(web, administrator)
            announced = True
        if not announced and now > give_up:
            raise WellheadError(
                f"the web process was not ready within {_READY_SECONDS:.0f} s",
                remedy="The lines above say what it waits for",
            )


def _end(children: list[Child]) -> None:
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + _STOP_SECONDS
    for child in children:
        child.wait(deadline)


def _ready(web: WebSettings) -> bool:
    connection = http.client.HTTPConnection(_reachable(web).host, web.port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _reachable(web: WebSettings) -> WebSettings:
    """Where a program on this machine finds what listens everywhere."""
    loopback = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
    return replace(web, host=loopback.get(web.host, web.host))


def _announce(web: WebSettings, administrator: Administrator) -> None:
    address = _reachable(web).bind
    lines = [f"Wellhead is ready at http://{address}", *administrator.how_to_log_in()]
    print("\n" + "\n".join(lines) + "\n", flush=True)  # noqa: T201


def _check_port(web: WebSettings) -> None:
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((web.host, web.port))
        except OSError as error:
            raise ConfigError(
                f"cannot listen there: {error.strerror}",
                field="[web] host, port",
                value=web.bind,
                remedy="Stop what uses the port, or choose another one: WELLHEAD_PORT=8081",
            ) from error


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            return
        print("\nStopping …", file=sys.stderr, flush=True)  # noqa: T201
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask)
    return stop
