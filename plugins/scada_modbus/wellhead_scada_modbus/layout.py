"""Where in an answer's bytes each value is: worked out once, when the plan is made.

Every byte order and word order is an order of bytes. So a layout keeps, for one request, one index
array that takes the bytes of all of its values in big-endian order out of the answer; each
datatype's share is then a view of that copy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_scada_modbus.areas import Area, size_of, span_of
from wellhead_scada_modbus.schemas import WORD_ORDERS

_DTYPES = {
    "bool": ">u2",
    "int16": ">i2",
    "uint16": ">u2",
    "int32": ">i4",
    "uint32": ">u4",
    "float32": ">f4",
    "int64": ">i8",
    "uint64": ">u8",
    "float64": ">f8",
}

Index = slice | npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Item:
    """One point in a plan: its position there and its place on the wire.

    address: as it goes over the wire, counted from 0
    span: addresses it takes; size: bytes it takes in registers
    bits: (lowest, number) of those that count, None for all
    encoding: of a text, else None
    """

    position: int
    address: int
    span: int
    size: int
    datatype: str
    byte_order: str
    word_order: str
    bits: tuple[int, int] | None
    encoding: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """The numbers of one datatype: bytes `start:stop` of the gathered copy, to `positions`.

    fields: of bit fields, the shifts and the masks that bring each out of its number
    """

    start: int
    stop: int
    dtype: np.dtype[np.generic]
    positions: Index
    fields: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]] | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A text: bytes `start:stop` of the gathered copy."""

    start: int
    stop: int
    position: int
    encoding: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the values are in one answer.

    order: of registers, the byte offsets to gather; of bits, the bit offsets
    positions: the points of this answer, as positions in the plan
    groups, texts: what the gathered bytes are; empty for bits
    """

    order: npt.NDArray[np.int64]
    positions: Index
    groups: tuple[Group, ...] = ()
    texts: tuple[Text, ...] = ()


def item_of(position: int, point: sdk.Point, area: Area, address_base: int) -> Item:
    """`point`, which has passed `points.check`, in a plan."""
    address = point.address
    bits = address.get("bits")
    if address.get("bit") is not None:
        bits = (address["bit"], 1)
    return Item(
        position,
        address["address"] - address_base,
        span_of(point, area),
        size_of(point),
        point.datatype,
        address["byte_order"],
        address["word_order"],
        None if bits is None else (bits[0], bits[1]),
        address.get("encoding", "ascii") if point.datatype == "string" else None,
    )


def layout_of(items: Sequence[Item], start: int, cell: int) -> Layout:
    """The layout of an answer that begins at address `start` and holds `items`.

    cell: bytes that each address holds, 0 in the bit tables
    """
    positions = _index([item.position for item in items])
    if cell == 0:
        return Layout(np.array([item.address - start for item in items], np.int64), positions)
    order: list[int] = []
    groups = []
    texts = []
    ranked = sorted(items, key=lambda item: (item.datatype, item.bits is not None, item.position))
    for (datatype, partly), found in groupby(ranked, lambda item: (item.datatype, bool(item.bits))):
        members = list(found)
        first = len(order)
        for item in members:
            begun = len(order)
            order += byte_offsets(item, (item.address - start) * cell)
            if item.encoding is not None:
                texts.append(Text(begun, len(order), item.position, item.encoding))
        if datatype == "string":
            continue
        places = _index([item.position for item in members])
        fields = None
        if partly:
            lows, counts = zip(*(item.bits or (0, 0) for item in members), strict=True)
            fields = np.array(lows, np.uint32), np.array([2**n - 1 for n in counts], np.uint32)
        groups.append(Group(first, len(order), np.dtype(_DTYPES[datatype]), places, fields))
    return Layout(np.array(order, np.int64), positions, tuple(groups), tuple(texts))


def joined(layouts: Sequence[Layout], starts: Sequence[int]) -> Layout:
    """The layouts of answers in registers as one, of a buffer in which the data of each answer
    begins where `starts` says."""
    kinds: dict[tuple[np.dtype[np.generic], bool], list[tuple[Layout, Group, int]]] = {}
    for layout, start in zip(layouts, starts, strict=True):
        for group in layout.groups:
            key = group.dtype, group.fields is None
            kinds.setdefault(key, []).append((layout, group, start))
    order: list[int] = []
    groups = []
    for (dtype, _), members in kinds.items():
        first = len(order)
        positions: list[int] = []
        for layout, group, start in members:
            order += (layout.order[group.start : group.stop] + start).tolist()
            positions += _listed(group.positions)
        parts = [group.fields for _, group, _ in members if group.fields is not None]
        fields = None
        if parts:
            fields = np.concatenate([s for s, _ in parts]), np.concatenate([m for _, m in parts])
        groups.append(Group(first, len(order), dtype, _index(positions), fields))
    texts = []
    for layout, start in zip(layouts, starts, strict=True):
        for text in layout.texts:
            begun = len(order)
            order += (layout.order[text.start : text.stop] + start).tolist()
            texts.append(Text(begun, len(order), text.position, text.encoding))
    everything = [position for layout in layouts for position in _listed(layout.positions)]
    return Layout(np.array(order, np.int64), _index(everything), tuple(groups), tuple(texts))


def byte_offsets(item: Item, start: int) -> list[int]:
    """Where the item's bytes are, most significant first, when its first register is at `start`."""
    words = range(item.size // 2)
    if len(words) == 4 and item.datatype != "string":
        registers: Sequence[int] = WORD_ORDERS[item.word_order]
    else:
        registers = words if item.word_order == "big" else words[::-1]
    high, low = (0, 1) if item.byte_order == "big" else (1, 0)
    return [start + 2 * number + part for number in registers for part in (high, low)]


def _listed(positions: Index) -> list[int]:
    if isinstance(positions, slice):
        return list(range(positions.start, positions.stop))
    found: list[int] = positions.tolist()
    return found


def _index(positions: list[int]) -> Index:
    """`positions` as a slice where they follow each other, which numpy writes to faster."""
    first = positions[0]
    if positions == list(range(first, first + len(positions))):
        return slice(first, first + len(positions))
    return np.array(positions, np.int64)
