"""A tag that cannot be is refused when it is saved, with the field and what to do."""

import pytest
from marshmallow import ValidationError

from wellhead import sdk
from wellhead_scada_modbus.driver import ModbusDriver
from wellhead_scada_modbus.schemas import ModbusAddressSchema, ModbusDeviceSchema

from .helpers import options, point


@pytest.mark.parametrize(
    ("wrong", "base", "field", "value", "remedy"),
    [
        (point("float32", "coil", 1), 0, "datatype", "float32", "Use bool, or the table holding"),
        (point("bool", "holding", 1), 0, "datatype", "bool", "Use uint16, or the table coil"),
        (point("int8", "holding", 1), 0, "datatype", "int8", "Use one of bool, int16"),
        (point("int16", "holding", 65536), 0, "address.address", 65536, "Use 0 to 65535"),
        (point("int16", "holding", -1), 0, "address.address", -1, "Use 0 to 65535"),
        (point("int16", "holding", 0), 1, "address.address", 0, "Use 1 to 65536"),
        (point("float32", "input", 65535), 0, "address.address", 65535, "Use 65534 at most"),
        (point("uint32", "input", 65536), 1, "address.address", 65536, "Use 65535 at most"),
        (point("float64", "input", 65533), 0, "address.address", 65533, "Use 65532 at most"),
        (point("string", "input", 1), 0, "address.length", None, "Give the number"),
        (point("int16", "input", 1, length=2), 0, "address.length", 2, "Leave it out"),
        (point("uint16", "input", 1, bit=2), 0, "address.bit", 2, "Leave it out"),
        (point("bool", "coil", 1, bit=2), 0, "address.bit", 2, "Leave it out"),
        (point("int16", "input", 1, bits=[0, 2]), 0, "address.bits", [0, 2], "Leave it out"),
        (point("uint16", "input", 1, bits=[12, 5]), 0, "address.bits", [12, 5], "Use [lowest"),
        (point("uint16", "input", 1, bits=[12, 0]), 0, "address.bits", [12, 0], "Use [lowest"),
        (
            point("float32", "input", 1, word_order="big_swapped"),
            0,
            "address.word_order",
            "big_swapped",
            "Use big or little",
        ),
        (
            point("bool", "discrete", 1, word_order="little"),
            0,
            "address.word_order",
            "little",
            "Leave it out",
        ),
    ],
)
def test_impossible_points_are_refused(
    wrong: sdk.Point, base: int, field: str, value: object, remedy: str
) -> None:
    with pytest.raises(sdk.WellheadError) as refused:
        ModbusDriver.check_point(wrong, options(address_base=base))
    assert refused.value.field == field
    assert refused.value.value == value
    assert refused.value.remedy is not None
    assert refused.value.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("right", "base"),
    [
        (point("int16", "holding", 0), 0),
        (point("float32", "input", 65534), 0),
        (point("float32", "input", 65535), 1),
        (point("int16", "holding", 65536), 1),
        (point("bool", "discrete", 65535), 0),
        (point("uint32", "holding", 7, byte_order="little", word_order="little"), 0),
        (point("bool", "holding", 7, bit=15), 0),
        (point("uint32", "holding", 7, bits=[0, 32]), 0),
        (point("float64", "input", 65532, word_order="little_swapped"), 0),
        (point("string", "input", 65413, length=123), 0),
    ],
)
def test_possible_points_pass(right: sdk.Point, base: int) -> None:
    ModbusDriver.check_point(right, options(address_base=base))


def test_a_value_longer_than_a_request_is_refused() -> None:
    for wrong, field in (
        (point("string", "holding", 0, length=5), "address.length"),
        (point("float64", "holding", 0), "datatype"),
    ):
        with pytest.raises(sdk.WellheadError, match="one request of this device") as refused:
            ModbusDriver.check_point(wrong, options(max_registers=3))
        assert refused.value.field == field


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "host"),
        ({"host": ""}, "host"),
        ({"host": "h", "port": 0}, "port"),
        ({"host": "h", "port": "502"}, "port"),
        ({"host": "h", "unit": 256}, "unit"),
        ({"host": "h", "address_base": 2}, "address_base"),
        ({"host": "h", "gap_limit": 125}, "gap_limit"),
        ({"host": "h", "max_registers": 126}, "max_registers"),
        ({"host": "h", "max_registers": 1}, "max_registers"),
        ({"host": "h", "retries": -1}, "retries"),
        ({"host": "h", "framing": "ascii"}, "framing"),
        ({"host": "h", "framing": "rtu_over_tcp", "unit": 0}, "unit"),
        ({"host": "h", "framing": "rtu", "serial_port": "/dev/ttyUSB0"}, "host"),
        ({"host": "h", "serial_port": "/dev/ttyUSB0"}, "serial_port"),
        ({"framing": "rtu"}, "serial_port"),
        ({"framing": "rtu", "serial_port": "/etc/passwd"}, "serial_port"),
        ({"framing": "rtu", "serial_port": "/dev/ttyUSB0", "baudrate": 9601}, "baudrate"),
        ({"framing": "rtu", "serial_port": "/dev/ttyUSB0", "parity": "mark"}, "parity"),
        ({"framing": "rtu", "serial_port": "/dev/ttyUSB0", "unit": 248}, "unit"),
        ({"host": "h", "convention": "daniel"}, "convention"),
        ({"host": "h", "pause_ms": -1}, "pause_ms"),
    ],
)
def test_wrong_device_options_are_refused(given: dict[str, object], field: str) -> None:
    assert list(ModbusDeviceSchema().validate(given)) == [field]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"address": 1}, "table"),
        ({"table": "holding"}, "address"),
        ({"table": "register", "address": 1}, "table"),
        ({"table": "holding", "address": 1.5}, "address"),
        ({"table": "holding", "address": 1, "word_order": "ABCD"}, "word_order"),
        ({"table": "holding", "address": 1, "bit": 16}, "bit"),
        ({"table": "holding", "address": 1, "bits": [3]}, "bits"),
        ({"table": "holding", "address": 1, "bits": [3, 40]}, "bits"),
        ({"table": "holding", "address": 1, "length": 124}, "length"),
        ({"table": "holding", "address": 1, "encoding": "utf-16"}, "encoding"),
    ],
)
def test_wrong_addresses_are_refused(given: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ModbusAddressSchema().load(given)
    assert list(refused.value.messages_dict) == [field]
