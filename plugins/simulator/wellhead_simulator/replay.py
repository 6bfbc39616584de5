"""Recorded values from a CSV file, to be shown through the simulated field's registers.

Columns: `time`, and signals by their full name (`W01.WHP`), in the signals' units. Times are
RFC 3339 or seconds, increasing; what counts is the distance from the first row. An empty cell keeps
the value before it. Signals that the file does not have are the model's.
"""

import csv
import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_simulator.signals import NUMBERS, SIGNALS, tag_name, well_name

MAX_ROWS = 1_000_000
TIME = "time"
Column = tuple[str, int]
"""(well, signal number)"""


class Replay:
    """columns: of the file, in order
    times: float64[rows], s since the first row
    values: float64[rows, columns]; NaN only above a column's first value
    loop: begin again at the end; else the last row stays
    """

    def __init__(
        self,
        columns: list[Column],
        times: npt.NDArray[np.float64],
        values: npt.NDArray[np.float64],
        *,
        loop: bool,
    ) -> None:
        self.columns = columns
        self.times = times
        self.values = values
        self.loop = loop
        rest = float(times[-1] - times[-2]) if len(times) > 1 else 1.0
        self._period = float(times[-1]) + rest

    def at(self, elapsed: float) -> dict[str, dict[int, float]]:
        """What is shown `elapsed` s after the start, by well and signal number."""
        if self.loop:
            elapsed %= self._period
        row = max(int(np.searchsorted(self.times, elapsed, side="right")) - 1, 0)
        shown: dict[str, dict[int, float]] = {}
        for (well, number), value in zip(self.columns, self.values[row].tolist(), strict=True):
            if not math.isnan(value):
                shown.setdefault(well, {})[number] = value
        return shown


def load_replay(path: Path, wells: int, *, loop: bool) -> Replay:
    """The replay in the file, for a field of `wells` wells.

    Raises ConfigError that names row (the header is row 1), column, value and remedy.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            columns = _columns(next(rows, []), wells)
            times, values = _body(rows, columns)
    except OSError as error:
        raise sdk.ConfigError(
            f"the recording cannot be read: {error.strerror}",
            field="[plugins.simulator] replay",
            value=str(path),
            remedy="Name a CSV file that the simulator may read",
        ) from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise sdk.ConfigError(
            f"the recording is no CSV in UTF-8: {error}",
            field="[plugins.simulator] replay",
            value=str(path),
            remedy="Save it as comma-separated text in UTF-8",
        ) from error
    return Replay(columns, times, values, loop=loop)


def _columns(header: list[str], wells: int) -> list[Column]:
    known = {
        tag_name(well, signal): (well, NUMBERS[signal.name])
        for well in map(well_name, range(1, wells + 1))
        for signal in SIGNALS
    }
    names = [name.strip() for name in header]
    if not names or names[0] != TIME:
        raise _wrong(1, "first", names[0] if names else "", f"The first column must be {TIME}")
    for name in names[1:]:
        if name not in known:
            raise _wrong(1, name, name, sdk.did_you_mean(name, known))
        if names.count(name) > 1:
            raise _wrong(1, name, name, "Give each signal one column")
    if len(names) < 2:
        raise _wrong(1, "second", "", "Give at least one signal, W01.WHP say")
    return [known[name] for name in names[1:]]


def _body(
    rows: Iterator[list[str]], columns: list[Column]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    names = [tag_name(well, SIGNALS[number]) for well, number in columns]
    times: list[float] = []
    table: list[list[float]] = []
    last = [math.nan] * len(columns)
    for number, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns) + 1:
            raise _wrong(
                number, "all", f"{len(cells)} cells", f"The header has {len(columns) + 1} columns"
            )
        if len(times) >= MAX_ROWS:
            raise _wrong(number, TIME, cells[0], f"A recording has at most {MAX_ROWS} rows; cut it")
        time = _time(number, cells[0])
        if times and time <= times[-1]:
            raise _wrong(number, TIME, cells[0], "Sort the rows by time, each time once")
        times.append(time)
        last = [
            before if not cell.strip() else _value(number, name, cell)
            for before, name, cell in zip(last, names, cells[1:], strict=True)
        ]
        table.append(last)
    if not times:
        raise _wrong(2, TIME, "", "Give at least one row of values")
    return np.array(times) - times[0], np.array(table)


def _time(row: int, cell: str) -> float:
    text = cell.strip()
    try:
        time = float(text)
    except ValueError:
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise _wrong(
                row, TIME, cell, "Use seconds, or RFC 3339 with a zone: 2026-03-01T06:00:00Z"
            ) from None
        return moment.timestamp()
    if not math.isfinite(time):
        raise _wrong(row, TIME, cell, "Use a finite number of seconds")
    return time


def _value(row: int, column: str, cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _wrong(
            row, column, cell, "Use a finite number with a decimal point, or leave it empty"
        )
    return value


def _wrong(row: int, column: str, value: str, remedy: str) -> sdk.ConfigError:
    return sdk.ConfigError(
        "the recording cannot be replayed",
        field=f"row {row}, column {column}",
        value=value,
        remedy=remedy,
    )
