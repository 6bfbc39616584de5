"""The production of a simulated field, as records: its battery, meters, and each well's days."""

import uuid
from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_historian.api import driver_connection
from wellhead_historian.models import Tag
from wellhead_production.facilities import create_facility
from wellhead_production.imports.writing import COLUMNS, Table, sum_up
from wellhead_production.meters import create_meter
from wellhead_production.models import Facility
from wellhead_wells.models import Well
from wellhead_wells.past import Past, PastWell

_SALES = {"oil": "sales", "gas": "sales", "water": "disposal"}
"""Where the battery's meter of each fluid is."""


def keep(past: Past) -> None:
    """The field's battery with what it measures and what it measured. Does not commit."""
    battery = create_facility(
        {
            "name": f"{past.field} battery",
            "kind": "battery",
            "time_zone": past.time_zone,
            "production_day_start": past.day_start,
            "standard_conditions": past.conditions,
        }
    )
    wells = {well.well_id: sdk.db.session.get_one(Well, well.well_id) for well in past.wells}
    _meters(battery, past)
    day_hours = _day_hours(past)
    with driver_connection() as connection:
        rows = [
            row
            for well in past.wells
            for row in _days(past, well, battery.id, wells[well.well_id].asset_id, day_hours)
        ]
        Table(connection).add(rows)
        sum_up(connection, {"created": len(rows), "first": past.dates[0], "last": past.dates[-1]})


def _meters(battery: Facility, past: Past) -> None:
    """One of each fluid for all wells, and of each well's oil the one that its tag is of."""
    for fluid, position in _SALES.items():
        create_meter(
            {
                "facility_id": battery.id,
                "name": f"{fluid.capitalize()} {position}",
                "fluid": fluid,
                "position": position,
            }
        )
    for well in past.wells:
        tag = sdk.db.session.scalar(select(Tag.id).where(Tag.name == f"{well.name}.OIL_RATE"))
        create_meter(
            {
                "facility_id": battery.id,
                "name": f"{well.name} oil",
                "fluid": "oil",
                "position": "wellhead",
                "well_id": well.well_id,
                "tag_id": tag,
                "tag_signal": None if tag is None else "rate",
            }
        )


def _day_hours(past: Past) -> list[float]:
    zone, start = sdk.zone_of(past.time_zone), sdk.parse_day_start(past.day_start)
    spans = (sdk.day_span(date, zone, start) for date in past.dates)
    return [(end - begin).total_seconds() / 3_600.0 for begin, end in spans]


def _days(
    past: Past,
    well: PastWell,
    facility_id: uuid.UUID,
    asset_id: uuid.UUID,
    day_hours: list[float],
) -> Iterator[list[Any]]:
    """Rows in the order of COLUMNS."""
    same = {
        "well_id": well.well_id,
        "asset_id": asset_id,
        "facility_id": facility_id,
        "disposition": "produced",
        "method": "allocated",
        "standard_conditions": past.conditions,
        "liquid_unit": "Sm3",
        "gas_unit": "Sm3",
        "choke": well.choke,
        "choke_unit": "%",
        "pressure_unit": "bara",
    }
    columns = {
        "production_date": past.dates,
        "day_hours": day_hours,
        "hours_on": np.round(well.hours, 3).tolist(),
        "tubing_pressure": np.round(well.wellhead_pressure, 2).tolist(),
    }
    for fluid in ("oil", "gas", "water"):
        volume = np.round(getattr(well, fluid), 3).tolist()
        columns |= {fluid: volume, f"{fluid}_sm3": volume}
    for values in zip(*columns.values(), strict=True):
        row = same | dict(zip(columns, values, strict=True))
        yield [row.get(name) for name in COLUMNS]
