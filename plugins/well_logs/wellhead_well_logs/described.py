"""A log and its curves as a source describes them, before there are records of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wellhead_well_logs.vocabulary import DataType, Direction, LogKind, Source


@dataclass(frozen=True, slots=True)
class NewCurve:
    """A curve as its source describes it; dimension, element: of one element of an array, how many
    it has and which this is, from 1"""

    mnemonic: str
    unit: str | None = None
    description: str | None = None
    data_type: DataType = DataType.NUMBER
    dimension: int | None = None
    element: int | None = None


@dataclass(frozen=True, slots=True)
class NewLog:
    """A log as its source describes it, and `curves`, those beside the index.

    index_unit: as it came; `vocabulary.DATETIME` for a time log whose index is microseconds since
        1970-01-01 UTC
    depth_datum: None = the wellbore's, else the well's
    header: all that the source says, JSON
    """

    name: str
    kind: LogKind
    index_mnemonic: str
    index_unit: str
    curves: Sequence[NewCurve]
    source: Source
    run: str | None = None
    depth_datum: str | None = None
    direction: Direction = Direction.INCREASING
    step: float | None = None
    service_company: str | None = None
    logged_on: str | None = None
    null_value: str | None = None
    source_name: str | None = None
    source_sha256: str | None = None
    header: Mapping[str, Any] = field(default_factory=dict)
    growing: bool = False
