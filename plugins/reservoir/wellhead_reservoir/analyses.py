"""Analyses that are kept: the next version of a reservoir, with all that went into it.

Like `reservoirs`, these functions work in the caller's tenant and transaction and do not commit.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from sqlalchemy import func, select

from wellhead import sdk
from wellhead_reservoir.models.analyses import Analysis
from wellhead_reservoir.models.base import Reservoir

Kept = TypeVar("Kept", bound=Analysis)


@dataclass(slots=True)
class Outcome:
    """What an analysis found, as its record keeps it."""

    formula: str
    source: str
    results: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    made_from: list[str] = field(default_factory=list)


def keep(
    model: type[Kept],
    reservoir: Reservoir,
    inputs: Mapping[str, Any],
    found: Outcome,
    remark: str | None,
    **more: Any,
) -> Kept:
    """Keep an outcome as the reservoir's next version of this kind.

    reservoir: held; inputs: as their schema dumps them
    """
    last = select(func.max(model.version)).where(model.reservoir_id == reservoir.id)
    values: dict[str, Any] = {
        "reservoir_id": reservoir.id,
        "version": (sdk.db.session.scalar(last) or 0) + 1,
        "inputs": dict(inputs),
        "remark": remark,
        "created_by": sdk.current_actor().email,
    }
    record = model(**values, **asdict(found), **more)
    sdk.db.session.add(record)
    sdk.db.session.flush()
    return record


def result(analysis: Analysis, name: str) -> sdk.Quantity | None:
    """The result of that name; None where the analysis has none."""
    for line in analysis.results:
        if line["name"] == name:
            return sdk.Quantity(line["value"], line["unit"])
    return None
