"""What a process `uplink` counts for Prometheus."""

from wellhead import sdk
from wellhead_uplink.edge.destination import Backlog

_LABELS = ("tenant", "destination")
SENT = sdk.counter("uplink_readings_sent_total", "Readings that have arrived", _LABELS)
_WAITING = sdk.gauge("uplink_backlog_bytes", "Packed readings that wait to be sent", _LABELS)
_AGE = sdk.gauge("uplink_backlog_seconds", "Age of the oldest reading that waits", _LABELS)
_DROPPED = sdk.gauge("uplink_readings_dropped", "Readings that a full outbox lost, ever", _LABELS)


def report(tenant: str, name: str, backlog: Backlog) -> None:
    _WAITING.labels(tenant, name).set(backlog.bytes)
    _AGE.labels(tenant, name).set(backlog.age_s)
    _DROPPED.labels(tenant, name).set(backlog.dropped)
