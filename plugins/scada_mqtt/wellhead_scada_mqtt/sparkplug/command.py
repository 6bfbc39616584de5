"""What a command says, and whether what a metric reads afterwards is what was commanded: pure."""

import math

import numpy as np

from wellhead import sdk
from wellhead_scada_mqtt.sparkplug import write
from wellhead_scada_mqtt.sparkplug.datatypes import NAMES, TAG_DATATYPES, name_of
from wellhead_scada_mqtt.sparkplug.host import Present
from wellhead_scada_mqtt.sparkplug.payload import decode, readings

Value = float | str


def command(present: Present, row: int, value: Value, time: int) -> tuple[bytes, Value]:
    """The payload that commands `value` of the metric at `row`, and what the metric will then read.

    time: milliseconds UTC. By its alias where the birth gave one (section 6.4.6). Raises
    WriteRefused when the metric's datatype cannot hold the value.
    """
    birth = present.birth
    number, metric = int(birth.datatypes[row]), birth.message.metrics[row]
    datatype = TAG_DATATYPES.get(NAMES[number]) if number < len(NAMES) else None
    if datatype is None or isinstance(value, str) != (datatype == "string"):
        raise _refused("cannot hold it", number, value)
    if datatype.startswith(("int", "uint")):
        if not _whole(value):
            raise _refused("holds whole numbers", number, value)
        bounds = np.iinfo(datatype)
        if not bounds.min <= float(value) <= bounds.max:
            raise _refused(f"holds {bounds.min} to {bounds.max}", number, value)
    aliased = metric.HasField("alias")
    made = write.metric(
        datatype,
        value,
        name="" if aliased else metric.name,
        alias=metric.alias if aliased else None,
        time=time,
        typed=False,
    )
    payload = write.payload([made], time)
    read = readings(decode(payload), birth.datatypes[row : row + 1])
    then: Value = read.texts[0] if read.texts else float(read.values[0])
    if not isinstance(value, str) and not math.isclose(float(then), value, rel_tol=1e-6):
        raise _refused("cannot hold it", number, value)
    return payload, then


def reads(present: Present, row: int, value: Value) -> bool:
    """Whether the metric reads `value` now, and that is good."""
    now: Value = present.texts.get(row, "") if isinstance(value, str) else present.values[row]
    good: np.bool_ = sdk.quality.is_good(present.qualities[row : row + 1])[0]
    return bool(good) and now == value


def _whole(value: Value) -> bool:
    return isinstance(value, float | int) and math.isfinite(value) and value == int(value)


def _refused(why: str, number: int, value: Value) -> sdk.WriteRefused:
    return sdk.WriteRefused(
        f"the metric's datatype, {name_of(number)}, {why}",
        field="value",
        value=value,
        remedy="Command a value that the metric can hold",
    )
