"""A log from a CSV file: a row of names, then a row a depth or time.

A name may have its unit behind it, `GR [gAPI]` or `GR (gAPI)`, as the export writes it. The first
column is the index.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from itertools import islice

from wellhead import sdk
from wellhead_well_logs.blocks import Texts
from wellhead_well_logs.cells import Column
from wellhead_well_logs.extremes import Floats
from wellhead_well_logs.found import FoundLog, look_at_steps, named_once, ordered
from wellhead_well_logs.indexes import direction_of, index_of_column
from wellhead_well_logs.las.text import text_of
from wellhead_well_logs.mnemonics import known_unit
from wellhead_well_logs.notes import Notes, broken
from wellhead_well_logs.nulls import NullPolicy, null_numbers
from wellhead_well_logs.service import MOST_CURVES, NewCurve, NewLog
from wellhead_well_logs.vocabulary import DataType, Source

_ROWS = 2_000
_NAMED = re.compile(r"(.*?)\s*(?:\[([^\[\]]*\D[^\[\]]*)\]|\(([^()]*)\))\Z")


def read_csv(
    data: bytes,
    *,
    policy: NullPolicy,
    null_value: str | None,
    most: int,
    file_name: str | None,
    name: str,
) -> FoundLog:
    """The log of a CSV file. null_value: what stands for null in it, besides empty cells

    Raises WellheadError naming the line of what cannot be read.
    """
    notes = Notes()
    text, encoding = text_of(data)
    rows = _rows(text)
    first, header = next(rows, (1, []))
    if not 2 <= len(header) <= MOST_CURVES + 1:
        raise broken(
            first,
            f"has {len(header)} columns",
            ",".join(header),
            f"Begin with a row of names, of the index and of 1 to {MOST_CURVES} curves",
        )
    named = [_named(cell) for cell in header]
    nulls = null_numbers(policy, null_value)
    columns = [Column(mnemonic, nulls) for mnemonic, _ in named]
    columns[0].nulls = ()
    count = 0
    while piece := list(islice(rows, _ROWS)):
        count += len(piece)
        if count * len(columns) > most:
            raise sdk.WellheadError(
                f"holds more than {most:,} values",
                field="body",
                remedy="Send it as several logs, or raise max_values of the plugin",
            )
        for line, cells in piece:
            if len(cells) != len(header):
                raise broken(
                    line,
                    f"has {len(cells)} cells, the header {len(header)}",
                    ",".join(cells),
                    "Quote cells that hold commas or line breaks",
                )
        lines = [line for line, _ in piece]
        turned = zip(*[row for _, row in piece], strict=True)
        for column, values in zip(columns, turned, strict=True):
            column.add([cell.strip() for cell in values], lines, notes)
    mnemonic, unit = named[0]
    index, index_unit, kind = index_of_column(mnemonic, unit or "", first, columns[0], notes)
    curves = [
        NewCurve(own, of, None, DataType.TEXT if column.is_text else DataType.NUMBER)
        for (own, of), column in zip(named[1:], columns[1:], strict=True)
    ]
    for curve in curves:
        if curve.unit and known_unit(curve.unit) is None:
            notes.add("unit", f"the unit of {curve.mnemonic} is not known; it is kept", curve.unit)
    found: list[Floats | Texts] = [
        column.texts() if column.is_text else column.numbers() for column in columns[1:]
    ]
    direction = direction_of(index)
    index, found = ordered(index, found, notes)
    new = NewLog(
        name=name,
        kind=kind,
        index_mnemonic=mnemonic or "INDEX",
        index_unit=index_unit,
        curves=named_once(curves, notes),
        source=Source.CSV,
        direction=direction,
        step=look_at_steps(index, None, index_unit, notes),
        null_value=null_value,
        source_name=file_name,
        source_sha256=hashlib.sha256(data).hexdigest(),
        header={"columns": header, "encoding": encoding},
    )
    return FoundLog(new, index, found, notes.told())


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, each with the line that it begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise broken(begins, f"is no row of CSV: {error}", "", "Close its quotes") from error


def _named(cell: str) -> tuple[str, str | None]:
    match = _NAMED.match(cell.strip())
    if match is None:
        return cell.strip(), None
    return match[1], (match[2] or match[3] or "").strip() or None
