"""What was measured on a sample, as points to be seen over a table: absolute pressures, the table's
units, and oil volumes a volume of stock tank oil where the sample says how to make them that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_reservoir.calc.differential import separator_bo, separator_rs
from wellhead_reservoir.models import PvtSample
from wellhead_reservoir.pvt.columns import MEASURED, PROPERTIES
from wellhead_reservoir.pvt.experiments import ExperimentKind, absolute_pressures, column_of
from wellhead_reservoir.pvt.inputs import FIELD_CONDITIONS
from wellhead_reservoir.pvt.samples import absolute_pressure
from wellhead_reservoir.vocabulary import HeldTo


@dataclass(frozen=True, slots=True)
class Points:
    """label: the experiment, for people; name: of `pvt.columns.PROPERTIES`
    pressure: psia; values: in the units and at the conditions of `pvt.tables.Properties`"""

    label: str
    name: str
    pressure: sdk.Array
    values: sdk.Array


def measured_points(sample: PvtSample) -> list[Points]:
    """All that the sample's experiments and its bubble point say of a table's properties."""
    found = list(_at_the_bubble_point(sample))
    for experiment in sample.experiments:
        if experiment["kind"] == ExperimentKind.SEPARATOR:
            continue
        pressure = absolute_pressures(experiment, sample.atmospheric_pressure)
        columns = {
            name: column_values(sample, experiment, name)
            for name in (*PROPERTIES, "relative_volume")
            if name != "pressure" and column_of(experiment, name)["values"]
        }
        label = str(experiment["kind"])
        if experiment["kind"] == ExperimentKind.DIFFERENTIAL and _has_separators(sample):
            columns |= _through_separators(sample, columns)
            label += ", through separators"
        columns |= _oil_of_relative_volume(sample, pressure, columns)
        found += [
            Points(label, name, pressure[known], values[known])
            for name, values in columns.items()
            if name in PROPERTIES and (known := np.isfinite(values)).any()
        ]
    return found


def oil_points(sample: PvtSample) -> dict[str, tuple[sdk.Array, sdk.Array]]:
    """What a table of oil may be held to: rs, bo and oil_viscosity by name, as rising pressures in
    psia and values; of several at one pressure the first.

    Raises WellheadError where the sample does not say what its oil is through separators at the
    bubble point: a differential liberation alone is of another oil.
    """
    if not _has_separators(sample) or sample.bubble_point is None:
        raise sdk.WellheadError(
            f"sample {sample.name} lacks bubble_point, solution_gor or oil_volume, so that its "
            "experiments are not of oil through separators",
            field="held_to",
            value=HeldTo.ALL.value,
            remedy="Give the sample all three, or hold the table to its bubble point or nothing",
        )
    found: dict[str, tuple[sdk.Array, sdk.Array]] = {}
    marks = measured_points(sample)
    for name in ("rs", "bo", "oil_viscosity"):
        of_name = [mark for mark in marks if mark.name == name]
        if of_name:
            pressure = np.concatenate([mark.pressure for mark in of_name])
            values = np.concatenate([mark.values for mark in of_name])
            rising, first = np.unique(pressure.round(3), return_index=True)
            found[name] = rising, values[first]
    return found


def column_values(sample: PvtSample, experiment: Mapping[str, Any], name: str) -> sdk.Array:
    """A column in the unit of `MEASURED`, volumes of gas at the field's conditions."""
    reported = column_of(experiment, name)
    column = MEASURED[name]
    values: sdk.Array = np.array(reported["values"], np.float64)
    if column.quantity is not None:
        values = sdk.units.convert(values, reported["unit"], column.unit)
    return values * _to_field(sample) ** column.gas


def _to_field(sample: PvtSample) -> float:
    return sdk.units.gas_volume_factor(sample.standard_conditions, FIELD_CONDITIONS)


def _at_the_bubble_point(sample: PvtSample) -> Iterator[Points]:
    bubble = absolute_pressure(sample, "bubble_point")
    if bubble is None:
        return
    for name, field, factor in (
        ("rs", "solution_gor", _to_field(sample)),
        ("bo", "oil_volume", 1.0),
        ("oil_viscosity", "oil_viscosity", 1.0),
    ):
        value = getattr(sample, field)
        if value is not None:
            there = np.array([value.to(PROPERTIES[name].unit) * factor])
            yield Points("measured at the bubble point", name, np.array([bubble]), there)


def _has_separators(sample: PvtSample) -> bool:
    return sample.solution_gor is not None and sample.oil_volume is not None


def _through_separators(sample: PvtSample, columns: Mapping[str, sdk.Array]) -> dict[str, Any]:
    """rs and bo of a differential liberation a volume of stock tank oil; its bubble point is the
    row with most gas in solution."""
    assert sample.solution_gor is not None  # _has_separators
    assert sample.oil_volume is not None
    bubble = int(np.nanargmax(columns["rs"]))
    rs_bubble, bo_bubble = float(columns["rs"][bubble]), float(columns["bo"][bubble])
    bo_separator = sample.oil_volume.to("bbl/STB")
    rs_separator = sample.solution_gor.to("scf/STB") * _to_field(sample)
    return {
        "rs": separator_rs(columns["rs"], rs_bubble, bo_bubble, rs_separator, bo_separator),
        "bo": separator_bo(columns["bo"], bo_bubble, bo_separator),
    }


def _oil_of_relative_volume(
    sample: PvtSample, pressure: sdk.Array, columns: Mapping[str, sdk.Array]
) -> dict[str, sdk.Array]:
    """bo above the bubble point: V/Vsat·Bob, of an expansion whose cell holds oil alone there."""
    bubble = absolute_pressure(sample, "bubble_point")
    if "relative_volume" not in columns or bubble is None or sample.oil_volume is None:
        return {}
    alone = pressure >= bubble * (1 - 1e-6)
    bo = columns["relative_volume"] * sample.oil_volume.to("bbl/STB")
    return {"bo": np.where(alone, bo, np.nan)}
