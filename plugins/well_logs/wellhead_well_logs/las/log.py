"""A LAS file as a log: its curves, its index in a unit, and what is odd about it."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from wellhead_well_logs.blocks import Texts
from wellhead_well_logs.cells import Column
from wellhead_well_logs.extremes import Floats
from wellhead_well_logs.found import FoundLog, look_at_steps, named_once, ordered
from wellhead_well_logs.indexes import (
    PER_FOOT,
    direction_of,
    index_of_column,
    is_tenth_inches,
)
from wellhead_well_logs.las.data import read_data
from wellhead_well_logs.las.header import Header, Item, read_header
from wellhead_well_logs.las.text import text_of
from wellhead_well_logs.mnemonics import known_unit
from wellhead_well_logs.notes import Notes, broken
from wellhead_well_logs.nulls import NullPolicy, null_numbers
from wellhead_well_logs.service import MOST_CURVES, NewCurve, NewLog
from wellhead_well_logs.vocabulary import DataType, Source

_FORMAT = re.compile(r"\{\s*([A-Z])([^{}]{0,30})\}\s*\Z", re.IGNORECASE)
_ELEMENT = re.compile(r"(.+)\[(\d{1,4})\]\Z")
_WELL = ("UWI", "API", "WELL")


def read_las(
    data: bytes, *, policy: NullPolicy, most: int, file_name: str | None, name: str | None
) -> FoundLog:
    """The log of a LAS file of version 1.2, 2.0 or 3.0.

    most: values that are taken; name: of the log, None = the file's, else `LAS`
    Raises WellheadError naming the line of what cannot be read.
    """
    notes = Notes()
    text, encoding = text_of(data)
    header = read_header(text, notes)
    items = header.section("C", "Log_Definition")
    _check_curves(items, header)
    declared = header.well("NULL")
    nulls = null_numbers(policy, None if declared is None else declared.value)
    columns = [Column(item.mnemonic, nulls, _declared_text(item, header)) for item in items]
    if policy is not NullPolicy.NONE:  # 999.25 is a depth like any other
        columns[0].nulls = null_numbers(
            NullPolicy.STRICT, None if declared is None else declared.value
        )
    read_data(text, header, columns, most, notes)
    first = items[0]
    index, unit, kind = index_of_column(first.mnemonic, first.unit, first.line, columns[0], notes)
    curves = _curves(items[1:], columns[1:], header, notes)
    found: list[Floats | Texts] = [
        column.texts() if column.is_text else column.numbers() for column in columns[1:]
    ]
    direction = direction_of(index)
    index, found = ordered(index, found, notes)
    step_item = header.well("STEP")
    scale = PER_FOOT if is_tenth_inches(first.unit) else 1.0
    declared_step = _number(step_item)
    step = look_at_steps(
        index, None if declared_step is None else declared_step / scale, unit, notes
    )
    _check_range(header, index, scale, first, notes)
    stem = (file_name or "LAS").rpartition("/")[2].rsplit(".", 1)[0]
    new = NewLog(
        name=name or stem.strip()[:100] or "LAS",
        kind=kind,
        index_mnemonic=first.mnemonic or "INDEX",
        index_unit=unit,
        curves=curves,
        source=Source.LAS,
        direction=direction,
        step=step,
        service_company=_value(header, "SRVC"),
        logged_on=_value(header, "DATE"),
        null_value=None if declared is None else declared.value,
        source_name=file_name,
        source_sha256=hashlib.sha256(data).hexdigest(),
        header=header.kept() | {"encoding": encoding},
    )
    well = {key: item.value for key in _WELL if (item := header.well(key)) is not None}
    return FoundLog(new, index, found, notes.told(), well)


def _check_curves(items: Sequence[Item], header: Header) -> None:
    line = header.data[0] - 1
    if len(items) < 2:
        raise broken(
            line,
            "the curve section names no curve beside the index",
            str(len(items)),
            "A LAS file names each column of its data in ~Curve",
        )
    if len(items) > MOST_CURVES:
        raise broken(line, f"there are more than {MOST_CURVES} curves", str(len(items)), "Split it")


def _declared_text(item: Item, header: Header) -> bool | None:
    """Whether LAS 3 says that a column is of texts; None where nothing says it."""
    form = _FORMAT.search(item.description)
    if header.version < 3 or form is None:
        return None
    word = f"{form[1]}{form[2]}".upper()
    if word.startswith("A"):
        word = word[1:]
    return word.startswith("S") or None


def _curves(
    items: Sequence[Item], columns: Sequence[Column], header: Header, notes: Notes
) -> list[NewCurve]:
    arrays = Counter(match[1] for item in items if (match := _ELEMENT.match(item.mnemonic)))
    curves = []
    for item, column in zip(items, columns, strict=True):
        element = _ELEMENT.match(item.mnemonic)
        if item.unit and known_unit(item.unit) is None:
            notes.add(
                "unit",
                f"the unit of {item.mnemonic} is not known; it is kept",
                item.unit,
                item.line,
            )
        curves.append(
            NewCurve(
                item.mnemonic,
                item.unit,
                item.description,
                DataType.TEXT if column.is_text else DataType.NUMBER,
                None if element is None else arrays[element[1]],
                None if element is None else int(element[2]),
            )
        )
    return named_once(curves, notes)


def _check_range(header: Header, index: Floats, scale: float, curve: Item, notes: Notes) -> None:
    """STRT and STOP against the data, and their unit against the index curve's."""
    ends = {float(index[0]), float(index[-1])}
    tolerance = 0.5 * (float(np.median(np.diff(index))) if len(index) > 1 else 1.0)
    for mnemonic in ("STRT", "STOP"):
        item = header.well(mnemonic)
        value = _number(item)
        if item is None or value is None:
            continue
        if item.unit and known_unit(item.unit) != known_unit(curve.unit):
            notes.add(
                mnemonic,
                f"its unit is not that of the index, {curve.unit or 'none'}, which counts",
                item.unit,
                item.line,
            )
        elif all(abs(value / scale - end) > tolerance for end in ends):
            notes.add(
                mnemonic,
                f"the data run from {index[0]:g} to {index[-1]:g}",
                item.value,
                item.line,
            )


def _value(header: Header, mnemonic: str) -> str | None:
    item = header.well(mnemonic)
    return None if item is None else item.value


def _number(item: Item | None) -> float | None:
    try:
        return None if item is None else float(item.value)
    except ValueError:
        return None
