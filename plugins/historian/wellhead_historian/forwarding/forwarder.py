"""From the spool into PostgreSQL, in order, exactly once, as fast as both allow.

One transaction takes as many batches as a read of the spool hands out: ledger, layouts, COPY,
newest values. What it stores is deleted from the spool afterwards; the ledger tells, after any
crash in between, what is stored already (see ledger.py). While PostgreSQL is away nothing is lost:
the spool keeps it, and the forwarder comes back with a growing, jittered pause.
"""

import os
import random
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import structlog

from wellhead import sdk
from wellhead_historian.forwarding import gaps, ledger
from wellhead_historian.forwarding.durable import wait_for_disk
from wellhead_historian.forwarding.future import flagged
from wellhead_historian.forwarding.poison import POISON, split_poison
from wellhead_historian.forwarding.progress import Progress
from wellhead_historian.hooks import Outbox
from wellhead_historian.scans import Arrived, batches_of
from wellhead_historian.spool.spool import Entry, Spool
from wellhead_historian.store.choice import make_writer
from wellhead_historian.store.interface import Writer

_WAIT_SECONDS = 5.0
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_SEND_BYTES = 4 << 20
_PACE_SECONDS = 0.04
"""From the beginning of a transaction to that of the next, at least: what comes meanwhile shares
one, which costs half the CPU of one each. A screen is told every 0.05 s."""
_FULL_BYTES = 1 << 20
"""Once so much waits, and after a transaction of so much, the next follows at once: sharing would
save nothing, and the server would stand still in a burst and while a backlog is stored."""
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class ForwarderState:
    """How forwarding stands. batches, readings: stored since the start; quarantined: readings set
    aside; textless: readings stored without their text, for which there was no room; transactions:
    committed ones; error: why it is not connected, if it is not."""

    connected: bool = False
    batches: int = 0
    readings: int = 0
    quarantined: int = 0
    textless: int = 0
    transactions: int = 0
    error: str | None = None


