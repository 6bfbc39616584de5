"""Correlation sets: creating and changing them. These functions do not commit."""

from collections.abc import Mapping
from typing import Any

from wellhead import sdk
from wellhead_reservoir.calc.correlations import CORRELATIONS
from wellhead_reservoir.models import CorrelationSet, Reservoir
from wellhead_reservoir.pvt.given import DEFAULT_CHOICES
from wellhead_reservoir.pvt.samples import refuse_taken_name, require_sample
from wellhead_reservoir.records import held_reservoir
from wellhead_reservoir.vocabulary import TABLE_OF, HeldTo


def create_set(data: Mapping[str, Any]) -> CorrelationSet:
    """A correlation set. data: as `CorrelationSetSchema` loads it; choices left out are the first
    of each property, a fluid left out the reservoir's.

    Raises WellheadError for a sample that is another reservoir's or a fluid that nobody has said,
    ApiError 409 for a taken name.
    """
    reservoir = held_reservoir(data["reservoir_id"])
    usual = {"held_to": HeldTo.BUBBLE_POINT.value, "choices": {}}
    values = usual | {"fluid": _fluid_of(reservoir, data)} | dict(data)
    values["choices"] = {**DEFAULT_CHOICES, **values["choices"]}
    record = CorrelationSet(**values)
    _check(record)
    sdk.db.session.add(record)
    sdk.db.session.flush()
    return record


def change_set(record: CorrelationSet, data: Mapping[str, Any]) -> None:
    """Change what `data` names; of choices, those that it names. Raises as `create_set` does.
    Tables that were made stay as they are."""
    held_reservoir(record.reservoir_id)
    values = dict(data)
    if "choices" in values:
        values["choices"] = {**record.choices, **values["choices"]}
    with sdk.db.session.no_autoflush:
        sdk.set_fields(record, values, fixed=("reservoir_id",))
        _check(record)


def _check(record: CorrelationSet) -> None:
    refuse_taken_name(record, "correlation set")
    require_sample(record.reservoir_id, record.sample_id)


def _fluid_of(reservoir: Reservoir, data: Mapping[str, Any]) -> str | None:
    found = data.get("fluid") or TABLE_OF.get(reservoir.fluid)
    if found is None:
        raise sdk.WellheadError(
            f"the fluid of reservoir {reservoir.name} is unknown",
            field="fluid",
            remedy="Send fluid: oil, gas or water, or say what the reservoir holds",
        )
    return str(found)


def listed_correlations() -> list[dict[str, Any]]:
    """All correlations, as `CorrelationSchema` shows them."""
    return [
        {
            "property": gives,
            "name": row.name,
            "title": row.title,
            "source": row.source,
            "chosen_by_default": place == 0,
            "ranges": [
                {"input": name, "low": low, "high": high}
                for name, (low, high) in row.ranges.items()
            ],
        }
        for gives, rows in CORRELATIONS.items()
        for place, row in enumerate(rows.values())
    ]
