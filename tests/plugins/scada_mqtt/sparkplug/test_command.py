"""What a command says, and which values it refuses before anything is sent."""

import math

import pytest

from wellhead import sdk
from wellhead_scada_mqtt.sparkplug import write
from wellhead_scada_mqtt.sparkplug.command import Value, command, reads
from wellhead_scada_mqtt.sparkplug.datatypes import METRIC_DATATYPES, NUMBERS
from wellhead_scada_mqtt.sparkplug.host import Host, Owner, Present
from wellhead_scada_mqtt.sparkplug.payload import decode, readings
from wellhead_scada_mqtt.sparkplug.topics import Topic

NOW_MS = 1_700_000_000_000
TOP = {
    **{f"int{bits}": 2.0 ** (bits - 1) - 1 for bits in (8, 16, 32)},
    **{f"uint{bits}": 2.0**bits - 1 for bits in (8, 16, 32)},
}


def born(datatype: str, *, aliased: bool = True) -> Present:
    """A node with one metric, in row 0."""
    host, alias = Host(2.0, 5.0), 7 if aliased else None
    made = write.metric(datatype, None, name="sp", alias=alias, time=NOW_MS)
    host.hear(Topic("g", "NBIRTH", "n"), write.payload([made], NOW_MS, 0), 0.0)
    return host.present[Owner("g", "n")]


@pytest.mark.parametrize("datatype", METRIC_DATATYPES)
def test_a_command_is_what_the_metric_will_read(datatype: str) -> None:
    present = born(datatype)
    value: Value = "run" if datatype == "string" else 1.0

    data, then = command(present, 0, value, NOW_MS)

    message = decode(data)
    read = readings(message, present.birth.datatypes)
    assert (message.keys, message.seq, then) == ([7], None, value)
    assert read.texts.get(0, float(read.values[0])) == value
    assert not reads(present, 0, then)  # it is null yet


def test_a_metric_without_an_alias_is_commanded_by_name() -> None:
    data, _ = command(born("bool", aliased=False), 0, 1.0, NOW_MS)

    assert decode(data).keys == ["sp"]


@pytest.mark.parametrize("datatype", TOP)
def test_whole_numbers_have_bounds(datatype: str) -> None:
    top, present = TOP[datatype], born(datatype)
    bottom = 0.0 if datatype.startswith("u") else -top - 1

    for value in (bottom, top):
        assert command(present, 0, value, NOW_MS)[1] == value
    for value in (bottom - 1, top + 1, 0.5, math.nan, math.inf):
        with pytest.raises(sdk.WriteRefused):
            command(present, 0, value, NOW_MS)


@pytest.mark.parametrize(
    ("datatype", "value"),
    [("float32", 1e39), ("float64", math.nan), ("bool", 2.0), ("string", 1.0), ("float32", "1")],
)
def test_what_the_metric_cannot_hold_is_refused(datatype: str, value: Value) -> None:
    with pytest.raises(sdk.WriteRefused) as refused:
        command(born(datatype), 0, value, NOW_MS)
    assert (refused.value.field, refused.value.value) == ("value", value)


def test_a_metric_of_a_structured_datatype_is_refused() -> None:
    present = born("float64")
    present.birth.datatypes[0] = NUMBERS["Template"]

    with pytest.raises(sdk.WriteRefused, match="Template"):
        command(present, 0, 1.0, NOW_MS)
