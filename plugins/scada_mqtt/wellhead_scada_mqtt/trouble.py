"""What messages had that could not be used: counted each time, logged the first time."""

import reprlib
from typing import Any

import structlog

from wellhead import sdk

log = structlog.get_logger(__name__)

_TROUBLES = sdk.counter(
    "scada_mqtt_troubles_total", "Messages or values that could not be used", ("device", "trouble")
)
_MOST_KNOWN = 1000
"""Kinds and topics that are remembered as logged; a broker with more gets some lines again."""


class Troubles:
    """Those of one connection to `device`."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._logged: set[tuple[str, str]] = set()
        self._unasked = False
        self._counters: dict[str, Any] = {}

    def note_unasked(self, topic: str) -> None:
        """No tag has this topic: what a wide filter brings along."""
        self._count("no tag has this topic")
        if not self._unasked:
            self._unasked = True
            log.info("messages come that no tag is of", device=self._device, topic=topic)

    def note(self, topic: str, trouble: str, found: object) -> None:
        """trouble: one of few, what is wrong; found: instead of what was expected"""
        self._count(trouble)
        if (topic, trouble) in self._logged:
            return
        if len(self._logged) >= _MOST_KNOWN:
            self._logged.clear()
        self._logged.add((topic, trouble))
        log.warning(
            "a message cannot be used, or not all of it",
            device=self._device,
            topic=topic,
            trouble=trouble,
            found=found if isinstance(found, str) and len(found) < 80 else reprlib.repr(found),
        )

    def _count(self, trouble: str) -> None:
        counter = self._counters.get(trouble)
        if counter is None:
            counter = self._counters[trouble] = _TROUBLES.labels(self._device, trouble)
        counter.inc()
