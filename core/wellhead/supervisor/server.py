"""The embedded database, started again when it ends while everything else runs.

Its recovery may take minutes, so a start has a thread of its own; the other processes are looked
after meanwhile. They wait for it, and gateways keep what they read in their spools.
"""

import contextlib
import threading
import time

import psutil
import structlog

from wellhead.database.embedded import EmbeddedPostgres
from wellhead.errors import DatabaseError
from wellhead.run_state import Role

_PAUSE_SECONDS = 10.0
_END_SECONDS = 10.0
log = structlog.get_logger(__name__)


class DatabaseServer:
    """server: one that runs"""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self._starting: threading.Thread | None = None
        self._due = 0.0
        self._next_start: float | None = None
        self._restarts = 0
        self._pid: int | None = None
        self._since = 0.0
        self._look()

    def role(self) -> Role:
        """How it is, for people."""
        next_start = self._next_start if self._pid is None else None
        return Role("database", self._pid, self._since, self._restarts, next_start=next_start)

    def watch(self, now: float) -> None:
        """Start it again when it has ended, not more often than every 10 s.

        now: monotonic seconds
        """
        if self._starting is not None and self._starting.is_alive():
            return
        before = self._pid
        self._look()
        if self._pid is not None:
            return
        if before is not None:
            self._restarts += 1
            self._next_start = time.time() + max(0.0, self._due - now)
            log.error(
                "the database ended by itself, it is started again",
                reason=f"see {self._server.pgdata / 'server.log'}",
            )
        if now >= self._due:
            self._due = now + _PAUSE_SECONDS
            self._next_start = time.time() + _PAUSE_SECONDS
            self._starting = threading.Thread(target=self._start, name="database", daemon=True)
            self._starting.start()

    def end(self) -> None:
        """Stop it, also while it is being started."""
        if self._starting is not None:
            self._starting.join(_END_SECONDS)
        self._server.stop()

    def _look(self) -> None:
        before, self._pid = self._pid, self._server.pid()
        if self._pid is not None and self._pid != before:
            with contextlib.suppress(psutil.Error):  # it is gone again
                self._since = psutil.Process(self._pid).create_time()

    def _start(self) -> None:
        try:
            if not self._server.initialised:  # whoever restores a backup would find another there
                raise DatabaseError(
                    "the embedded database is gone, and none is made in its place while it runs",
                    field="data_dir",
                    value=str(self._server.pgdata),
                    remedy="Bring its folder back, as from a backup, and it starts; or restart "
                    "Wellhead, which then makes an empty one",
                )
            self._server.start()
        except DatabaseError as error:
            log.error("the database does not start", reason=str(error))
        else:
            log.info("the database runs again", pid=self._server.pid())
