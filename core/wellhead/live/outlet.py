"""The sending half of a WebSocket: one writer, a bounded queue, whole frames or none.

simple-websocket sends from whichever thread has something to say, with `socket.send`: that blocks
for ever on a client that does not read, and under gevent, or with a socket timeout, it may send
half a frame. So it is given this object for a socket. All that is sent goes through one queue to
one writer that sends each piece whole; a client that does not take it is cut with `shutdown`,
which wakes the writer and the reader wherever they wait.
"""

import contextlib
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable

QUEUE_PIECES = 256
QUEUE_BYTES = 4 << 20
"""What may wait; only a client that asks without end and never reads gets there."""
KERNEL_BYTES = 128 << 10
"""What the kernel may take off our hands: the megabytes it would take by itself hide for minutes
that a client has stopped reading."""
GOODBYE_SECONDS = 0.5
"""How long a client may take for the close frame and its answer before it is cut."""
_CLOSE_FRAME = 0x88
_MAX_REASON_BYTES = 123


class SocketOutlet:
    """A socket as simple-websocket uses one, and the `Outlet` of a live client."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        with contextlib.suppress(OSError):  # gone already, or no TCP (behind a proxy on this host)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._ready = threading.Condition()
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._sending_since: float | None = None
        self._closing_since: float | None = None
        self._finished = False
        self._on_drained: Callable[[float], None] = lambda now: None
        self._writer = threading.Thread(target=self._write, name="live-writer", daemon=True)
        self._writer.start()

    # --- as the outlet of a client -----------------------------------------------------------

    def send(self, frame: bytes) -> int:
        """Queue bytes that are whole frames. Returns their number, as a socket does."""
        with self._ready:
            if self._finished or self._closing_since is not None:
                return len(frame)
            depth = len(self._queue)
            full = self._queued_bytes + len(frame) > QUEUE_BYTES or depth >= QUEUE_PIECES
            if depth and full:
                self._finish()
            else:
                self._queue.append(frame)
                self._queued_bytes += len(frame)
                self._ready.notify()
        return len(frame)

    def depth(self) -> int:
        """Pieces that wait for the writer."""
        return len(self._queue)

    def when_drained(self, call: Callable[[float], None]) -> None:
        """Have `call(monotonic time)` called by the writer whenever its queue is empty."""
        self._on_drained = call

    def goodbye(self, code: int, reason: str, *, after_queued: bool = False) -> None:
        """Send a close frame instead of what still waits, or after it; `stalled_for` is infinite
        soon after."""
        with self._ready:
            if self._finished or self._closing_since is not None:
                return
            body = struct.pack(">H", code) + reason.encode()[:_MAX_REASON_BYTES]
            if not after_queued:
                self._clear()
            frame = struct.pack(">BB", _CLOSE_FRAME, len(body)) + body
            self._queue.append(frame)
            self._queued_bytes += len(frame)
            self._closing_since = time.monotonic()
            self._ready.notify()

    def cut(self) -> None:
        """End the connection now, whatever is being sent or read."""
        with self._ready:
            self._finish()

    def finish(self) -> None:
        """Give what still waits a moment to leave, then end the writer and the connection. The
        socket stays open, so that a reader waiting on it wakes and closes it."""
        with self._ready:
            if self._closing_since is None:
                self._closing_since = time.monotonic()
            self._ready.notify()
        self._writer.join(GOODBYE_SECONDS)
        self.cut()
        self._writer.join(GOODBYE_SECONDS)

    def stalled_for(self, now: float) -> float:
        """Seconds the piece being sent has waited; infinite when a goodbye takes too long.

        now: monotonic seconds
        """
        since, closing = self._sending_since, self._closing_since
        if closing is not None and now - closing >= GOODBYE_SECONDS:
            return float("inf")
        return 0.0 if since is None else now - since

    # --- as the socket of simple-websocket ---------------------------------------------------

    def recv(self, size: int) -> bytes:
        return self._sock.recv(size)

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        """Called by simple-websocket's reader when it ends."""
        self.finish()
        self._sock.close()

    # --- the writer --------------------------------------------------------------------------

    def _write(self) -> None:
        while True:
            with self._ready:
                while not self._queue and not self._finished and self._closing_since is None:
                    self._ready.wait()
                if self._finished:
                    return
                piece = self._queue.popleft() if self._queue else None
                self._queued_bytes -= len(piece or b"")
                self._sending_since = time.monotonic()
            try:
                if piece is None:
                    self._sock.shutdown(socket.SHUT_WR)
                    return
                self._sock.sendall(piece)
            except OSError:
                self.cut()
                return
            finally:
                self._sending_since = None
            if not self._queue:
                self._on_drained(time.monotonic())

    def _finish(self) -> None:
        self._finished = True
        self._clear()
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._ready.notify_all()

    def _clear(self) -> None:
        self._queue.clear()
        self._queued_bytes = 0
