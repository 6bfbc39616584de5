"""The cells of a file as batches of readings, and everything that is wrong with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_historian.imports.cells import Piece, Ragged
from wellhead_historian.imports.tags import Tags
from wellhead_historian.imports.times import TimeForm, read_times
from wellhead_historian.imports.values import read_numbers, read_qualities

MOST_PROBLEMS = 1_000
_SHOWN = 100


@dataclass(slots=True)
class Problems:
    """What is wrong with a body: how many rows, and the first things by row and column."""

    rows: int = 0
    found: list[dict[str, Any]] = field(default_factory=list)

    def add(self, row: int, column: str, cell: Any, message: str) -> None:
        if len(self.found) < MOST_PROBLEMS:
            value = str(cell).replace("\0", "\N{REPLACEMENT CHARACTER}")[:_SHOWN]
            self.found.append({"row": row, "column": column, "value": value, "message": message})


class Reading:
    """Reads pieces of a body for the source `source`; what is wrong is in `problems`."""

    def __init__(self, source: int, form: TimeForm, units: Mapping[str, str]) -> None:
        self.problems = Problems()
        self.tags = Tags(units)
        self._source = source
        self._form = form

    def batches(self, pieces: Iterable[Piece | Ragged]) -> Iterator[sdk.Batch]:
        """What is sound of each piece."""
        for piece in pieces:
            if isinstance(piece, Ragged):
                self.problems.rows += 1
                self.problems.add(
                    piece.row,
                    "",
                    piece.cells,
                    f"has {piece.cells} cells, the header {piece.header}",
                )
                continue
            batch = self._long(piece) if piece.tags is not None else self._wide(piece)
            if len(batch):
                yield batch

    def _note(
        self, piece: Piece, column: str, cells: Sequence[Any], wrong: Mapping[int, str]
    ) -> None:
        for place in sorted(wrong):
            self.problems.add(piece.rows[place], column, cells[place], wrong[place])

    def _times(self, piece: Piece) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        times, wrong = read_times(piece.times, self._form)
        self._note(piece, "time", piece.times, wrong)
        return times, _mask(len(times), wrong)

    def _long(self, piece: Piece) -> sdk.Batch:
        assert piece.tags is not None
        cells = piece.columns["value"]
        places, no_tag = self.tags.places(piece.tags)
        self._note(piece, "tag", piece.tags, no_tag)
        times, bad = self._times(piece)
        bad |= places < 0
        qualities = np.full(len(times), sdk.quality.GOOD, np.int16)
        if piece.qualities is not None:
            qualities, wrong = read_qualities(piece.qualities)
            self._note(piece, "quality", piece.qualities, wrong)
            bad |= _mask(len(times), wrong)
        values, texts, wrong = self._values(cells, places, qualities)
        self._note(piece, "value", cells, wrong)
        bad |= _mask(len(times), wrong)
        self.problems.rows += int(bad.sum())
        ids = np.array([meaning.tag for meaning in self.tags.found] or [0], np.int32)
        batch = sdk.Batch(self._source, ids[places], times, values, qualities, texts)
        return batch.take(~bad) if bad.any() else batch

    def _values(
        self,
        cells: Sequence[Any],
        places: npt.NDArray[np.intp],
        qualities: npt.NDArray[np.int16],
    ) -> tuple[npt.NDArray[np.float64], dict[int, str], dict[int, str]]:
        """(values in their tags' units, texts by row, what is wrong)."""
        values = np.full(len(cells), np.nan)
        texts: dict[int, str] = {}
        wrong: dict[int, str] = {}
        empty = np.fromiter((cell is None or cell == "" for cell in cells), np.bool_, len(cells))
        for place in np.flatnonzero(
            empty & (places >= 0) & sdk.quality.is_good(qualities)
        ).tolist():
            wrong[place] = "is empty, which only a reading may be that is not good"
        groups: dict[Any, list[int]] = {}
        for number, meaning in enumerate(self.tags.found):
            kind = (meaning.textual, tuple(meaning.names.items()), meaning.unit, meaning.to)
            groups.setdefault(kind, []).append(number)
        for (textual, names, unit, to), members in groups.items():
            mine = np.isin(places, members) if len(groups) > 1 else places >= 0
            rows = np.flatnonzero(mine & ~empty)
            chosen = [cells[row] for row in rows.tolist()] if len(rows) < len(cells) else cells
            if textual:
                for row, cell in zip(rows.tolist(), chosen, strict=True):
                    if isinstance(cell, str):
                        texts[row] = cell
                    else:
                        wrong[row] = "is not a text"
                continue
            numbers, inside = read_numbers(chosen, dict(names))
            values[rows] = numbers if unit is None else sdk.units.convert(numbers, unit, to)
            wrong |= {int(rows[place]): message for place, message in inside.items()}
        return values, texts, wrong

    def _wide(self, piece: Piece) -> sdk.Batch:
        names = list(piece.columns)
        places, no_tag = self.tags.places(names)
        for place, message in no_tag.items():
            raise sdk.WellheadError(
                message, field="header", value=names[place], remedy="GET /api/v1/tags lists them"
            )
        times, bad_times = self._times(piece)
        parts: list[sdk.Batch] = []
        bad_rows = bad_times.copy()
        for name, place in zip(names, places.tolist(), strict=True):
            cells = piece.columns[name]
            filled = [row for row, cell in enumerate(cells) if cell != ""]
            rows = np.array(filled, np.intp)
            if len(rows) < len(cells):
                cells = [cells[row] for row in filled]
            good = np.full(len(rows), sdk.quality.GOOD, np.int16)
            values, texts, wrong = self._values(cells, np.full(len(rows), place), good)
            for inside in sorted(wrong):
                row = filled[inside]
                self.problems.add(piece.rows[row], name, cells[inside], wrong[inside])
                bad_rows[row] = True
            keep = ~_mask(len(rows), wrong) & ~bad_times[rows]
            tags = np.full(len(rows), self.tags.found[place].tag, np.int32)
            batch = sdk.Batch(self._source, tags, times[rows], values, good, texts)
            parts.append(batch if keep.all() else batch.take(keep))
        self.problems.rows += int(bad_rows.sum())
        joined = sdk.Batch.join(parts)
        return sdk.Batch(
            self._source,
            joined.tags,
            joined.times,
            joined.values,
            joined.qualities,
            joined.texts,
        )


def _mask(rows: int, wrong: Iterable[int]) -> npt.NDArray[np.bool_]:
    mask = np.zeros(rows, np.bool_)
    mask[list(wrong)] = True
    return mask
