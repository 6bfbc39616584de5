"""Which requests read a set of points: neighbours together, within the device's limits, and what
the device turned out to refuse left out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import is_
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_scada_modbus import points as rules
from wellhead_scada_modbus.areas import Area, area_of
from wellhead_scada_modbus.block import Block, block_of
from wellhead_scada_modbus.decode import Reading
from wellhead_scada_modbus.layout import Item, Layout, item_of, joined
from wellhead_scada_modbus.schemas import BIT_TABLES, TABLES
from wellhead_scada_modbus.whole import Whole

BITS_PER_REGISTER = 16
AGAIN_S = 60.0
"""Seconds between looks whether a device still refuses what it refused."""

_Key = tuple[str, Area]
"""What one request cannot cross: a table, and a range of it with one kind of cells."""


class Plan:
    """All requests of a set of points, and what was learned from the device's refusals.

    blocks: the requests to make, by table and address
    refused: those left out for now, each of one point, and what the point is meanwhile
    """

    def __init__(self, points: Sequence[sdk.Point], options: Mapping[str, Any]) -> None:
        self._options = options
        self._items: dict[_Key, list[Item]] = {}
        self._cuts: dict[_Key, set[int]] = {}
        self._values = np.full(len(points), np.nan)
        self._qualities = np.full(len(points), sdk.quality.GOOD, np.int16)
        self._texts: list[int] = []
        self._wholes: dict[tuple[int, int], Whole] = {}
        self._joined: Layout | None = None
        self.refused: dict[int, tuple[Block, int]] = {}
        self._ask_again = 0.0
        for position, point in enumerate(points):
            try:
                rules.check(point, options)
            except sdk.WellheadError:  # saved before the device's options were changed: bad alone
                self._qualities[position] = sdk.quality.BAD_CONFIGURATION
                continue
            self._add(position, point)
        self.blocks = self._blocks()

    def __len__(self) -> int:
        return len(self._values)

    def begin(self) -> Reading:
        """Where a read begins: no values, all good but for the points that the device's options
        rule out, and those that it refuses."""
        reading = Reading(self._values.copy(), self._qualities.copy())
        for position, (_, quality) in self.refused.items():
            reading.qualities[position] = quality
        return reading

    def end(self, reading: Reading) -> sdk.RawValues:
        """What the read brought; a number that is none, or infinite, is bad."""
        values, qualities = reading.values, reading.qualities
        if not np.isfinite(values @ values):  # the cheapest test of all at once
            finite = np.isfinite(values)
            values[~finite] = np.nan
            odd = ~finite & sdk.quality.is_good(qualities)
            odd[self._texts] = False
            qualities[odd] = sdk.quality.BAD_SENSOR_FAILURE
        return sdk.RawValues(values, qualities, reading.texts)

    def refuse(self, block: Block, quality: int, now: float) -> None:
        """From `renew` on, leave the block's one point out. now: loop time"""
        (item,) = block.items
        if not self.refused:
            self._ask_again = now + AGAIN_S
        self.refused[item.position] = (block, quality)
        self.cut(block)

    def cut(self, block: Block) -> None:
        """From `renew` on, let no request reach across the block's first address."""
        self._cuts.setdefault((block.table, block.area), set()).add(block.address)

    def renew(self) -> None:
        """Make the requests anew from what was learned."""
        self.blocks = self._blocks()
        self._wholes.clear()
        self._joined = None

    def forget(self) -> None:
        """Begin anew: the device is no longer what it was."""
        self.refused.clear()
        self._cuts.clear()
        self.renew()

    def whole(self, start: int, stop: int) -> Whole | None:
        """Those of `blocks` as one, where several can be."""
        blocks = self.blocks[start:stop]
        if len(blocks) < 2 or any(block.bits for block in blocks):
            return None
        found = self._wholes.get((start, stop))
        if found is None:
            found = self._wholes[start, stop] = Whole(blocks)
        return found

    def joined(self, blocks: Sequence[Block]) -> Layout | None:
        """The layout of the data of `blocks` one after the other, if they are the plan's requests
        of registers, all and in order."""
        own = [block for block in self.blocks if not block.bits]
        if len(own) < 2 or len(own) != len(blocks) or not all(map(is_, own, blocks)):
            return None
        if self._joined is None:
            ends = np.cumsum([block.size for block in own])
            starts = [0, *ends[:-1].tolist()]
            self._joined = joined([block.layout for block in own], starts)
        return self._joined

    def again(self, now: float) -> Block | None:
        """A refused request to make once more, if it is time: one in AGAIN_S seconds, in turn. Of
        a device that refuses all there is, one each read: something must show whether it is there.
        """
        if not self.refused or (self.blocks and now < self._ask_again):
            return None
        self._ask_again = now + AGAIN_S
        position = next(iter(self.refused))
        self.refused[position] = self.refused.pop(position)
        return self.refused[position][0]

    def _add(self, position: int, point: sdk.Point) -> None:
        table, number = point.address["table"], point.address["address"]
        area = area_of(table, number, self._options["convention"])
        item = item_of(position, point, area, self._options["address_base"])
        self._items.setdefault((table, area), []).append(item)
        if item.encoding is not None:
            self._texts.append(position)

    def _blocks(self) -> tuple[Block, ...]:
        return tuple(
            block_of(table, area, run)
            for table, area in sorted(
                self._items, key=lambda key: (TABLES.index(key[0]), key[1].first)
            )
            for run in self._runs(table, area)
        )

    def _runs(self, table: str, area: Area) -> Iterator[list[Item]]:
        cell = 1 if table in BIT_TABLES else area.cell
        limit = (
            self._options["max_registers"]
            * (BITS_PER_REGISTER if table in BIT_TABLES else 2)
            // cell
        )
        gap_limit = self._options["gap_limit"]
        cuts = self._cuts.get((table, area), ())
        run: list[Item] = []
        start = end = 0
        items = (item for item in self._items[table, area] if item.position not in self.refused)
        for item in sorted(items, key=lambda item: (item.address, item.span)):
            stop = max(end, item.address + item.span)
            apart = item.address - end > gap_limit or stop - start > limit
            if run and (apart or _crosses(cuts, start, stop)):
                yield run
                run = []
            if not run:
                start = item.address
                stop = item.address + item.span
            run.append(item)
            end = stop
        if run:
            yield run


def _crosses(cuts: Iterable[int], start: int, stop: int) -> bool:
    return any(start < cut < stop for cut in cuts)
