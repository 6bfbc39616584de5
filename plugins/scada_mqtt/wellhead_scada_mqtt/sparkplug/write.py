"""Metrics and payloads to send: commands of the host, and all that an edge node publishes."""

from collections.abc import Sequence

from wellhead_scada_mqtt.sparkplug._generated.sparkplug_b_pb2 import Metric, Payload
from wellhead_scada_mqtt.sparkplug.datatypes import METRIC_DATATYPES, WIRE_FIELDS

REBIRTH = "Node Control/Rebirth"
BDSEQ = "bdSeq"
_MASKS = {"int_value": 2**32 - 1, "long_value": 2**64 - 1}


def metric(
    datatype: str,
    value: float | str | None,
    *,
    name: str = "",
    alias: int | None = None,
    time: int = 0,
    typed: bool = True,
) -> Metric:
    """One metric. datatype: of a tag; value: None is null; time: milliseconds UTC, 0 = none;
    typed: says its datatype, as births must and data and commands should not."""
    made = Metric(name=name, alias=alias, timestamp=time, is_null=value is None)
    if typed:
        made.datatype = METRIC_DATATYPES[datatype]
    if value is None:
        return made
    field = WIRE_FIELDS[datatype]
    if field in _MASKS:
        setattr(made, field, int(value) & _MASKS[field])
    elif field == "boolean_value":
        made.boolean_value = bool(value)
    elif field == "string_value":
        made.string_value = str(value)
    else:
        setattr(made, field, float(value))
    return made


def payload(metrics: Sequence[Metric], time: int, seq: int | None = None) -> bytes:
    """time: milliseconds UTC; seq: none in commands and in NDEATH."""
    return Payload(timestamp=time, metrics=metrics, seq=seq).SerializeToString()


def rebirth_request(time: int) -> bytes:
    """What an NCMD says to have births published again (section 5.11)."""
    return payload([metric("bool", True, name=REBIRTH, time=time)], time)
