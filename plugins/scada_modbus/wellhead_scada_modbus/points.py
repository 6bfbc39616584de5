"""Which points a Modbus device can have, and what to change about one that it cannot."""

from collections.abc import Mapping
from typing import Any

from wellhead import sdk
from wellhead_scada_modbus.areas import Area, area_of, size_of, span_of
from wellhead_scada_modbus.schemas import BIT_TABLES, DATATYPES

LAST = 65535
"""The last address of a table, counted from 0."""

_ONLY_FOR = {"bit": ("bool",), "bits": ("uint16", "uint32"), "length": ("string",)}


def check(point: sdk.Point, options: Mapping[str, Any]) -> None:
    """Raises WellheadError naming field, value and remedy when `point` cannot be read from a
    device with these options."""
    if point.datatype not in DATATYPES:
        raise sdk.WellheadError(
            "is no datatype of Modbus",
            field="datatype",
            value=point.datatype,
            remedy=f"Use one of {', '.join(DATATYPES)}",
        )
    for field, datatypes in _ONLY_FOR.items():
        if point.address.get(field) is not None and point.datatype not in datatypes:
            raise _wrong(point, field, f"has no meaning for a {point.datatype}")
    if point.address["table"] in BIT_TABLES:
        _check_bit(point)
    else:
        _check_register(point)
    area = area_of(point.address["table"], point.address["address"], options["convention"])
    _check_area(point, area)
    _check_range(point, area, options["address_base"])
    _check_size(point, options["max_registers"])


def _check_bit(point: sdk.Point) -> None:
    table = point.address["table"]
    if point.datatype != "bool":
        raise sdk.WellheadError(
            f"an address of table {table} is one bit",
            field="datatype",
            value=point.datatype,
            remedy=f"Use bool, or the table holding or input for {point.datatype}",
        )
    for field, default in (("byte_order", "big"), ("word_order", "big"), ("bit", None)):
        if point.address.get(field) != default:
            raise _wrong(point, field, f"has no meaning for one bit of table {table}")


def _check_register(point: sdk.Point) -> None:
    address = point.address
    if point.datatype == "bool" and address.get("bit") is None:
        raise sdk.WellheadError(
            f"a register of table {address['table']} is no bool",
            field="datatype",
            value="bool",
            remedy="Use uint16, or the table coil or discrete, or say with address.bit which bit",
        )
    if point.datatype == "string" and address.get("length") is None:
        raise sdk.WellheadError(
            "a string needs its length",
            field="address.length",
            value=None,
            remedy="Give the number of registers, two bytes each",
        )
    width = 8 * size_of(point)
    bits = address.get("bits")
    if bits is not None and (bits[1] < 1 or sum(bits) > width):
        raise sdk.WellheadError(
            f"lies outside the {width} bits of a {point.datatype}",
            field="address.bits",
            value=list(bits),
            remedy=f"Use [lowest bit, number of bits], together {width} at most",
        )
    if address["word_order"] not in ("big", "little") and width != 64:
        raise sdk.WellheadError(
            f"has a meaning for 64-bit values only, and this is a {point.datatype}",
            field="address.word_order",
            value=address["word_order"],
            remedy="Use big or little",
        )


def _check_area(point: sdk.Point, area: Area) -> None:
    if area.datatypes is not None and point.datatype not in area.datatypes:
        raise sdk.WellheadError(
            f"addresses {area.first} to {area.last} of an Enron device hold "
            f"{' or '.join(area.datatypes)}",
            field="datatype",
            value=point.datatype,
            remedy=f"Use {area.datatypes[0]}, or correct the address or the device's convention",
        )
    if area.cell == 4 and point.address.get("bits") is not None:
        raise _wrong(point, "bits", f"has no meaning from {area.first} to {area.last}")


def _check_range(point: sdk.Point, area: Area, address_base: int) -> None:
    address = point.address["address"]
    last = LAST + address_base
    if not address_base <= address <= last:
        raise sdk.WellheadError(
            f"lies outside the table of a device with address base {address_base}",
            field="address.address",
            value=address,
            remedy=f"Use {address_base} to {last}, or correct the device's address_base",
        )
    last = min(last, area.last)
    span = span_of(point, area)
    if address + span - 1 > last:
        raise sdk.WellheadError(
            f"a {point.datatype} needs {span} registers from here, and the last is {last}",
            field="address.address",
            value=address,
            remedy=f"Use {last - span + 1} at most, or a shorter datatype",
        )


def _check_size(point: sdk.Point, max_registers: int) -> None:
    registers = size_of(point) // 2
    if registers > max_registers:
        field = "address.length" if point.datatype == "string" else "datatype"
        raise sdk.WellheadError(
            f"takes {registers} registers, and one request of this device may ask for "
            f"{max_registers}",
            field=field,
            value=point.address["length"] if point.datatype == "string" else point.datatype,
            remedy="Use a shorter one, or correct the device's max_registers",
        )


def _wrong(point: sdk.Point, field: str, problem: str) -> sdk.WellheadError:
    return sdk.WellheadError(
        problem, field=f"address.{field}", value=point.address[field], remedy="Leave it out"
    )
