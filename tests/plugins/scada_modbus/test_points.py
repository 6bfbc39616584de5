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
        (point("int64", "holding", 1), 0, "datatype", "int64", "Use one of bool, int16"),
        (point("int16", "holding", 65536), 0, "address.address", 65536, "Use 0 to 65535"),
        (point("int16", "holding", -1), 0, "address.address", -1, "Use 0 to 65535"),
        (point("int16", "holding", 0), 1, "address.address", 0, "Use 1 to 65536"),
        (point("float32", "input", 65535), 0, "address.address", 65535, "Use 65534 at most"),
        (point("uint32", "input", 65536), 1, "address.address", 65536, "Use 65535 at most"),
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
    ],
)
def test_possible_points_pass(right: sdk.Point, base: int) -> None:
    ModbusDriver.check_point(right, options(address_base=base))


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
        ({"table": "holding", "address": 1, "bit": 3}, "bit"),
    ],
)
def test_wrong_addresses_are_refused(given: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ModbusAddressSchema().load(given)
    assert list(refused.value.messages_dict) == [field]
