"""Fluid tables that are kept: each a version with its inputs. These functions do not commit."""

import uuid
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from sqlalchemy import func, select

from wellhead import sdk
from wellhead_reservoir.models import CorrelationSet, PvtTable, Reservoir
from wellhead_reservoir.pvt.black_oil import Made, black_oil
from wellhead_reservoir.pvt.inputs import FIELD_CONDITIONS, gather
from wellhead_reservoir.pvt.measured import oil_points
from wellhead_reservoir.pvt.rows import shown_warning
from wellhead_reservoir.pvt.samples import require_sample
from wellhead_reservoir.pvt.tables import Properties
from wellhead_reservoir.records import held_reservoir
from wellhead_reservoir.vocabulary import HeldTo, Phase


def keep_table(data: Mapping[str, Any]) -> PvtTable:
    """Make a table by a correlation set, and keep it as the reservoir's next version.

    data: as `PvtTableSchema` loads it
    Raises WellheadError for a set that is not there, pressures that are no range, and inputs that
    are missing or make no fluid.
    """
    record: CorrelationSet = sdk.require_record(
        CorrelationSet,
        data["correlation_set_id"],
        "correlation_set_id",
        what="correlation set",
        listed="GET /api/v1/reservoirs/correlation-sets",
    )
    reservoir = held_reservoir(record.reservoir_id)
    sample = require_sample(reservoir.id, record.sample_id)
    given, lines = gather(record, sample, reservoir)
    held = sample is not None and record.held_to == HeldTo.ALL and record.fluid == Phase.OIL
    points = oil_points(sample) if held and sample is not None else {}
    made = black_oil(given, record.choices, _pressures(data), points)
    last = select(func.max(PvtTable.version)).where(PvtTable.reservoir_id == reservoir.id)
    table = PvtTable(
        reservoir_id=reservoir.id,
        correlation_set_id=record.id,
        sample_id=record.sample_id,
        version=(sdk.db.session.scalar(last) or 0) + 1,
        name=record.name,
        fluid=record.fluid,
        held_to=record.held_to,
        standard_conditions=record.standard_conditions,
        inputs=lines,
        choices=record.choices,
        warnings=[shown_warning(found) for found in made.outside],
        saturation=_saturation(made),
        columns=_listed(made.table),
        remark=data.get("remark"),
        created_by=sdk.current_actor().email,
    )
    sdk.db.session.add(table)
    sdk.db.session.flush()
    return table


def properties_of(table: PvtTable) -> Properties:
    """A table's columns, in the units and at the conditions of `Properties`."""
    return Properties(
        **{
            field.name: np.array(table.columns[field.name], np.float64)  # None becomes NaN
            for field in fields(Properties)
        }
    )


def table_for(reservoir: Reservoir, key: uuid.UUID | None, field: str = "pvt_table_id") -> PvtTable:
    """The table of the reservoir that a body names by `field`, or its newest. Raises WellheadError
    when there is none."""
    tables = select(PvtTable).where(PvtTable.reservoir_id == reservoir.id)
    if key is not None:
        tables = tables.where(PvtTable.id == key)
    found = sdk.db.session.scalars(tables.order_by(PvtTable.version.desc()).limit(1)).one_or_none()
    if found is None:
        raise sdk.WellheadError(
            f"reservoir {reservoir.name} has no {'fluid' if key is None else 'such fluid'} table",
            field=field,
            value=None if key is None else str(key),
            remedy="Make one by POST /api/v1/reservoirs/pvt-tables",
        )
    return found


def _pressures(data: Mapping[str, Any]) -> sdk.Array:
    low, high = (data[name].to("psia") for name in ("pressure_from", "pressure_to"))
    if high <= low:
        raise sdk.WellheadError(
            "is not above pressure_from",
            field="pressure_to",
            value=data["pressure_to"].value,
            remedy="Correct one of the two, or its unit",
        )
    return np.linspace(low, high, data["rows"])


def _saturation(made: Made) -> list[dict[str, Any]]:
    if made.bubble_point is None:
        return []
    rows = (
        ("bubble_point", "Bubble point", made.bubble_point, "psia", None),
        ("solution_gor", "Gas in solution", made.solution_gor, "scf/STB", FIELD_CONDITIONS),
        ("oil_volume", "Formation volume factor of oil", made.oil_volume, "bbl/STB", None),
    )
    names = ("name", "title", "value", "unit", "standard_conditions")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _listed(table: Properties) -> dict[str, list[float | None]]:
    return {
        field.name: [
            value if np.isfinite(value) else None for value in getattr(table, field.name).tolist()
        ]
        for field in fields(Properties)
    }
