"""What an import would do, a step a record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from wellhead.plugins.portable import Key, PortableRecords, Row
from wellhead.portable.document import leaves
from wellhead.settings.masking import MASK, masked

Action = Literal["create", "change", "unchanged", "remove"]
Changes = dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """changes: (old, new) by field, `options.port`; secrets are masked"""

    records: str
    key: Key
    action: Action
    changes: Changes = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """steps: in the order they are done"""

    steps: list[Step] = field(default_factory=list)

    def count(self, action: Action) -> int:
        return sum(step.action == action for step in self.steps)

    @property
    def empty(self) -> bool:
        return all(step.action == "unchanged" for step in self.steps)


def differing(row: Row, current: Row) -> list[str]:
    """The fields in which they differ; null and nothing are the same inside an object."""
    return [key for key in row if _plain(row[key]) != _plain(current.get(key))]


def changes_of(records: PortableRecords, row: Row, current: Row) -> Changes:
    """What people are shown of a change."""
    open_values = dict(leaves(records.shown(row))) | dict(leaves(records.shown(current)))
    old, new = dict(leaves(current)), dict(leaves(row))
    return {
        ".".join(path): (_shown(path, old, open_values), _shown(path, new, open_values))
        for path in sorted({*old, *new})
        if old.get(path) != new.get(path)
    }


def _shown(
    path: tuple[str, ...], values: Mapping[tuple[str, ...], Any], known: Mapping[Any, Any]
) -> Any:
    if path not in values:
        return None
    return masked(path[-1], values[path]) if path in known else MASK


def _plain(value: Any) -> Any:
    return dict(leaves(value)) if isinstance(value, Mapping) else value
