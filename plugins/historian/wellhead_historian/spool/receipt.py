"""What becomes of an append: told once, by the spool's thread, to whoever asks from any.

As a `concurrent.futures.Future`, of which it is the few parts that are needed. One of those comes
with a condition, a lock and three lists, which costs more than everything else that an append does,
and thousands a second are made. Here only who waits makes an object to wait by.
"""

import threading
from collections.abc import Callable, Sequence

import structlog

_mutex = threading.Lock()  # of the lists of callbacks, which few receipts ever have
log = structlog.get_logger(__name__)


class Receipt:
    """Of one batch: the id it has in the spool once it is on disk, or why it is not kept."""

    __slots__ = ("_callbacks", "_told")

    def __init__(self) -> None:
        self._told: int | Exception | None = None
        self._callbacks: list[Callable[[Receipt], object]] | None = None

    def done(self) -> bool:
        """Whether it is told."""
        return self._told is not None

    def result(self, timeout: float | None = None) -> int:
        """The id, waited for up to `timeout` s. Raises why it is not kept, or TimeoutError."""
        told = self._wait(timeout)
        if isinstance(told, Exception):
            raise told
        return told

    def exception(self, timeout: float | None = None) -> Exception | None:
        """Why it is not kept, None when it is; waited for as `result` does."""
        told = self._wait(timeout)
        return told if isinstance(told, Exception) else None

    def add_done_callback(self, callback: "Callable[[Receipt], object]") -> None:
        """Call it once it is told, by the thread that tells, or at once; its errors are logged."""
        with _mutex:
            self._callbacks = [*(self._callbacks or ()), callback]
        if self._told is not None:
            self._call()

    def tell(self, what: int | Exception) -> None:
        """The id, or why there is none; once."""
        self._told = what  # before the look for callbacks: who adds one looks the other way round
        if self._callbacks is not None:
            self._call()

    def _call(self) -> None:
        with _mutex:
            callbacks, self._callbacks = self._callbacks, None
        for callback in callbacks or ():
            try:
                callback(self)
            except Exception:  # isolates: the spool's thread must outlive whoever it tells
                log.error("spool: a callback failed", exc_info=True)

    def _wait(self, timeout: float | None) -> int | Exception:
        if self._told is None:
            told = threading.Event()
            self.add_done_callback(lambda _: told.set())
            told.wait(timeout)
        if self._told is None:
            raise TimeoutError(f"not told within {timeout} s")
        return self._told


def all_of(receipts: Sequence[Receipt]) -> Receipt:
    """Told when all are: the last one's id, or the first error."""
    whole = Receipt()
    left = [len(receipts)]
    mutex = threading.Lock()

    def one_told(_: Receipt) -> None:
        with mutex:
            left[0] -= 1
            if left[0]:
                return
        errors = [error for receipt in receipts if (error := receipt.exception()) is not None]
        whole.tell(errors[0] if errors else receipts[-1].result())

    for receipt in receipts:
        receipt.add_done_callback(one_told)
    return whole
