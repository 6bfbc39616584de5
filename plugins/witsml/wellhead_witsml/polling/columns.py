"""Rows of a log as a batch of readings, or as the columns of a log by depth: pure functions."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_witsml.objects.log_data import LogData, RowProblem
from wellhead_witsml.units import unit_of

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
_DAY_US = 86_400e6


@dataclass(frozen=True, slots=True)
class Place:
    """Where a curve goes. unit: as the header names it; key: its tag, or its place in a log"""

    mnemonic: str
    unit: str | None
    is_text: bool
    key: int


def without_future(data: LogData, now: float) -> LogData:
    """A block by time without the rows that a clock gone wrong has put more than a day after now
    (microseconds UTC): the log would be read on from there, and from no row that really comes."""
    there = data.index <= now + _DAY_US
    if there.all():
        return data
    kept = np.flatnonzero(there).tolist()
    problem = RowProblem(0, f"{len(there) - len(kept)} rows", "lie in the future: left out")
    return replace(
        data,
        index=data.index[there],
        values=data.values[:, there],
        texts={row: tuple(cells[n] for n in kept) for row, cells in data.texts.items()},
        problems=(problem, *data.problems),
    )


def beyond(data: LogData, cursor: float | None, decreasing: bool) -> Mask:
    """Which rows lie behind the last that is stored."""
    if cursor is None:
        return np.ones(len(data.index), np.bool_)
    return data.index < cursor if decreasing else data.index > cursor


def farthest(data: LogData, decreasing: bool) -> float | None:
    """The index that the store has gone to, in its direction."""
    if not len(data.index):
        return None
    return float(data.index.min() if decreasing else data.index.max())


def numbers_of(data: LogData, row: int, place: Place, warnings: set[str]) -> Floats:
    """float64[n], a column's values in the unit that the header names; NaN where there are none."""
    if row in data.texts:
        return _read(data.texts[row], place, warnings)
    values: Floats = data.values[row]
    sent, meant = unit_of(data.units[row]), unit_of(place.unit)
    if data.units[row] is None or sent == meant:
        return values
    try:
        factor, offset = sdk.units.Measure.of(sent).line_to(sdk.units.Measure.of(meant))
    except sdk.WellheadError:
        warnings.add(
            f"{place.mnemonic}: its values come in {data.units[row]!r} and its header says "
            f"{place.unit!r}, so they are left out"
        )
        return np.full(len(values), np.nan)
    converted: Floats = values * factor + offset
    return converted


def texts_of(data: LogData, row: int) -> list[str | None]:
    """A column's texts, None where there are none."""
    if row in data.texts:
        return list(data.texts[row])
    return [None if math.isnan(value) else f"{value:g}" for value in data.values[row].tolist()]


def columns_of(
    data: LogData, places: Mapping[str, Place], warnings: set[str]
) -> Iterator[tuple[int, Place]]:
    """(row of the values, where it goes) of each column that goes anywhere. Of two columns of one
    name the first does: two values at one time would be one of them at random."""
    seen: set[str] = set()
    for row, mnemonic in enumerate(data.mnemonics):
        place = places.get(mnemonic.lower())
        if place is None:
            continue
        if place.mnemonic in seen:
            warnings.add(f"{place.mnemonic}: is there twice, and the first is taken")
            continue
        seen.add(place.mnemonic)
        yield row, place


def readings_of(
    data: LogData,
    rows: Mask,
    places: Mapping[str, Place],
    source: int,
    warnings: set[str],
) -> sdk.Batch:
    """One reading a value of these rows, in order of time; where there is no value there is none.

    places: by mnemonic in small letters
    """
    tags: list[npt.NDArray[np.int32]] = []
    times: list[npt.NDArray[np.int64]] = []
    values: list[Floats] = []
    texts: dict[int, str] = {}
    count = 0
    index = data.index.astype(np.int64)
    for row, place in columns_of(data, places, warnings):
        if place.is_text:
            cells = texts_of(data, row)
            there = rows & np.array([cell is not None for cell in cells], np.bool_)
            said = [cells[number] for number in np.flatnonzero(there).tolist()]
            texts.update({count + number: text for number, text in enumerate(said) if text})
            column = np.full(len(said), np.nan)
        else:
            numbers = numbers_of(data, row, place, warnings)
            there = rows & np.isfinite(numbers)
            column = numbers[there]
        tags.append(np.full(len(column), place.key, np.int32))
        times.append(index[there])
        values.append(column)
        count += len(column)
    if not count:
        nothing = np.empty(0, np.int64)
        return sdk.Batch(
            source, nothing.astype(np.int32), nothing, nothing.astype(float), nothing.astype("i2")
        )
    batch = sdk.Batch(
        source,
        np.concatenate(tags),
        np.concatenate(times),
        np.concatenate(values),
        np.full(count, sdk.quality.GOOD, np.int16),
        texts,
    )
    return batch.take(np.lexsort((batch.tags, batch.times))).with_clean_texts()


def _read(cells: tuple[str | None, ...], place: Place, warnings: set[str]) -> Floats:
    """Numbers of a column in which something is none."""
    found = np.full(len(cells), np.nan)
    for number, cell in enumerate(cells):
        if cell is None:
            continue
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            found[number] = value
        else:
            warnings.add(f"{place.mnemonic}: {cell[:40]!r} is no number, so it is left out")
    return found
