"""What the log says of one device: that it is connected, and that it is down.

What starts together with its gateway, after a power cut say, does not answer at once. So a device
that nobody listens for yet is not warned about in its first seconds; its state says from the first
failure on that it is down, and its tags are bad.
"""

import asyncio
from typing import Any

from wellhead.sdk import DeviceError, DeviceTimeout, DeviceUnreachable

PATIENCE_S = 8.0
"""Seconds from its start in which a device that never answered may keep silent."""


class Telling:
    """log: of the device. Lives on the loop that it is begun on."""

    def __init__(self, log: Any) -> None:
        self._log = log
        self._timer: asyncio.TimerHandle | None = None
        self._untold: str | None = None

    def begin(self) -> None:
        """The device is tried for the first time."""
        self._timer = asyncio.get_running_loop().call_later(PATIENCE_S, self._out_of_patience)

    def connected(self, after: str | None) -> None:
        """after: how long it was down"""
        self.end()
        self._log.info("device is connected", **({"after": after} if after else {}))

    def down(self, error: DeviceError) -> None:
        """It is down, and for another reason than before."""
        if self._timer is not None and isinstance(error, (DeviceUnreachable, DeviceTimeout)):
            self._untold = str(error)
            self._log.info("device does not answer yet", reason=self._untold)
        else:
            self.end()
            self._log.warning("device is down", reason=str(error))

    def end(self) -> None:
        """Nothing more is waited for."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._untold = None

    def _out_of_patience(self) -> None:
        reason = self._untold
        self.end()
        if reason is not None:
            self._log.warning("device is down", reason=reason)
