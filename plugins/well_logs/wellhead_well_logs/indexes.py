"""What the first column of a file is: depths, times counted from a start, or dates and times."""

import datetime as dt

import numpy as np

from wellhead_well_logs.blocks import Texts
from wellhead_well_logs.cells import Column
from wellhead_well_logs.extremes import Floats
from wellhead_well_logs.mnemonics import DEPTH_UNITS, TIME_UNITS, known_unit
from wellhead_well_logs.notes import Notes, broken
from wellhead_well_logs.vocabulary import DATETIME, Direction, LogKind

PER_FOOT = 120.0
_TENTH_INCHES = (".1IN", "0.1IN", ".1INCH", "0.1INCH")
_TIMES = ("TIME", "ETIM", "ETIME", "DATETIME")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def is_tenth_inches(unit: str) -> bool:
    return unit.upper() in _TENTH_INCHES


def index_of_column(
    mnemonic: str, unit: str, line: int, column: Column, notes: Notes
) -> tuple[Floats, str, LogKind]:
    """(index, its unit, what it is). line: where the column is described

    Raises WellheadError for texts that are no dates and times.
    """
    if column.is_text:
        return _instants(mnemonic, line, column.texts(), notes), DATETIME, LogKind.TIME
    index = column.numbers()
    if is_tenth_inches(unit):
        notes.add("unit", "the index in tenths of an inch is stored in feet", unit, line)
        return index / PER_FOOT, "ft", LogKind.DEPTH
    if unit.lower() == DATETIME:
        return index, DATETIME, LogKind.TIME
    known = known_unit(unit)
    if known not in (*DEPTH_UNITS, *TIME_UNITS):
        notes.add(
            "unit",
            "the unit of the index is not known; it is kept, and not converted",
            unit or "none",
            line,
        )
    timed = known in TIME_UNITS or (known not in DEPTH_UNITS and mnemonic.upper() in _TIMES)
    return index, unit or "unknown", LogKind.TIME if timed else LogKind.DEPTH


def direction_of(index: Floats) -> Direction:
    """From its first and last number."""
    known = index[np.isfinite(index)]
    falls = len(known) > 1 and known[-1] < known[0]
    return Direction.DECREASING if falls else Direction.INCREASING


def _instants(mnemonic: str, line: int, texts: Texts, notes: Notes) -> Floats:
    """Microseconds since 1970 UTC; NaN for none."""
    index = np.full(len(texts), np.nan)
    zoned = True
    for place, text in enumerate(texts):
        if text is None:
            continue
        try:
            time = dt.datetime.fromisoformat(text.replace("/", "-").replace(" ", "T", 1))
            if time.tzinfo is None:
                zoned, time = False, time.replace(tzinfo=dt.UTC)
            index[place] = (time - _EPOCH) // dt.timedelta(microseconds=1)
        except ValueError:
            raise broken(
                line,
                f"the index {mnemonic} is neither a number nor a date and time",
                text,
                "Write it like 2026-11-28T14:30:00Z",
            ) from None
    if not zoned:
        notes.add("index", "times without a zone are taken as UTC", line=line)
    return index
