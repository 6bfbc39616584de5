"""Which tags a file means, and what its values are: unit, texts, names of states."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Integer, Text, any_, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from wellhead import sdk
from wellhead_historian.http.finding import written_id
from wellhead_historian.http.schemas import INT4_MAX
from wellhead_historian.imports.datatypes import Whole, whole_of
from wellhead_historian.models import Tag, TagSource
from wellhead_historian.store.texts import TEXT

_BOOLEANS = {"true": 1.0, "false": 0.0}
_NO_TAG = "there is no such tag; POST /api/v1/tags makes one"
_CALCULATED = (
    "is a calculated tag, whose readings come from its expression: import its inputs, "
    "or into a tag of its own"
)
_AMBIGUOUS = (
    "is the name of the tag {} and the id of the tag {!r}: write {} where the first is meant, and "
    "{!r} where it is the second"
)
_MEASURED = (
    "has readings that were measured, beside which nothing is entered by hand: enter it into a tag "
    "of its own, or ask somebody who has the permission historian.import"
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What cells are, of all tags that they are read alike for.

    textual: readings are texts; names: numbers that are written as words
    switch: readings are those of a bool; whole: what they may be, None: any number
    unit: of the cells where it is not the tags' own, else None; to: the tags' unit
    """

    textual: bool
    names: Mapping[str, float]
    switch: bool
    whole: Whole | None
    unit: str | None
    to: str | None


