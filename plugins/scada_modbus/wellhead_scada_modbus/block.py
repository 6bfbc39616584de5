"""One request of a plan, and where its answer's values go."""

from collections.abc import Sequence
from dataclasses import dataclass

from wellhead_scada_modbus.areas import Area
from wellhead_scada_modbus.layout import Item, Layout, layout_of
from wellhead_scada_modbus.schemas import BIT_TABLES


@dataclass(frozen=True, slots=True)
class Block:
    """One request.

    address: first address as it goes over the wire, counted from 0
    count: addresses asked for
    size: bytes of the answer's data
    items: the points in it, by address
    layout: where in the answer each point of the plan is
    """

    table: str
    area: Area
    address: int
    count: int
    size: int
    items: tuple[Item, ...]
    layout: Layout

    @property
    def bits(self) -> bool:
        return self.table in BIT_TABLES

    def halves(self) -> tuple["Block", "Block"]:
        """Two requests for what this one asks for; it has two items at least."""
        middle = len(self.items) // 2
        first, second = self.items[:middle], self.items[middle:]
        return block_of(self.table, self.area, first), block_of(self.table, self.area, second)


def block_of(table: str, area: Area, items: Sequence[Item]) -> Block:
    """The request for `items`, which are in order of address."""
    start = items[0].address
    count = max(item.address + item.span for item in items) - start
    cell = 0 if table in BIT_TABLES else area.cell
    size = count * cell if cell else (count + 7) // 8
    return Block(table, area, start, count, size, tuple(items), layout_of(items, start, cell))