class Forwarder:
    """A thread that empties `spool` into the database that `connect` gives.

    connect: a new connection inside the spool's tenant; may raise psycopg.Error
    on_commit: called with each stored batch in order, in this thread, after the commit; must be
        quick, and what it raises is logged and nothing else
    future_tolerance: seconds a reading may be ahead of the database's clock and stay good
    make_store: the store that a connection leads to
    outboxes: called in each transaction with what it stores; may be set anew while it runs
    """

    def __init__(
        self,
        spool: Spool,
        connect: Callable[[], psycopg.Connection[Any]],
        *,
        on_commit: Sequence[Callable[[sdk.Batch], None]] = (),
        future_tolerance: float = 60.0,
        make_store: Callable[[psycopg.Connection[Any]], Writer] = make_writer,
        outboxes: Sequence[Outbox] = (),
    ) -> None:
        self.outboxes = outboxes
        self._spool = spool
        self._connect = connect
        self._on_commit = on_commit
        self._tolerance = int(future_tolerance * 1_000_000)
        self._make_store = make_store
        self._progress = Progress(spool)
        self._state = ForwarderState()
        self._mutex = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forwarder", daemon=True)

    @property
    def state(self) -> ForwarderState:
        """A copy of the state."""
        with self._mutex:
            return replace(self._state)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> bool:
        """End the thread after the transaction it is in; False when it did not end in time, which
        costs nothing: what it was storing is decided by the ledger at the next start."""
        self._stopping.set()
        self._spool.interrupt()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    # --- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            before = self._state.transactions
            try:
                self._progress.open()
                with self._connect() as connection:
                    _widen(connection)
                    with connection.transaction():
                        wait_for_disk(connection, once=False)
                    self._forward(connection)
            except (psycopg.Error, sdk.WellheadError, OSError) as error:
                self._away(error)
            except Exception as error:  # isolates: an unforeseen error must not end acquisition
                log.error("historian: forwarding failed", exc_info=True)
                self._away(error)
            if self._state.transactions > before:
                pause = _FIRST_PAUSE
            self._stopping.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311 (jitter)
            pause = min(pause * 2, _LONGEST_PAUSE)
        with self._mutex:
            self._state.connected = False

    def _away(self, error: Exception) -> None:
        text = str(error).strip() or type(error).__name__
        with self._mutex:
            news = self._state.error != text
            self._state.connected, self._state.error = False, text
        if news:
            log.warning("historian: cannot store readings, the spool keeps them", error=text)

    def _forward(self, connection: psycopg.Connection[Any]) -> None:
        """Forward until told to stop. Raises when the connection is of no use any more."""
        store = self._make_store(connection)
        self._progress.reconcile(connection)
        with self._mutex:
            recovered = self._state.error is not None
            self._state.connected, self._state.error = True, None
        if recovered:
            log.info("historian: storing readings again", backlog=self._spool.backlog[0])
        begun, size = 0.0, _FULL_BYTES  # the first goes at once
        while not self._stopping.is_set():
            if self._spool.wait(self._progress.position, _WAIT_SECONDS):
                if size < _FULL_BYTES:
                    self._spool.gather(_FULL_BYTES, begun + _PACE_SECONDS - time.monotonic())
                begun = time.monotonic()
                last = self._spool.last
                entries = self._spool.read(self._progress.position)
                size = sum(entry.size for entry in entries)
                if entries:
                    self._deliver(connection, store, entries)
                else:  # of what the ledger lacks nothing is here: it was another database's
                    self._progress.position = last
                del entries  # megabytes after a backlog, which would stay till the next come
            gaps.deliver(connection, self._spool)

    def _deliver(
        self, connection: psycopg.Connection[Any], store: Writer, entries: Sequence[Entry]
    ) -> None:
        """Store `entries`, halving them as long as the database refuses what they hold."""
        damaged = [entry for entry in entries if entry.content is None]
        for entry in damaged:
            self._set_aside(entry, "checksum does not match", 0, bytes(entry.data))
        try:
            self._store(connection, store, entries)
        except ledger.AlreadyStored:
            self._progress.reconcile(connection)
        except POISON as error:
            store.forget()
            if len(entries) == 1:
                entries = entries[0].split()
            if len(entries) > 1:
                middle = len(entries) // 2
                self._deliver(connection, store, entries[:middle])
                self._deliver(connection, store, entries[middle:])
            else:
                self._quarantine(connection, store, entries[0], str(error).strip())

    def _store(
        self, connection: psycopg.Connection[Any], store: Writer, entries: Sequence[Entry]
    ) -> None:
        arrived: Sequence[Arrived] = [e.content for e in entries if e.content is not None]
        texts = _texts(arrived)
        try:
            with connection.transaction():
                now = ledger.advance(connection, self._spool.id, entries[0].first, entries[-1].id)
                latest_time = now + self._tolerance
                arrived = store.write(flagged(arrived, latest_time), latest_time)
                heard = bool(self.outboxes or self._on_commit)
                batches = batches_of(arrived) if heard else []
                self._pass_on(connection, batches)
        except BaseException:
            store.forget()
            raise
        with self._mutex:
            self._state.textless += texts - _texts(arrived)
            self._state.transactions += 1
            self._state.batches += sum(e.count for e in entries if e.content is not None)
            self._state.readings += sum(map(len, arrived))
        self._stored(entries[-1].id, batches)

    def _pass_on(self, connection: psycopg.Connection[Any], batches: Sequence[sdk.Batch]) -> None:
        for outbox in self.outboxes:
            try:
                outbox(connection, batches)
            except POISON as error:  # the readings are sound: none of them is to be set aside
                name = getattr(outbox, "__qualname__", type(outbox).__qualname__)
                raise sdk.WellheadError(
                    f"a plugin's outbox takes no readings: {str(error).strip()}",
                    field="outbox",
                    value=f"{outbox.__module__}.{name}",
                    remedy="Switch its plugin off, or repair it: readings are stored from then on",
                ) from error

    def _stored(self, through: int, batches: Sequence[sdk.Batch]) -> None:
        self._progress.store(through)
        for callback in self._on_commit:
            for batch in filter(len, batches):
                try:
                    callback(batch)
                except Exception:  # isolates: the callbacks are other plugins' code
                    log.error("historian: a callback failed", exc_info=True)

    def _quarantine(
        self, connection: psycopg.Connection[Any], store: Writer, entry: Entry, reason: str
    ) -> None:
        """Store what is sound in one refused batch and set the rest aside, for somebody to see."""
        (batch,) = entry.batches()
        sound, poison, reason = split_poison(connection, store, batch, reason)
        store.forget()
        # Set aside before the ledger passes the entry: a crash in between does it once more, and
        # the same entry replaces itself in the quarantine.
        self._set_aside(entry, reason, len(poison), poison.to_bytes())
        kept = replace(entry, content=sound)
        self._store(connection, store, [kept])

    def _set_aside(self, entry: Entry, reason: str, readings: int, data: bytes) -> None:
        log.error("historian: readings set aside", entry=entry.id, readings=readings, reason=reason)
        self._spool.quarantine(entry.id, reason, readings, data).result()
        with self._mutex:
            self._state.quarantined += readings


def _widen(connection: psycopg.Connection[Any]) -> None:
    """Let the local socket take parts of a COPY at once, as far as the machine allows, so that
    sending them does not wait for the server. TCP finds its own measure."""
    with socket.socket(fileno=os.dup(connection.fileno())) as channel:
        if channel.family == socket.AF_UNIX:
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BYTES)


def _texts(arrived: Sequence[Arrived]) -> int:
    return sum(len(item.texts) for item in arrived if isinstance(item, sdk.Batch))