class Tags:
    """The tags that the caller may see, looked up as a file names them.

    units: of cells, by tag as the file names it, "" for all others
    source: of the readings; over_measured: whether tags of other sources take some, too
    meanings: what cells are, each once
    classes: ids of the tags that were found, by the name of their class
    ids, meaning: int32[n + 1] and intp[n + 1], id and place in `meanings` of each tag that was
        found; the last is for the place -1, which has no tag: 0 and -1
    """

    def __init__(self, units: Mapping[str, str], source: int, over_measured: bool) -> None:
        self._units = dict(units)
        self._heard: dict[Any, str] = {}
        self._source = source
        self._over_measured = over_measured
        self._places: dict[int | str, int] = {}
        self._wrong: dict[int | str, str] = {}
        self._known: dict[Any, int] = {}
        self.meanings: list[Meaning] = []
        self.classes: dict[str, set[int]] = {}
        self.ids = np.array([0], np.int32)
        self.meaning = np.array([-1], np.intp)

    def __len__(self) -> int:
        """How many tags were found, under however many names."""
        return len(np.unique(self.ids)) - 1

    def places(
        self, cells: Sequence[Any], named: bool = False
    ) -> tuple[npt.NDArray[np.intp], dict[int, str]]:
        """(place of the tag of each cell, -1 for none; what is wrong, by place in `cells`). A
        number is an id, a text a name, or the id it is where no tag has that name; named:
        all are names."""
        names: list[int | str] = [cell if type(cell) in (int, str) else "" for cell in cells]
        new = set(names) - self._places.keys()
        if new:
            self._learn(new, named)
        places = np.fromiter(map(self._places.__getitem__, names), np.intp, len(names))
        wrong = {row: self._wrong[names[row]] for row in np.flatnonzero(places < 0).tolist()}
        return places, wrong

    def hear_units(self, cells: Sequence[Any], units: Sequence[str]) -> None:
        """Of the values of the tag of each cell, "" for its own. Raises WellheadError for a tag
        with two, a unit there is not, and where units were given, too."""
        for name, unit in set(zip(cells, units, strict=True)):
            if self._heard.setdefault(name, unit) != unit:
                raise sdk.WellheadError(
                    f"is the unit of a reading of {name}, and {self._heard[name] or 'none'} of "
                    "another",
                    field="unit",
                    value=unit,
                    remedy="Send readings of each unit in a body of their own",
                )
            if not unit or name in self._places:
                continue
            if name in self._units or "" in self._units:
                raise sdk.WellheadError(
                    "is given, and a column of the file says it, too",
                    field="unit",
                    value=self._units.get(name, self._units.get("")),
                    remedy="Leave one of them out",
                )
            self._units[name] = sdk.units.check_unit(unit)

    def check_units(self) -> None:
        """Raises WellheadError for a unit of a tag that was not among the cells."""
        for name in self._units.keys() - set(map(str, self._places)) - {""}:
            raise sdk.WellheadError(
                "is not among the tags of the body",
                field="unit",
                value=name,
                remedy="Write it as the body does, or leave it out",
            )

    def _learn(self, names: set[int | str], no_ids: bool) -> None:
        numbers = {} if no_ids else {name: _id_of(name) for name in names}
        texts = [name for name in names if isinstance(name, str) and "\0" not in name]
        statement: Any = select(
            Tag.id, Tag.name, Tag.unit, Tag.datatype, Tag.states, Tag.tag_class
        ).where(
            or_(
                Tag.name == any_(literal(texts, ARRAY(Text))),
                Tag.id == any_(literal(list(filter(None, numbers.values())), ARRAY(Integer))),
            )
        )
        rows = list(sdk.db.session.execute(sdk.only_visible(statement, Tag.asset_id)))
        by_name = {row.name: row for row in rows}
        by_id = {row.id: row for row in rows}
        calculated = _calculated(list(by_id))
        measured = _of_others(list(by_id), self._source)
        free = _free(list(by_id), measured)
        found: list[tuple[int, int]] = []
        for name in names:
            named, numbered = by_name.get(name), by_id.get(numbers.get(name) or 0)
            row = named or numbered
            if row is None:
                self._refuse(name, _NO_TAG)
            elif named and numbered and named.id != numbered.id:
                told = (named.id, numbered.name)
                self._refuse(name, _AMBIGUOUS.format(*told, *told))
            elif row.id in calculated:
                self._refuse(name, _CALCULATED)
            elif row.id in measured and not self._over_measured:
                self._refuse(name, _MEASURED)
            else:
                self._places[name] = len(self.ids) - 1 + len(found)
                self.classes.setdefault(row.tag_class, set()).add(row.id)
                found.append((row.id, self._meaning(str(name), row, row.id in free)))
        new = np.array(found, np.int64).reshape(-1, 2)
        self.ids = np.concatenate([self.ids[:-1], new[:, 0], [0]]).astype(np.int32)
        self.meaning = np.concatenate([self.meaning[:-1], new[:, 1], [-1]])

    def _refuse(self, name: int | str, message: str) -> None:
        self._places[name] = -1
        self._wrong[name] = message

    def _meaning(self, name: str, row: Any, free: bool) -> int:
        """Its place in `meanings`; free: whatever its datatype, it has any numbers."""
        names = {state: float(value) for value, state in (row.states or {}).items()}
        if len(names) < len(row.states or {}):  # two values of one name: only numbers are clear
            names = {}
        if row.datatype == "bool":
            names = _BOOLEANS | names
        unit = self._units.get(name, self._units.get(""))
        if unit == row.unit:
            unit = None
        if unit is not None:
            self._check(name, unit, row.unit)
        whole = None if free else whole_of(row.datatype)
        alike = (row.datatype == TEXT, row.datatype == "bool", whole, unit, row.unit)
        place = self._known.setdefault((*alike, tuple(names.items())), len(self.meanings))
        if place == len(self.meanings):
            textual, switch, *_ = alike
            self.meanings.append(Meaning(textual, names, switch, whole, unit, row.unit))
        return place

    def _check(self, name: str, unit: str, to: str | None) -> None:
        if to is None:
            raise sdk.WellheadError(
                f"the tag {name} has no unit to convert to",
                field="unit",
                value=unit,
                remedy="Give the tag its unit, or name units of single tags: unit=TAG=psi",
            )
        sdk.units.convert(0.0, unit, to)  # says what is wrong


def _id_of(name: int | str) -> int | None:
    if isinstance(name, str):
        return written_id(name)
    return name if 0 < name <= INT4_MAX else None


def _calculated(ids: Sequence[int]) -> set[int]:
    asked = np.array(ids, np.int32)
    return {tag for _, tags in sdk.ask("calculated", tags=asked) for tag in tags} if ids else set()


def _free(ids: Sequence[int], measured: Collection[int]) -> set[int]:
    """Those of tags `ids` whose datatype says nothing of their readings: they are converted on
    their way from a device, or were `measured` and nobody knows any more how."""
    if not ids:
        return set()
    known: dict[int, bool] = {}
    for _, converted in sdk.ask("converted", tags=np.array(ids, np.int32)):
        known |= converted
    return {tag for tag in ids if known.get(tag, tag in measured)}


def _of_others(ids: Sequence[int], source: int) -> set[int]:
    """Those of tags `ids` that another source than `source` ever brought readings of."""
    others = select(TagSource.tag_id).where(
        TagSource.tag_id == any_(literal(list(ids), ARRAY(Integer))), TagSource.source_id != source
    )
    return set(sdk.db.session.scalars(others))
