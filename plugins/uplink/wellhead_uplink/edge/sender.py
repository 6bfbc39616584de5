"""One thread a destination: reads the outbox in order, sends, and forgets what has arrived.

Whatever happens to the link, the process or the database, the position row says what the
destination had for certain; what was sent after it is sent again, and a destination that keeps
positions (a centre) knows it. So nothing is lost and the centre has nothing twice.
"""

import random
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import structlog

from wellhead import sdk
from wellhead_uplink.edge import metrics, outbox, registry
from wellhead_uplink.edge.destination import Backlog, Destination, Report

MAX_BYTES = 1 << 20
MAX_READINGS = 50_000
"""Of one `send`: what a centre's web process takes in well under a second, since others wait."""
_IDLE_S = 0.25
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 15.0
log = structlog.get_logger(__name__)


class Sender:
    """Sends the outbox of `tenant` to destination `name`.

    connect: a new connection inside the tenant, in autocommit; may raise psycopg.Error
    make: a new destination, not connected; may raise WellheadError
    names: of all destinations of the tenant, this one among them
    report_s: seconds between reports
    """

    def __init__(
        self,
        tenant: str,
        name: str,
        make: Callable[[], Destination],
        connect: Callable[[], psycopg.Connection[Any]],
        names: Sequence[str],
        report_s: float = 10.0,
    ) -> None:
        self._tenant = tenant
        self._name = name
        self._make = make
        self._connect = connect
        self._names = names
        self._report_s = report_s
        self._pause = _FIRST_PAUSE
        self._state: tuple[str, str | None] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"uplink {name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """End the thread after what it is sending; False when it did not end in time, which costs
        nothing but sending it again."""
        self._stopping.set()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    # --- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._connect() as connection:
                    outbox.register(connection, self._names)
                    while not self._stopping.is_set():
                        self._try(connection)
                        self._rest()
            except (psycopg.Error, OSError, sdk.WellheadError) as error:
                self._away(str(error).strip())
            self._rest()

    def _away(self, problem: str) -> None:
        """There is no database: said once, until there is one."""
        if self._state != ("no database", problem):
            log.warning("uplink: no database", destination=self._name, error=problem)
        self._state = ("no database", problem)

    def _rest(self) -> None:
        """A growing, jittered pause."""
        self._stopping.wait(self._pause * random.uniform(0.5, 1.0))  # noqa: S311 (jitter)
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def _try(self, connection: psycopg.Connection[Any]) -> None:
        """One connection to the destination, from its beginning to what ends it."""
        destination: Destination | None = None
        try:
            destination = self._make()
            self._send(connection, destination)
        except psycopg.Error:
            raise
        except OSError as error:
            self._note(connection, "away", str(error) or type(error).__name__)
        except sdk.WellheadError as error:
            self._note(connection, "stuck", str(error))
        except Exception as error:  # isolates: a destination is another plugin's code
            log.error("uplink: a destination failed", destination=self._name, exc_info=True)
            self._note(connection, "stuck", f"{type(error).__name__}: {error}")
        finally:
            if destination is not None:
                destination.close()

    def _send(self, connection: psycopg.Connection[Any], destination: Destination) -> None:
        """Report and send until told to stop. Raises what ends the connection."""
        self._report(connection, destination)
        due = time.monotonic() + self._report_s
        while not self._stopping.is_set():
            if time.monotonic() >= due:
                self._report(connection, destination)
                due = time.monotonic() + self._report_s
            if not self._send_some(connection, destination):
                self._stopping.wait(_IDLE_S)

    def _send_some(self, connection: psycopg.Connection[Any], destination: Destination) -> bool:
        """Send the next entries; False when there are none."""
        known = outbox.position(connection, self._name)
        entries = outbox.read(connection, known.id, MAX_BYTES, MAX_READINGS)
        if not entries:
            return False
        known = outbox.passed_over(connection, self._name, known, entries[0])
        try:
            through = destination.send(entries)
            done = [entry for entry in entries if entry.id <= through]
            count = sum(entry.readings for entry in done)
            reason = None
        except sdk.BatchError as error:
            done, count, reason = entries[:1], 0, str(error)
            log.error("uplink: readings set aside", destination=self._name, reason=reason)
        if not done:
            raise sdk.WellheadError("the destination took nothing", field=self._name)
        newest = max(known.newest, *(entry.ends for entry in done))
        arrived = outbox.Position(done[-1].id, done[-1].total, newest)
        with connection.transaction():
            outbox.sent(connection, self._name, arrived, count)
            if reason is not None:
                outbox.set_aside(connection, self._name, done[0], reason)
        metrics.SENT.labels(self._tenant, self._name).inc(count)
        self._pause = _FIRST_PAUSE
        return True

    def _report(self, connection: psycopg.Connection[Any], destination: Destination) -> None:
        there = self._tell(connection, destination)
        if there is not None and self._is_copy(connection, there):
            log.warning("uplink: the outbox is a restored copy", destination=self._name)
            outbox.renew(connection)
            self._tell(connection, destination)

    def _tell(
        self, connection: psycopg.Connection[Any], destination: Destination
    ) -> tuple[int, int] | None:
        stream, replaces = outbox.identity(connection)
        backlog = outbox.backlog(connection, self._name)
        there = destination.report(
            Report(
                str(stream),
                str(replaces) if replaces else None,
                outbox.position(connection, self._name).id,
                backlog,
                registry.tags(connection),
                registry.devices(connection),
            )
        )
        if not backlog.readings:
            self._pause = _FIRST_PAUSE
        self._note(connection, "sending" if backlog.readings else "current", None, backlog)
        return there

    def _is_copy(self, connection: psycopg.Connection[Any], there: tuple[int, int]) -> bool:
        """Whether the destination has entries by these numbers that are not ours: a database that
        was restored counts once more what it had counted before."""
        number, crc = there
        if number <= outbox.position(connection, self._name).id:
            return False
        packed = outbox.packed_of(connection, number)
        return packed is None or zlib.crc32(packed) != crc

    def _note(
        self,
        connection: psycopg.Connection[Any],
        state: str,
        reason: str | None,
        backlog: Backlog | None = None,
    ) -> None:
        """Write down how it stands, for people."""
        backlog = backlog or outbox.backlog(connection, self._name)
        metrics.report(self._tenant, self._name, backlog)
        before, self._state = self._state, (state, reason)
        outbox.note(connection, self._name, state, reason)
        if reason is not None:
            if self._state != before:
                log.warning(
                    "uplink: not sending", destination=self._name, state=state, reason=reason
                )
        elif before is None or before[1] is not None:  # current or sending is the same news
            log.info("uplink: sending", destination=self._name, waiting=backlog.readings)
