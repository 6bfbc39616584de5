"""How many bytes an address holds, and how many addresses a value takes.

In plain Modbus a register has two bytes wherever it is. In the convention of Enron and Daniel flow
computers the number says what is there: an address from 5001 or 7001 on is a whole 32-bit value, a
count counts values, and the answer carries four bytes for each.

Literature: Rockwell Automation, DataSite software user manual 1758-UM002D-EN-P (October 2010),
pages 324 to 330, "Enron Modbus protocol": ranges, sizes, 326,787 as 48 9F 90 60.
"""

from dataclasses import dataclass

from wellhead import sdk
from wellhead_scada_modbus.schemas import BIT_TABLES, SIZES


@dataclass(frozen=True, slots=True)
class Area:
    """Part of a table that one request can read from.

    first, last: numbers as in the device's manual
    cell: bytes an address holds (registers only)
    datatypes: what can be there, None for anything
    """

    first: int
    last: int
    cell: int = 2
    datatypes: tuple[str, ...] | None = None


PLAIN = Area(0, 65536)
_ENRON = (
    Area(3001, 4999, 2, ("int16", "uint16", "bool")),
    Area(5001, 6999, 4, ("int32", "uint32")),
    Area(7001, 9999, 4, ("float32",)),
)


def area_of(table: str, number: int, convention: str) -> Area:
    """Where `number`, counted as in the manual, lies. Outside its ranges the Enron convention says
    nothing, and registers there are plain ones."""
    if convention == "enron" and table not in BIT_TABLES:
        for area in _ENRON:
            if area.first <= number <= area.last:
                return area
    return PLAIN


def size_of(point: sdk.Point) -> int:
    """Bytes that the point's value takes in registers."""
    if point.datatype == "bool":
        return 2
    if point.datatype == "string":
        return 2 * int(point.address["length"])
    return SIZES[point.datatype]


def span_of(point: sdk.Point, area: Area) -> int:
    """Addresses that the point's value takes: bits in the bit tables, else cells of its area."""
    return 1 if point.address["table"] in BIT_TABLES else size_of(point) // area.cell
