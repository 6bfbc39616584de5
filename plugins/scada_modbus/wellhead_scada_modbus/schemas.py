"""What a Modbus device and the address of a Modbus tag are made of."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

REGISTER_TABLES = ("holding", "input")
BIT_TABLES = ("coil", "discrete")
TABLES = (*REGISTER_TABLES, *BIT_TABLES)
FUNCTIONS = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}
"""The function code that reads each table (Modbus Application Protocol V1.1b3, section 6)."""

SIZES = {
    "int16": 2,
    "uint16": 2,
    "int32": 4,
    "uint32": 4,
    "float32": 4,
    "int64": 8,
    "uint64": 8,
    "float64": 8,
}
"""Bytes that a number of each datatype takes."""

DATATYPES = ("bool", *SIZES, "string")

BYTE_ORDERS = ("big", "little")
WORD_ORDERS = {
    "big": (0, 1, 2, 3),
    "little": (3, 2, 1, 0),
    "big_swapped": (1, 0, 3, 2),
    "little_swapped": (2, 3, 0, 1),
}
"""Which word of a 64-bit value (0 = most significant) each of its registers holds."""

FRAMINGS = ("tcp", "rtu_over_tcp", "rtu")
ENCODINGS = ("ascii", "latin-1", "utf-8")
MAX_TEXT_REGISTERS = 123
"""So that a text can also be written with one request (function 16)."""


class ModbusDeviceSchema(Schema):
    """Options of a device."""

    framing = fields.String(
        load_default="tcp",
        validate=validate.OneOf(FRAMINGS),
        metadata={
            "description": "tcp; rtu_over_tcp: RTU frames through a serial converter; rtu: a "
            "serial port of the gateway's machine"
        },
    )
    host = fields.String(
        load_default=None,
        validate=validate.Length(1, 253),
        metadata={"description": "IP address or name of the device; not with framing rtu"},
    )
    port = fields.Integer(
        load_default=502,
        strict=True,
        validate=validate.Range(1, 65535),
        metadata={"description": "TCP port; not with framing rtu"},
    )
    shared = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Whether the units at this host and port share one connection; of "
            "framing tcp, others always do"
        },
    )
    serial_port = fields.String(
        load_default=None,
        validate=validate.Regexp(
            r"/dev/[\w./:+-]+\Z", error="Must be the path of a device below /dev/."
        ),
        metadata={"description": "Path of the serial port, /dev/ttyUSB0 say; with framing rtu"},
    )
    baudrate = fields.Integer(
        load_default=19200,
        strict=True,
        validate=validate.OneOf(
            [300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400]
        ),
        metadata={"description": "Bits a second of the serial port"},
    )
    parity = fields.String(
        load_default="even",
        validate=validate.OneOf(["even", "odd", "none"]),
        metadata={"description": "Parity of the serial port"},
    )
    stopbits = fields.Integer(
        load_default=1,
        strict=True,
        validate=validate.OneOf([1, 2]),
        metadata={"description": "Stop bits of the serial port"},
    )
    unit = fields.Integer(
        load_default=1,
        strict=True,
        validate=validate.Range(0, 255),
        metadata={"description": "Unit id, the device's number behind its address"},
    )
    pause_ms = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, 1000),
        metadata={"description": "Silence before each request, for devices that need it"},
    )
    convention = fields.String(
        load_default="modbus",
        validate=validate.OneOf(["modbus", "enron"]),
        metadata={
            "description": "enron: 3001+ are 16-bit, 5001+ 32-bit integers and 7001+ floats, one "
            "address each (Enron/Daniel)"
        },
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
    in_flight = fields.Integer(
        load_default=1,
        strict=True,
        validate=validate.Range(1, 16),
        metadata={
            "description": "Read requests that are sent before the first is answered; above 1 only "
            "with framing tcp, for devices that take it"
        },
    )
    retries = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, 3),
        metadata={"description": "Repeated reads before the device counts as silent"},
    )
    write_with = fields.String(
        load_default="single",
        validate=validate.OneOf(["single", "multiple"]),
        metadata={
            "description": "single: functions 5 and 6 for one coil or register; multiple: 15 and "
            "16 for those too"
        },
    )
    mask_write = fields.String(
        load_default="mask",
        validate=validate.OneOf(["mask", "read_modify_write"]),
        metadata={
            "description": "How a bit field is written: mask (function 22), or "
            "read_modify_write, during which a change by the device itself is lost"
        },
    )

    @validates_schema
    def check_way(self, data: Mapping[str, Any], **_: Any) -> None:
        """The framing says how the device is reached, and what else must be given for it."""
        serial = data["framing"] == "rtu"
        needed, other = ("serial_port", "host") if serial else ("host", "serial_port")
        if data[needed] is None:
            raise ValidationError(f"Required with framing {data['framing']}.", needed)
        if data[other] is not None:
            raise ValidationError(f"Has no meaning with framing {data['framing']}.", other)
        if data["framing"] != "tcp" and data["in_flight"] != 1:
            raise ValidationError(f"Must be 1 with framing {data['framing']}.", "in_flight")
        if data["pause_ms"] and data["in_flight"] != 1:
            raise ValidationError("Must be 1 with pause_ms.", "in_flight")
        if data["framing"] != "tcp" and not 1 <= data["unit"] <= 247:
            raise ValidationError("Units on a serial line are 1 to 247.", "unit")


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
        validate=validate.OneOf(BYTE_ORDERS),
        metadata={"description": "big: each register's high byte first, as the standard says"},
    )
    word_order = fields.String(
        load_default="big",
        validate=validate.OneOf(list(WORD_ORDERS)),
        metadata={
            "description": "big: the register with the highest word first; little: last; "
            "big_swapped, little_swapped: of 64 bits, with the words of each half swapped"
        },
    )
    bit = fields.Integer(
        load_default=None,
        strict=True,
        validate=validate.Range(0, 15),
        metadata={"description": "Of a bool in a register: which bit, 0 is the lowest"},
    )
    bits = fields.List(
        fields.Integer(strict=True, validate=validate.Range(0, 32)),
        load_default=None,
        validate=validate.Length(equal=2),
        metadata={"description": "Of a uint16 or uint32: [lowest bit, number of bits] that count"},
    )
    length = fields.Integer(
        load_default=None,
        strict=True,
        validate=validate.Range(1, MAX_TEXT_REGISTERS),
        metadata={"description": "Of a string: registers, two bytes each"},
    )
    encoding = fields.String(
        load_default="ascii",
        validate=validate.OneOf(ENCODINGS),
        metadata={"description": "Of a string"},
    )
