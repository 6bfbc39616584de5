"""Which points a Modbus device can have, and what to change about one that it cannot."""

from wellhead import sdk
from wellhead_scada_modbus.schemas import BIT_TABLES, WIDTHS

LAST = 65535
"""The last address of a table, counted from 0."""


def check(point: sdk.Point, address_base: int) -> None:
    """Raises WellheadError naming field, value and remedy when `point` cannot be read from a
    device whose tables begin at `address_base`."""
    if point.datatype not in WIDTHS:
        raise sdk.WellheadError(
            "is no datatype of Modbus",
            field="datatype",
            value=point.datatype,
            remedy=f"Use one of {', '.join(WIDTHS)}",
        )
    if point.address["table"] in BIT_TABLES:
        _check_bit(point)
    elif point.datatype == "bool":
        raise sdk.WellheadError(
            f"a register of table {point.address['table']} is no bool",
            field="datatype",
            value="bool",
            remedy="Use uint16, or the table coil or discrete",
        )
    _check_range(point, address_base)


def _check_bit(point: sdk.Point) -> None:
    table = point.address["table"]
    if point.datatype != "bool":
        raise sdk.WellheadError(
            f"an address of table {table} is one bit",
            field="datatype",
            value=point.datatype,
            remedy=f"Use bool, or the table holding or input for {point.datatype}",
        )
    for field in ("byte_order", "word_order"):
        if point.address[field] != "big":
            raise sdk.WellheadError(
                f"has no meaning for one bit of table {table}",
                field=f"address.{field}",
                value=point.address[field],
                remedy="Leave it out",
            )


def _check_range(point: sdk.Point, address_base: int) -> None:
    address = point.address["address"]
    last = LAST + address_base
    if not address_base <= address <= last:
        raise sdk.WellheadError(
            f"lies outside the table of a device with address base {address_base}",
            field="address.address",
            value=address,
            remedy=f"Use {address_base} to {last}, or correct the device's address_base",
        )
    if address + WIDTHS[point.datatype] - 1 > last:
        raise sdk.WellheadError(
            f"a {point.datatype} needs this register and the next, and this is the last",
            field="address.address",
            value=address,
            remedy=f"Use {last - 1} at most, or a 16-bit datatype",
        )
