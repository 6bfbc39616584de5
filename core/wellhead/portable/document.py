"""The records of a file, and what was wrong with them, with the place of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wellhead.errors import WellheadError
from wellhead.plugins.portable import PortableRecords
from wellhead.settings.checking import did_you_mean
from wellhead.settings.masking import masked

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Written:
    """One record of a file.

    where: for people, `field.toml:12`
    columns: the fields that the file knows at all; None = what the record leaves out is the default
    """

    where: str
    values: Any
    columns: frozenset[str] | None = None


@dataclass(slots=True)
class Document:
    """Records by kind. An import leaves kinds that are not there alone.

    problems: of records that cannot even be read
    """

    records: dict[str, list[Written]] = field(default_factory=dict)
    problems: list["Problem"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Problem:
    """where: place in the file, empty for a record that is in none; record: kind and name"""

    where: str
    record: str
    message: str
    field: str | None = None
    value: Any = None
    remedy: str | None = None

    @property
    def shown(self) -> Any:
        """The value, unless it is secret."""
        return masked((self.field or "").rpartition(".")[2], self.value)

    def __str__(self) -> str:
        error = WellheadError(self.message, field=self.field, value=self.shown, remedy=self.remedy)
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.record}: {error}"


class ImportRefused(WellheadError):
    """Nothing was stored; `problems` has every reason."""

    def __init__(self, problems: list[Problem]) -> None:
        lines = "\n".join(str(problem) for problem in problems)
        super().__init__(f"nothing was imported, since:\n{lines}")
        self.problems = problems


def named(records: PortableRecords, key: tuple[Any, ...]) -> str:
    """`scada.groups FC-101 / fast`"""
    return f"{records.name} {' / '.join('?' if part is None else str(part) for part in key)}"


def leaves(values: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(path, value) of all that is in nested objects; what is None is left out."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            for path, inner in leaves(value):
                yield (key, *path), inner
        elif value is not None:
            yield (key,), value


def require_kind(name: str, known: Mapping[str, PortableRecords], where: str) -> None:
    """Raises WellheadError for records that nothing here takes."""
    if name not in known:
        raise WellheadError(
            "no plugin that is on has such records",
            field=where,
            value=name,
            remedy=did_you_mean(name, known),
        )
