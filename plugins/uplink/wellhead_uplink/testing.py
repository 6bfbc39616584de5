"""For tests of links: the proxy of faults beside code that has no event loop."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

from wellhead.testing import Fault, FaultProxy

_PATIENCE_S = 10.0


class Line:
    """A FaultProxy before `port` of loopback, on a loop of its own. Use it with `with`."""

    def __init__(self, port: int) -> None:
        self._proxy = FaultProxy(port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> "Line":
        self._thread.start()
        self._do(self._proxy.start())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._proxy.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def port(self) -> int:
        return self._proxy.port

    def set(self, fault: Fault) -> None:
        """From now on, also on the connections there are."""
        self._do(self._proxy.set(fault))

    def _do(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)
