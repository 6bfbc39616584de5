"""The sending half of a WebSocket: one writer, a bounded queue, whole frames or none.

simple-websocket sends from whichever thread has something to say, with `socket.send`: that blocks
for ever on a client that does not read, and under gevent, or with a socket timeout, it may send
half a frame. So it is given this object for a socket. What is sent goes to the kernel at once while
nothing waits and the kernel takes it; else through one queue to one writer that sends each piece
whole. A client that does not take it is cut with `shutdown`, which wakes the writer and the reader
wherever they wait.
"""

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

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
    """A socket as simple-websocket uses one, and the `Outlet` of a live client.

    What has to wait does so until `start`, which is called once the handshake has been agreed to:
    of one that fails no writer is left.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        with contextlib.suppress(OSError):  # gone already, or no TCP (behind a proxy on this host)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # gevent's own `send` waits whatever the flags say; below it is the socket that does not
        self._direct: Any = getattr(sock, "_sock", sock)
        self._encrypted = isinstance(sock, ssl.SSLSocket)
        self._lock = threading.Lock()
        self._work = threading.Event()
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._rest: bytes | None = None  # of a piece whose beginning the kernel has
        self._sending_since: float | None = None
        self._closing_since: float | None = None
        self._finished = False
        self._on_drained: Callable[[float], None] = lambda now: None
        self._writer = threading.Thread(target=self._write, name="live-writer", daemon=True)

    def start(self) -> None:
        """Begin to send what waits."""
        self._writer.start()

    # --- as the outlet of a client -----------------------------------------------------------

    def send(self, frame: bytes) -> int:
        """Send or queue bytes that are whole frames. Returns their number, as a socket does."""
        with self._lock:
            if self._finished or self._closing_since is not None or self._sent_at_once(frame):
                return len(frame)
            depth = len(self._queue)
            full = self._queued_bytes + len(frame) > QUEUE_BYTES or depth >= QUEUE_PIECES
            if depth and full:
                self._finish()
            else:
                self._put(frame)
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
        with self._lock:
            if self._finished or self._closing_since is not None:
                return
            body = struct.pack(">H", code) + reason.encode()[:_MAX_REASON_BYTES]
            if not after_queued:
                self._clear()
            self._put(struct.pack(">BB", _CLOSE_FRAME, len(body)) + body)
            self._closing_since = time.monotonic()

    def cut(self) -> None:
        """End the connection now, whatever is being sent or read."""
        with self._lock:
            self._finish()

    def finish(self) -> None:
        """Give what still waits a moment to leave, then end the writer and the connection. The
        socket stays open, so that a reader waiting on it wakes and closes it."""
        with self._lock:
            if self._closing_since is None:
                self._closing_since = time.monotonic()
            self._work.set()
        self._join()
        self.cut()
        self._join()

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

    def _join(self) -> None:
        if self._writer.is_alive():
            self._writer.join(GOODBYE_SECONDS)

    # --- the writer; what follows, but for `_write`, is called with the lock held -------------

    def _write(self) -> None:
        while True:
            self._work.wait()
            with self._lock:
                self._work.clear()
            if not self._write_all():
                return
            self._on_drained(time.monotonic())

    def _write_all(self) -> bool:
        """Send all that waits. False when nothing may follow it."""
        while True:
            with self._lock:
                piece = self._next()
                self._sending_since = None if piece is None else time.monotonic()
                if piece is None and self._closing_since is None:
                    return not self._finished
            try:
                if piece is None:
                    self._sock.shutdown(socket.SHUT_WR)
                    return False
                self._sock.sendall(piece)
            except OSError:
                self.cut()
                return False

    def _next(self) -> bytes | None:
        if self._finished:
            return None
        if self._rest is not None:
            piece, self._rest = self._rest, None
            return piece
        if not self._queue:
            return None
        piece = self._queue.popleft()
        self._queued_bytes -= len(piece)
        return piece

    def _sent_at_once(self, frame: bytes) -> bool:
        """Whether the kernel took all of it, or the beginning and the writer has the rest."""
        busy = self._queue or self._rest is not None or self._sending_since is not None
        if busy or self._encrypted:
            return False
        try:
            sent = self._direct.send(frame, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            self._finish()
            return True
        if sent < len(frame):
            self._rest = frame[sent:]
            self._sending_since = time.monotonic()
            self._work.set()
        return True

    def _put(self, piece: bytes) -> None:
        self._queue.append(piece)
        self._queued_bytes += len(piece)
        self._work.set()

    def _finish(self) -> None:
        self._finished = True
        self._rest = None
        self._clear()
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._work.set()

    def _clear(self) -> None:
        self._queue.clear()
        self._queued_bytes = 0
