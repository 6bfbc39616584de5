"""PVT samples: creating and changing them. These functions do not commit."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_reservoir.models import PvtSample
from wellhead_reservoir.pvt.experiments import absolute, check_experiments, check_pressure_unit
from wellhead_reservoir.records import held_reservoir
from wellhead_reservoir.vocabulary import SampleKind
from wellhead_wells.models import Well

_PRESSURES = ("bubble_point", "separator_pressure")
_ROUNDING = 0.5
"""Mole % that a composition's sum may miss 100 by: reports have two digits a component."""


def create_sample(data: Mapping[str, Any]) -> PvtSample:
    """A sample with its report. data: as `PvtSampleSchema` loads it.

    Raises WellheadError for records that are not there, pressures without their unit or atmosphere,
    a composition that is not 100 % and experiments that are none; ApiError 409 for a taken name.
    """
    held_reservoir(data["reservoir_id"])
    lists: dict[str, Any] = {"gas_composition": [], "experiments": []}
    sample = PvtSample(**{"kind": SampleKind.UNKNOWN.value} | lists | dict(data))
    _check(sample)
    sdk.db.session.add(sample)
    sdk.db.session.flush()
    return sample


def change_sample(sample: PvtSample, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_sample` does."""
    held_reservoir(sample.reservoir_id)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(sample, data, fixed=("reservoir_id",))
        _check(sample)


def require_sample(reservoir_id: uuid.UUID, key: uuid.UUID | None) -> PvtSample | None:
    """The sample of this reservoir that a body names by `sample_id`, None for none. Raises
    WellheadError."""
    if key is None:
        return None
    found = sdk.db.session.get(PvtSample, key)
    if found is None or found.reservoir_id != reservoir_id:
        raise sdk.WellheadError(
            "the reservoir has no such sample",
            field="sample_id",
            value=str(key),
            remedy="Name one of GET /api/v1/reservoirs/pvt-samples",
        )
    return found


def absolute_pressure(sample: PvtSample, name: str) -> float | None:
    """psia of one of the sample's pressures, None where there is none."""
    value = getattr(sample, name)
    if value is None:
        return None
    assert sample.pressure_unit is not None  # checked when it was entered
    return float(absolute(value, sample.pressure_unit, sample.atmospheric_pressure, name))


def composition(sample: PvtSample) -> dict[str, float] | None:
    """Mole fractions by component; None of a sample without a composition."""
    return shares_of(sample.gas_composition) or None


def shares_of(parts: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Mole fractions by component, of rows of `GasShareSchema`."""
    return {part["component"]: part["mole_percent"] / 100 for part in parts}


def refuse_taken_name(record: Any, what: str) -> None:
    """Raises ApiError 409 when another record of the reservoir has the record's name."""
    model = type(record)
    taken = select(model.id).where(
        model.reservoir_id == record.reservoir_id,
        model.name == record.name,
        model.id.is_distinct_from(record.id),
    )
    if sdk.db.session.scalar(taken) is not None:
        raise sdk.conflict(
            f"the reservoir has a {what} of this name",
            field="name",
            value=record.name,
            remedy="Choose another",
        )


def _check(sample: PvtSample) -> None:
    refuse_taken_name(sample, "sample")
    if sample.well_id is not None:
        listed = "GET /api/v1/wells"
        sdk.require_record(Well, sample.well_id, "well_id", what="well", listed=listed)
    if sample.pressure_unit is not None:
        check_pressure_unit(sample.pressure_unit, "pressure_unit")
    for name in _PRESSURES:
        if getattr(sample, name) is not None and sample.pressure_unit is None:
            raise sdk.WellheadError(
                f"{name} needs its unit",
                field="pressure_unit",
                remedy="Send pressure_unit: psia, psig, bara …",
            )
        absolute_pressure(sample, name)
    check_composition(sample.gas_composition)
    check_experiments(sample.experiments, sample.atmospheric_pressure)


def check_composition(parts: Sequence[Mapping[str, Any]]) -> None:
    """Raises WellheadError unless the components are named once and make 100 %, or are none."""
    names = [part["component"] for part in parts]
    total = sum(part["mole_percent"] for part in parts)
    if len(set(names)) < len(names):
        raise sdk.WellheadError(
            "names a component twice", field="gas_composition", remedy="Send each component once"
        )
    if names and abs(total - 100) > _ROUNDING:
        raise sdk.WellheadError(
            f"makes {total:g} % and not 100",
            field="gas_composition",
            value=total,
            remedy="Correct the components; heavier ones than decane count as decane",
        )
