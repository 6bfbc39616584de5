"""What a plugin offers to `wellhead config`: its records, by names that hold anywhere."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from marshmallow import Schema

    from wellhead.errors import WellheadError

Row = dict[str, Any]
"""One record as its schema loads it. It names others by their names, never by ids."""
Key = tuple[Any, ...]


class PortableRecords(ABC):
    """One kind of record as it is in the tenant that is set, and as an import makes it.

    An import calls `create`, `change` and `skipped` a row at a time, then `problems`, then `store`,
    then `remove`; all in one transaction that is rolled back when anything is wrong, or on trial.
    Nothing needs to be flushed before `store`.

    name: `<plugin>.<plural>`, as in the file
    key: fields whose values name a record
    schema: of a row: all fields in the order of a file, each with a default or required
    """

    name: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    schema: ClassVar["type[Schema]"]

    @abstractmethod
    def rows(self) -> list[Row]:
        """All records as they are, in any order."""

    @abstractmethod
    def create(self, row: Row) -> None:
        """Raises WellheadError naming field, value and remedy."""

    @abstractmethod
    def change(self, row: Row, changed: Collection[str]) -> None:
        """changed: the fields in which `row` differs from the record. Raises WellheadError."""

    @abstractmethod
    def remove(self, row: Row) -> None:
        """Raises WellheadError while something that is to stay needs it."""

    @abstractmethod
    def skipped(self, key: Key) -> None:
        """This row cannot be; others that refer to it are not wrong for that."""

    @abstractmethod
    def store(self) -> None:
        """Hand the session what `create` made, and flush."""

    def shown(self, row: Row) -> Row:
        """The row without what is secret: what an export writes."""
        return row

    def completed(self, row: Row, current: Row) -> Row:
        """A row of a file with what `shown` leaves out, as it is in the record."""
        return row

    def problems(self) -> Iterable[tuple[Key, "WellheadError"]]:
        """What does not fit together after all rows, by the record's key."""
        return ()


def key_of(records: PortableRecords, row: Any) -> Key:
    """The key of a row, or of what a file has in place of one; None for what names nothing."""
    values = [row.get(field) if isinstance(row, Mapping) else None for field in records.key]
    return tuple(value if isinstance(value, (str, int)) else None for value in values)
