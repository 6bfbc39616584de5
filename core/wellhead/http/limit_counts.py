"""Counts of requests within this process.

The library's own starts a thread that forgets what has ended, at almost every request; here that is
done now and then by a request itself.
"""

import threading
from time import time

from limits.storage import Storage

_LOOK_S = 10.0
"""How often it is looked for windows that have ended."""


class ProcessCounts(Storage):
    """Fixed windows, by key; at `process://`."""

    STORAGE_SCHEME = ["process"]  # noqa: RUF012 (declared so by the library)

    def __init__(self, uri: str | None = None, **_: float | str | bool) -> None:
        super().__init__(uri)
        self._windows: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()
        self._look_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """The count of `key` with `amount` more, in a window of `expiry` seconds from its first."""
        now = time()
        with self._lock:
            if now >= self._look_at:
                self._look_at = now + _LOOK_S
                self._windows = {
                    known: window for known, window in self._windows.items() if window[1] > now
                }
            count, ends = self._windows.get(key, (0, 0.0))
            if ends <= now:
                count, ends = 0, now + expiry
            self._windows[key] = count + amount, ends
            return count + amount

    def get(self, key: str) -> int:
        """The count of `key` in the window that it is in."""
        count, ends = self._windows.get(key, (0, 0.0))
        return count if ends > time() else 0

    def get_expiry(self, key: str) -> float:
        """When the window of `key` ends, in seconds since 1970; now if it is in none."""
        return max(self._windows.get(key, (0, 0.0))[1], time())

    def check(self) -> bool:
        """It is never away."""
        return True

    def reset(self) -> int:
        """Forget all; how many keys."""
        with self._lock:
            known, self._windows = len(self._windows), {}
        return known

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._lock:
            self._windows.pop(key, None)
