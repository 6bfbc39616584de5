"""Which tags a file means, and what its values are: unit, texts, names of states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Integer, Text, any_, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_historian.store.texts import TEXT

_INT4_MAX = 2**31 - 1
_BOOLEANS = {"true": 1.0, "false": 0.0}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A tag as a file's cells name it.

    textual: its readings are texts; names: numbers that are written as words
    unit: of the cells where it is not the tag's own, else None; to: the tag's unit
    """

    tag: int
    textual: bool
    names: Mapping[str, float]
    unit: str | None
    to: str | None


class Tags:
    """The tags that the caller may see, looked up as a file names them.

    units: of cells, by tag as the file names it, "" for all others
    """

    def __init__(self, units: Mapping[str, str]) -> None:
        self._units = units
        self._known: dict[str, Meaning | str] = {}
        self.found: list[Meaning] = []

    def places(self, cells: Sequence[Any]) -> tuple[npt.NDArray[np.intp], dict[int, str]]:
        """(place in `found` of each cell, -1 for none; what is wrong, by place in `cells`)."""
        names = [str(cell) if type(cell) in (int, str) else "" for cell in cells]
        new = set(names) - self._known.keys()
        if new:
            self._learn(new)
        place = {meaning: number for number, meaning in enumerate(map(id, self.found))}
        of_name = {name: place.get(id(self._known[name]), -1) for name in set(names)}
        places = np.fromiter(map(of_name.__getitem__, names), np.intp, len(names))
        wrong = {row: str(self._known[names[row]]) for row in np.flatnonzero(places < 0).tolist()}
        return places, wrong

    def check_units(self) -> None:
        """Raises WellheadError for a unit of a tag that was not among the cells."""
        for name in self._units.keys() - self._known.keys() - {""}:
            raise sdk.WellheadError(
                "is not among the tags of the body",
                field="unit",
                value=name,
                remedy="Write it as the body does, or leave it out",
            )

    def _learn(self, names: set[str]) -> None:
        numbers = {name: int(name) for name in names if _is_id(name)}
        texts = [name for name in names if "\0" not in name]
        statement: Any = select(Tag.id, Tag.name, Tag.unit, Tag.datatype, Tag.states).where(
            or_(
                Tag.name == any_(literal(texts, ARRAY(Text))),
                Tag.id == any_(literal(list(numbers.values()), ARRAY(Integer))),
            )
        )
        rows = list(sdk.db.session.execute(sdk.only_visible(statement, Tag.asset_id)))
        by_name = {row.name: row for row in rows}
        by_id = {row.id: row for row in rows}
        for name in names:
            named, numbered = by_name.get(name), by_id.get(numbers.get(name, 0))
            row = named or numbered
            if row is None:
                self._known[name] = "there is no such tag"
            elif named and numbered and named.id != numbered.id:
                self._known[name] = "is the name of one tag and the id of another"
            else:
                self._known[name] = meaning = self._meaning(name, row)
                self.found.append(meaning)

    def _meaning(self, name: str, row: Any) -> Meaning:
        names = {state: float(value) for value, state in (row.states or {}).items()}
        if len(names) < len(row.states or {}):  # two values of one name: only numbers are clear
            names = {}
        if row.datatype == "bool":
            names = _BOOLEANS | names
        unit = self._units.get(name, self._units.get(""))
        if unit is not None:
            self._check(name, unit, row.unit)
        return Meaning(row.id, row.datatype == TEXT, names, unit, row.unit)

    def _check(self, name: str, unit: str, to: str | None) -> None:
        if to is None:
            raise sdk.WellheadError(
                f"the tag {name} has no unit to convert to",
                field="unit",
                value=unit,
                remedy="Give the tag its unit, or name units of single tags: unit=TAG=psi",
            )
        sdk.units.convert(0.0, unit, to)  # says what is wrong


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= 10 and 0 < int(name) <= _INT4_MAX
