"""The rig and its store as a process: what `make run` shows."""

import ipaddress
import signal
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import structlog

from wellhead import sdk
from wellhead_witsml.protocol.client import Store
from wellhead_witsml.protocol.errors import WitsmlError
from wellhead_witsml.protocol.http import Site
from wellhead_witsml.rig.writer import Driller
from wellhead_witsml.store.server import StoreServer

ROW_S = 1.0
"""Seconds between two rows of the log by time"""
SPEED = 20.0
"""Seconds of drilling in a second, so that somebody who looks sees metres go by"""
log = structlog.get_logger(__name__)


def drill(port: int, file: Path | None = None, *, stop: threading.Event | None = None) -> None:
    """Serve the store on this machine's `port` and drill until SIGTERM, SIGINT or `stop`.

    file: where the store keeps what was written, and goes on from at the next start
    Raises ConfigError for a port that is taken.
    """
    ended = stop or _on_signal()
    try:
        server = StoreServer(file=file, port=port)
    except OSError as error:
        raise sdk.ConfigError(
            f"the store of the simulated rig cannot listen there: {error.strerror}",
            field="[plugins.witsml] rig",
            value=port,
            remedy="Stop what uses it, or start `wellhead run` anew: it finds another",
        ) from error
    here = sdk.AllowList([ipaddress.ip_network("127.0.0.0/8")], "url", "the code")
    with server, Store(Site(server.url), here) as store:
        driller = Driller(store, speed=SPEED)
        log.info("rig drills", store=server.url)
        due = time.monotonic()
        while not ended.wait(max(due - time.monotonic(), 0.0)):
            due = max(due + ROW_S, time.monotonic())
            try:
                driller.advance(datetime.now(UTC))
            except WitsmlError as error:
                log.error("the rig could not write into its store", error=str(error))
        log.info("rig stopped", hole=driller.hole.name, depth=round(driller.rig.hole, 1))


def _on_signal() -> threading.Event:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    return ended
