"""One write: which request carries a value, sent once, and what its answer says.

Literature: Modbus Application Protocol Specification V1.1b3, sections 6.5 (function 5), 6.6 (6),
6.11 (15), 6.12 (16), 6.16 (22).
"""

import struct
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from wellhead import sdk
from wellhead_scada_modbus.answers import ModbusRefusal, answer_data, check_written
from wellhead_scada_modbus.areas import area_of
from wellhead_scada_modbus.encode import NotHeld, checked_field, encode, field_of
from wellhead_scada_modbus.line import NotSent

Send = Callable[[bytes], Awaitable[bytes]]
"""Sends a request once and returns the answer, both function code first."""

_READ_ONLY = {"discrete": "coil", "input": "holding"}


def check_write(point: sdk.Point) -> None:
    """Raises WellheadError when no request can write the point."""
    table = point.address["table"]
    if table in _READ_ONLY:
        raise sdk.WellheadError(
            f"table {table} can only be read",
            field="address.table",
            value=table,
            remedy=f"Use table {_READ_ONLY[table]} if the device has the point there too",
        )
    if point.address.get("bits") is not None and point.datatype != "uint16":
        raise sdk.WellheadError(
            f"bits of a {point.datatype} cannot be written: no function writes part of 2 registers",
            field="address.bits",
            value=list(point.address["bits"]),
            remedy="Use datatype uint16 and the register that the bits are in",
        )


async def write(
    point: sdk.Point, value: float | str, options: Mapping[str, Any], send: Send
) -> None:
    """Write one raw value and return when the device says that it took it.

    Raises WriteRefused when nothing was written for certain; after any other DeviceError it may
    have been.
    """
    try:
        field = field_of(point)
        address = point.address["address"] - options["address_base"]
        many = options["write_with"] == "multiple"
        if point.address["table"] == "coil":
            request = _coil(address, checked_field((0, 1), value), many)
        elif field is None:
            area = area_of("holding", point.address["address"], options["convention"])
            request = _registers(address, encode(point, value), area.cell, many)
        elif options["mask_write"] == "mask":
            request = _mask(point, address, field, checked_field(field, value))
        else:
            request = await _modified(point, address, field, checked_field(field, value), send)
            request = _registers(address, request, 2, many)
    except NotHeld as error:
        raise _refused(error) from error
    try:
        check_written(await send(request), request)
    except NotSent as error:
        raise _refused(error) from error
    except ModbusRefusal as refusal:
        if not refusal.nothing_written:
            raise
        raise _refused(refusal, _remedy(request[0], refusal)) from refusal


def _coil(address: int, value: int, many: bool) -> bytes:
    if many:
        return struct.pack(">BHHBB", 15, address, 1, 1, value)
    return struct.pack(">BHH", 5, address, 0xFF00 if value else 0)


def _registers(address: int, data: bytes, cell: int, many: bool) -> bytes:
    if len(data) == 2 and not many:
        return struct.pack(">BH", 6, address) + data
    return struct.pack(">BHHB", 16, address, len(data) // cell, len(data)) + data


def _mask(point: sdk.Point, address: int, field: tuple[int, int], value: int) -> bytes:
    """result = (register AND first mask) OR (second mask AND NOT first mask)"""
    low, count = field
    ones = (2**count - 1) << low
    keep = _in_order(point, 0xFFFF ^ ones)
    return struct.pack(">BHHH", 22, address, keep, _in_order(point, value << low))


async def _modified(
    point: sdk.Point, address: int, field: tuple[int, int], value: int, send: Send
) -> bytes:
    """The register as it should be, from what it is now. Nothing is written yet, so whatever goes
    wrong raises WriteRefused."""
    try:
        data = answer_data(await send(struct.pack(">BHH", 3, address, 1)), 3, 2)
    except sdk.DeviceError as error:
        raise _refused(error) from error
    low, count = field
    ones = (2**count - 1) << low
    register = _in_order(point, int.from_bytes(data, "big"))
    register = register & ~ones | value << low
    return _in_order(point, register).to_bytes(2, "big")


def _in_order(point: sdk.Point, register: int) -> int:
    """Between the number and what its register holds in the point's byte order."""
    if point.address["byte_order"] == "big":
        return register
    return int.from_bytes(register.to_bytes(2, "little"), "big")


def _remedy(function: int, refusal: ModbusRefusal) -> str | None:
    if refusal.code != 1:
        return None
    if function == 22:
        return 'Set mask_write = "read_modify_write" if the device has no function 22'
    if function in (5, 6):
        return f'Set write_with = "multiple" if the device has no function {function}'
    return f"The device has no function {function}; see its manual"


def _refused(error: sdk.WellheadError, remedy: str | None = None) -> sdk.WriteRefused:
    return sdk.WriteRefused(
        error.message, field=error.field, value=error.value, remedy=remedy or error.remedy
    )
