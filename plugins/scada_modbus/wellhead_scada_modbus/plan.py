"""Which requests read a set of points: neighbours together, within the device's limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_scada_modbus import points as rules
from wellhead_scada_modbus.decode import Item, Layout, layout_of
from wellhead_scada_modbus.schemas import BIT_TABLES, TABLES, WIDTHS

BITS_PER_REGISTER = 16


@dataclass(frozen=True, slots=True)
class Block:
    """One request.

    address: first address as it goes over the wire, counted from 0
    count: addresses asked for (bits in the bit tables, else registers)
    layout: where in the answer each point of the plan is
    """

    table: str
    address: int
    count: int
    layout: Layout


@dataclass(frozen=True, slots=True)
class Plan:
    """All requests of a set of points.

    blocks: the requests, by table and address
    values: float64[points], NaN: where a read begins
    qualities: int16[points], where a read begins: good, but BAD_CONFIGURATION for the points that
        the device's options rule out
    """

    blocks: tuple[Block, ...]
    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.values)


def make_plan(points: Sequence[sdk.Point], options: Mapping[str, Any]) -> Plan:
    """The fewest requests that ask for every point once, hold `options["max_registers"]` (16
    times that for bits), read over at most `options["gap_limit"]` unasked addresses between two
    points, and never cut a 32-bit value in two."""
    base = options["address_base"]
    tables: dict[str, list[Item]] = {table: [] for table in TABLES}
    qualities = np.full(len(points), sdk.quality.GOOD, np.int16)
    for position, point in enumerate(points):
        try:
            rules.check(point, base)
        except sdk.WellheadError:  # saved before the device's base was changed: bad alone
            qualities[position] = sdk.quality.BAD_CONFIGURATION
            continue
        address = point.address
        tables[address["table"]].append(
            Item(
                position,
                address["address"] - base,
                point.datatype,
                address["byte_order"],
                address["word_order"],
            )
        )
    blocks = []
    for table, items in tables.items():
        limit = options["max_registers"] * (BITS_PER_REGISTER if table in BIT_TABLES else 1)
        blocks += _blocks(table, items, options["gap_limit"], limit)
    return Plan(tuple(blocks), np.full(len(points), np.nan), qualities)


def _blocks(table: str, items: list[Item], gap_limit: int, limit: int) -> list[Block]:
    blocks: list[Block] = []
    run: list[Item] = []
    start = end = 0
    for item in sorted(items, key=lambda item: (item.address, WIDTHS[item.datatype])):
        stop = max(end, item.address + WIDTHS[item.datatype])
        if run and (item.address - end > gap_limit or stop - start > limit):
            blocks.append(_block(table, start, end, run))
            run = []
        if not run:
            start = item.address
            stop = item.address + WIDTHS[item.datatype]
        run.append(item)
        end = stop
    if run:
        blocks.append(_block(table, start, end, run))
    return blocks


def _block(table: str, start: int, end: int, items: list[Item]) -> Block:
    return Block(table, start, end - start, layout_of(items, start, bits=table in BIT_TABLES))
