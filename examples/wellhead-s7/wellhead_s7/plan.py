"""Which bytes to ask for together, and how values come out of them. No input or output.

Tags whose bytes touch or overlap are one span. A request asks for as many spans as fit into a PDU
of 240 bytes, the least that any S7 agrees to.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from wellhead import sdk
from wellhead_s7.points import AREAS, CODES, SIZES

PDU = 240
MOST_SPANS = (PDU - 12) // 12
"""A request has 12 bytes, and 12 more for each span."""
_ANSWER = 14
_SPAN = 4
_MOST_BYTES = PDU - _ANSWER - _SPAN
"""An answer has 14 bytes, and for each span 4 and its own, made even."""


@dataclass(frozen=True, slots=True)
class Item:
    """One tag: its row in the plan, and where it begins."""

    row: int
    datatype: str
    area: int
    db: int
    byte: int
    bit: int

    @property
    def end(self) -> int:
        return self.byte + SIZES[self.datatype]


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes that follow each other, and the tags in them."""

    area: int
    db: int
    start: int
    size: int
    items: tuple[Item, ...]

    def alone(self) -> list["Span"]:
        """A span for each tag: what to ask for when this one is refused."""
        return [
            Span(item.area, item.db, item.byte, item.end - item.byte, (item,))
            for item in self.items
        ]


@dataclass(frozen=True, slots=True)
class Plan:
    """count: rows; requests: the spans of each"""

    count: int
    requests: tuple[tuple[Span, ...], ...]


def make_plan(points: Sequence[sdk.Point]) -> Plan:
    """Few requests for `points`."""
    items = [
        Item(
            row,
            point.datatype,
            AREAS[point.address["area"]],
            point.address["db"],
            point.address["byte"],
            point.address["bit"],
        )
        for row, point in enumerate(points)
    ]
    spans: list[Span] = []
    run: list[Item] = []
    end = 0
    for item in sorted(items, key=lambda item: (item.area, item.db, item.byte, item.end)):
        stop = max(end, item.end)
        if run and not (
            (item.area, item.db) == (run[0].area, run[0].db)
            and item.byte <= end
            and stop - run[0].byte <= _MOST_BYTES
        ):
            spans.append(_span(run, end))
            run, stop = [], item.end
        run.append(item)
        end = stop
    if run:
        spans.append(_span(run, end))
    return Plan(len(items), pack(spans))


def pack(spans: Sequence[Span]) -> tuple[tuple[Span, ...], ...]:
    """The spans in as few requests as keep their order."""
    requests: list[tuple[Span, ...]] = []
    current: list[Span] = []
    size = _ANSWER
    for span in spans:
        needed = _SPAN + span.size + span.size % 2
        if current and (size + needed > PDU or len(current) == MOST_SPANS):
            requests.append(tuple(current))
            current, size = [], _ANSWER
        current.append(span)
        size += needed
    if current:
        requests.append(tuple(current))
    return tuple(requests)


def value_of(item: Item, data: bytes, start: int) -> float:
    """The tag's value in `data`, which begins at byte `start`."""
    offset = item.byte - start
    if item.datatype == "bool":
        return float(data[offset] >> item.bit & 1)
    return float(struct.unpack_from(CODES[item.datatype], data, offset)[0])


def _span(items: list[Item], end: int) -> Span:
    first = items[0]
    return Span(first.area, first.db, first.byte, end - first.byte, tuple(items))
