"""What became of the objects of an import, in the words of the API."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from wellhead_witsml.objects.common import WitsmlObject

CREATED, UPDATED, UNCHANGED, FAILED = "created", "updated", "unchanged", "failed"


@dataclass(slots=True)
class Outcome:
    """One object's. record_id: of what it became; errors: why it became nothing
    warnings: what was left out, or kept as it came: {field, value, message} each"""

    index: int
    object_type: str
    of: WitsmlObject
    outcome: str = FAILED
    record_id: Any = None
    errors: Sequence[dict[str, Any]] = ()
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def warn(self, field: str, value: object, message: str) -> None:
        self.warnings.append({"field": field, "value": str(value), "message": message})

    def shown(self) -> dict[str, Any]:
        return {
            "index": self.index,
            "object_type": self.object_type,
            "uid_well": self.of.uid_well or None,
            "uid_wellbore": self.of.uid_wellbore or None,
            "uid": self.of.uid,
            "name": self.of.name,
            "outcome": self.outcome,
            "id": None if self.record_id is None else str(self.record_id),
            "errors": list(self.errors),
            "warnings": self.warnings,
        }
