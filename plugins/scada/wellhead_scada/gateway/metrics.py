"""What a gateway counts for Prometheus."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from wellhead import sdk
from wellhead_scada.engine.around import DeviceHealth
from wellhead_scada.engine.state import Status

_LABELS = ("tenant", "gateway")
_STORED = sdk.counter("scada_readings_stored_total", "Readings stored by this gateway", _LABELS)
_SPOOL = sdk.gauge("scada_spool_bytes", "Readings in the spool, not yet stored", _LABELS)
_LOST = sdk.gauge(
    "scada_readings_lost", "Readings that a full spool refused or dropped since the start", _LABELS
)
_TEXTLESS = sdk.gauge(
    "scada_readings_textless",
    "Readings stored without their text since the start, the dictionary being full",
    _LABELS,
)
_OFFERED = sdk.gauge(
    "scada_exception_offered", "Readings of tags that report by exception since the start", _LABELS
)
_PASSED = sdk.gauge(
    "scada_exception_stored", "Those of scada_exception_offered that were stored", _LABELS
)
_DEVICES = sdk.gauge("scada_devices", "Devices by their state", (*_LABELS, "state"))


class Metrics:
    """The numbers of gateway `name` of `tenant`."""

    def __init__(self, tenant: str, name: str) -> None:
        self._names = (tenant, name)
        self._stored = _STORED.labels(*self._names)

    def stored(self, batch: sdk.Batch) -> None:
        self._stored.inc(len(batch))

    def report(self, health: Mapping[str, DeviceHealth], detail: Mapping[str, Any]) -> None:
        """health: by device id; detail: as the heartbeat tells it"""
        _SPOOL.labels(*self._names).set(detail["spool_bytes"])
        _LOST.labels(*self._names).set(detail["refused_readings"] + detail["dropped_readings"])
        _TEXTLESS.labels(*self._names).set(detail["textless_readings"])
        _OFFERED.labels(*self._names).set(detail["exception_offered"])
        _PASSED.labels(*self._names).set(detail["exception_stored"])
        states = Counter(device.state.status for device in health.values())
        for status in Status:
            _DEVICES.labels(*self._names, status.value).set(states[status])
