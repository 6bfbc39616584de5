"""What an S7 device and the address of one of its tags are made of, and which tags there can be."""

import struct
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from wellhead import sdk

AREAS = {"I": 0x81, "Q": 0x82, "M": 0x83, "DB": 0x84}
"""Area codes of the protocol: inputs, outputs, markers, data blocks."""

CODES = {
    "int8": ">b",
    "uint8": ">B",
    "int16": ">h",
    "uint16": ">H",
    "int32": ">i",
    "uint32": ">I",
    "float32": ">f",
    "float64": ">d",
}
SIZES = {"bool": 1} | {name: struct.calcsize(code) for name, code in CODES.items()}
"""Bytes of each datatype; S7 sends the most significant first."""

LAST_BYTE = 65535


class DeviceSchema(Schema):
    """Options of a device."""

    host = fields.String(
        required=True,
        validate=validate.Length(1, 253),
        metadata={"description": "IP address or name of the controller"},
    )
    port = fields.Integer(
        load_default=102,
        strict=True,
        validate=validate.Range(1, 65535),
        metadata={"description": "TCP port"},
    )
    rack = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, 7),
        metadata={"description": "Rack of the CPU"},
    )
    slot = fields.Integer(
        load_default=1,
        strict=True,
        validate=validate.Range(0, 31),
        metadata={"description": "Slot of the CPU: 1 in S7-1200 and S7-1500, 2 in S7-300"},
    )


class AddressSchema(Schema):
    """Address of a tag."""

    area = fields.String(
        required=True,
        validate=validate.OneOf(AREAS),
        metadata={"description": "DB data block, M markers, I inputs, Q outputs"},
    )
    db = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, 65535),
        metadata={"description": "Number of the data block; 0 in the other areas"},
    )
    byte = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, LAST_BYTE),
        metadata={"description": "Offset of the first byte, from 0"},
    )
    bit = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, 7),
        metadata={"description": "Bit of a bool, 0 the least significant"},
    )


def check(point: sdk.Point) -> None:
    """Raises WellheadError naming field, value and remedy of what no S7 has."""
    address: Mapping[str, Any] = point.address
    if (address["area"] == "DB") != (address["db"] > 0):
        block = address["area"] == "DB"
        raise sdk.WellheadError(
            "a data block has a number" if block else f"area {address['area']} has no data blocks",
            field="address.db",
            value=address["db"],
            remedy="Use the block's number, 1 say" if block else "Leave it out",
        )
    if point.datatype != "bool" and address["bit"]:
        raise sdk.WellheadError(
            f"a {point.datatype} begins at a whole byte",
            field="address.bit",
            value=address["bit"],
            remedy="Leave it out, or use datatype bool",
        )
    last = LAST_BYTE + 1 - SIZES[point.datatype]
    if address["byte"] > last:
        raise sdk.WellheadError(
            f"a {point.datatype} does not fit behind this byte",
            field="address.byte",
            value=address["byte"],
            remedy=f"Use {last} at most",
        )
