"""What a Modbus device and the address of a Modbus tag are made of."""

from marshmallow import Schema, fields, validate

REGISTER_TABLES = ("holding", "input")
BIT_TABLES = ("coil", "discrete")
TABLES = (*REGISTER_TABLES, *BIT_TABLES)
FUNCTIONS = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}
"""The function code that reads each table (Modbus Application Protocol V1.1b3, section 6)."""

WIDTHS = {"bool": 1, "int16": 1, "uint16": 1, "int32": 2, "uint32": 2, "float32": 2}
"""Addresses that a value of each datatype takes: bits in the bit tables, else registers."""

ORDERS = ("big", "little")


class ModbusDeviceSchema(Schema):
    """Options of a device."""

    host = fields.String(
        required=True,
        validate=validate.Length(1, 253),
        metadata={"description": "IP address or name of the device"},
    )
    port = fields.Integer(
        load_default=502,
        strict=True,
        validate=validate.Range(1, 65535),
        metadata={"description": "TCP port"},
    )
    unit = fields.Integer(
        load_default=1,
        strict=True,
        validate=validate.Range(0, 255),
        metadata={"description": "Unit id, the device's number behind its address"},
    )
    address_base = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.OneOf([0, 1]),
        metadata={"description": "Number of the first address in the device's manual: 0 or 1"},
    )
    gap_limit = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, 124),
        metadata={
            "description": "Unasked addresses that one request may read over; above 0 only for "
            "devices that answer for every address in between"
        },
    )
    max_registers = fields.Integer(
        load_default=125,
        strict=True,
        validate=validate.Range(2, 125),
        metadata={"description": "Registers one request may ask for; bits: 16 times as many"},
    )
    retries = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, 3),
        metadata={"description": "Repeated requests before the device counts as silent"},
    )


class ModbusAddressSchema(Schema):
    """Address of a tag."""

    table = fields.String(
        required=True,
        validate=validate.OneOf(TABLES),
        metadata={"description": "holding or input registers, coil or discrete inputs"},
    )
    address = fields.Integer(
        required=True,
        strict=True,
        metadata={"description": "Number in the table, counted from the device's address base"},
    )
    byte_order = fields.String(
        load_default="big",
        validate=validate.OneOf(ORDERS),
        metadata={"description": "big: each register's high byte first, as the standard says"},
    )
    word_order = fields.String(
        load_default="big",
        validate=validate.OneOf(ORDERS),
        metadata={"description": "big: of a 32-bit value, the register with the high word first"},
    )
