"""The cells of a file as batches of readings, and everything that is wrong with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from wellhead import sdk
from wellhead_historian.imports.cells import Piece, Ragged
from wellhead_historian.imports.datatypes import refuse_others, refuse_rounded, rounded
from wellhead_historian.imports.tags import Meaning, Tags
from wellhead_historian.imports.times import TimeForm, read_times
from wellhead_historian.imports.values import Values, Wrong, read_numbers, read_qualities

MOST_PROBLEMS = 1_000
_MOST_COLUMNS = 100
_SHOWN = 100


@dataclass(slots=True)
class Problems:
    """What is wrong with a body: how many rows, and the first things by row and column."""

    rows: int = 0
    found: list[dict[str, Any]] = field(default_factory=list)
    _noted: list[tuple[int, str, Any, str]] = field(default_factory=list)

    def add(self, row: int, column: str, cell: Any, message: str) -> None:
        """Of rows of the same piece in any order; those of one row in that of their columns."""
        self._noted.append((row, column, cell, message))

    def end_piece(self) -> None:
        """All rows that follow are later ones."""
        for row, column, cell, message in sorted(self._noted, key=itemgetter(0)):
            if len(self.found) == MOST_PROBLEMS:
                break
            text = cell if isinstance(cell, str) else orjson.dumps(cell).decode()
            value = text.replace("\0", "\N{REPLACEMENT CHARACTER}")[:_SHOWN]
            self.found.append({"row": row, "column": column, "value": value, "message": message})
        self._noted.clear()


class Reading:
    """Reads pieces of a body for the source `source`; what is wrong is in `problems`.

    over_measured: whether tags that other sources brought readings of take some, too
    """

    def __init__(
        self, source: int, form: TimeForm, units: Mapping[str, str], over_measured: bool
    ) -> None:
        self.problems = Problems()
        self.tags = Tags(units, source, over_measured)
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
            self.problems.end_piece()
            if len(batch):
                yield batch
        self.problems.end_piece()

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
        if piece.units is not None:
            self.tags.hear_units(piece.tags, piece.units)
        places, no_tag = self.tags.places(piece.tags, piece.named)
        self._note(piece, "tag", piece.tags, no_tag)
        times, bad = self._times(piece)
        bad |= places < 0
        qualities = np.full(len(times), sdk.quality.GOOD, np.int16)
        if piece.qualities is not None:
            qualities, wrong = read_qualities(piece.qualities)
            self._note(piece, "quality", piece.qualities, wrong)
            bad |= _mask(len(times), wrong)
        values, texts, wrong = self._values(cells, places, qualities)
        for row in self._empty_texts(piece, places, wrong):
            del wrong[row]
            texts[row] = ""
        self._note(piece, "value", cells, wrong)
        bad |= _mask(len(times), wrong)
        self.problems.rows += int(bad.sum())
        batch = sdk.Batch(self._source, self.tags.ids[places], times, values, qualities, texts)
        return batch.take(~bad) if bad.any() else batch

    def _empty_texts(
        self, piece: Piece, places: npt.NDArray[np.intp], wrong: Iterable[int]
    ) -> list[int]:
        """Rows whose quality is said, so that their empty text is one and nothing left out."""
        cells, qualities = piece.columns["value"], piece.qualities
        if qualities is None:
            return []
        meanings, which = self.tags.meanings, self.tags.meaning[places]
        said = [row for row in wrong if cells[row] == "" and qualities[row]]
        return [row for row in said if meanings[which[row]].textual]

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
        which = self.tags.meaning[places]
        for number in np.unique(which[places >= 0]).tolist():
            meaning = self.tags.meanings[number]
            rows = np.flatnonzero((which == number) & ~empty)
            chosen = [cells[row] for row in rows.tolist()] if len(rows) < len(cells) else cells
            if meaning.textual:
                for row, cell in zip(rows.tolist(), chosen, strict=True):
                    if isinstance(cell, str):
                        texts[row] = cell
                    else:
                        wrong[row] = "is not a text"
                continue
            values[rows], inside = _numbers(chosen, meaning)
            wrong |= {int(rows[place]): message for place, message in inside.items()}
        return values, texts, wrong

    def _wide(self, piece: Piece) -> sdk.Batch:
        """Column after column as one, without cells that are empty."""
        names = list(piece.columns)
        of_names, no_tag = self.tags.places(names)
        _check_header(names, self.tags.ids[of_names], no_tag)
        times, bad_times = self._times(piece)
        cells: Sequence[Any] = list(chain.from_iterable(piece.columns.values()))
        filled = np.flatnonzero(np.fromiter((cell != "" for cell in cells), np.bool_, len(cells)))
        if len(filled) < len(cells):
            cells = [cells[place] for place in filled.tolist()]
        columns, rows = np.divmod(filled, len(times))
        good = np.full(len(filled), sdk.quality.GOOD, np.int16)
        values, texts, wrong = self._values(cells, of_names[columns], good)
        for place in sorted(wrong):
            row, name = piece.rows[int(rows[place])], names[int(columns[place])]
            self.problems.add(row, name, cells[place], wrong[place])
        bad = _mask(len(filled), wrong)
        bad_rows = bad_times.copy()
        bad_rows[rows[bad]] = True
        self.problems.rows += int(bad_rows.sum())
        bad |= bad_times[rows]
        tags = self.tags.ids[of_names[columns]]
        batch = sdk.Batch(self._source, tags, times[rows], values, good, texts)
        return batch.take(~bad) if bad.any() else batch


def _check_header(
    names: Sequence[str], ids: npt.NDArray[np.int32], no_tag: Mapping[int, str]
) -> None:
    """Raises ApiError naming each column of no tag, or of the tag of an earlier column."""
    wrong = dict(no_tag)
    first: dict[int, str] = {}
    for place, tag in enumerate(ids.tolist()):
        if place not in wrong and first.setdefault(tag, names[place]) != names[place]:
            wrong[place] = f"is the same tag as {first[tag]}: leave one of the two out"
    if not wrong:
        return
    details: list[dict[str, Any]] = [
        {"field": "header", "value": names[place], "message": wrong[place]}
        for place in sorted(wrong)[:_MOST_COLUMNS]
    ]
    raise sdk.ApiError(
        422,
        "validation_failed",
        f"{len(wrong)} of {len(names)} columns cannot be imported. First: "
        f"{details[0]['value']}: {details[0]['message']}",
        [*details, {"remedy": "Name each column as its tag; GET /api/v1/tags lists them"}],
    )


def _numbers(cells: Sequence[Any], meaning: Meaning) -> tuple[Values, Wrong]:
    """(values in the tag's unit, what is wrong)."""
    values, wrong = read_numbers(cells, meaning.names, meaning.switch)
    if meaning.whole is not None:
        wrong |= refuse_rounded(cells, values)
    if meaning.unit is not None:
        assert meaning.to is not None
        values = sdk.units.convert(values, meaning.unit, meaning.to)
        for place in np.flatnonzero(np.isinf(values)).tolist():
            wrong[place] = (
                f"is too large in {meaning.to}, the unit of its tag: correct it, or its unit "
                f"{meaning.unit}"
            )
    if meaning.whole is not None:
        values = values if meaning.unit is None else rounded(values)
        wrong |= refuse_others(values, meaning.whole)
    return values, wrong


def _mask(rows: int, wrong: Iterable[int]) -> npt.NDArray[np.bool_]:
    mask = np.zeros(rows, np.bool_)
    mask[list(wrong)] = True
    return mask
