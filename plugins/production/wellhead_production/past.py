"""The production of a simulated field, as records: its battery with meters and a network, each
well's days and stops, and what the battery measured and did with it of late."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from sqlalchemy import insert, select

from wellhead import sdk
from wellhead_historian.api import driver_connection
from wellhead_historian.models import Tag
from wellhead_production.allocation.networks import (
    create_network,
    create_network_meter,
    create_network_well,
)
from wellhead_production.facilities import create_facility
from wellhead_production.imports.writing import COLUMNS, Table, sum_up
from wellhead_production.meters import create_meter
from wellhead_production.models import (
    DowntimeEvent,
    Facility,
    FacilityVolume,
    Meter,
    MeterTotal,
)
from wellhead_production.vocabulary import DowntimeReason
from wellhead_wells.models import Well
from wellhead_wells.past import Past, PastWell, StopReason

_POSITION = {"oil": "sales", "gas": "sales", "water": "disposal"}
"""Where the battery's meter of each fluid is."""
OIL_METER = "Oil sales"

_MEASURED_DAYS = 62
"""Of which the battery's totals are kept, the last ones"""

_SHARES = {
    "oil": {"sold": 1.0},
    "gas": {"sold": 0.9, "fuel": 0.08, "flared": 0.02},
    "water": {"injected": 1.0},
}
"""What becomes of each fluid"""

_REASONS = {
    StopReason.PUMP_TRIP: DowntimeReason.ARTIFICIAL_LIFT,
    StopReason.PRESSURE_SURVEY: DowntimeReason.WELL_TEST,
    StopReason.BUILD_UP: DowntimeReason.WELL_TEST,
}


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
    meters = _meters(battery, past)
    _network(battery, past, meters)
    _stops(battery, past)
    wells = {well.well_id: sdk.db.session.get_one(Well, well.well_id) for well in past.wells}
    day_hours = _day_hours(past)
    _measured(battery, past, meters, day_hours)
    with driver_connection() as connection:
        rows = [
            row
            for well in past.wells
            for row in _days(past, well, battery.id, wells[well.well_id].asset_id, day_hours)
        ]
        Table(connection).add(rows)
        sum_up(connection, {"created": len(rows), "first": past.dates[0], "last": past.dates[-1]})


def _meters(battery: Facility, past: Past) -> dict[str, Meter]:
    """One of each fluid for all wells, and of each well's oil the one that its tag is of; the
    first by their fluid."""
    common = {
        fluid: create_meter(
            {
                "facility_id": battery.id,
                "name": f"{fluid.capitalize()} {position}",
                "fluid": fluid,
                "position": position,
            }
        )
        for fluid, position in _POSITION.items()
    }
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
    return common


def _network(battery: Facility, past: Past, meters: Mapping[str, Meter]) -> None:
    """All wells flow through the battery's meters."""
    network = create_network(
        {
            "facility_id": battery.id,
            "name": past.field,
            "liquid_unit": "Sm3",
            "gas_unit": "Sm3",
            "decimals": 3,
        }
    )
    sdk.db.session.add(network)
    sdk.db.session.flush()
    since = {"network_id": network.id, "first_day": past.dates[0]}
    for meter in meters.values():
        sdk.db.session.add(create_network_meter({"meter_id": meter.id, **since}))
    for well in past.wells:
        sdk.db.session.add(create_network_well({"well_id": well.well_id, **since}))


def _stops(battery: Facility, past: Past) -> None:
    rows = [
        {
            "well_id": well.well_id,
            "facility_id": battery.id,
            "start_at": stop.start,
            "end_at": stop.end,
            "reason": _REASONS[stop.reason].value,
            "planned": stop.reason is not StopReason.PUMP_TRIP,
            "remark": stop.reason.capitalize(),
        }
        for well in past.wells
        for stop in well.stops
    ]
    if rows:
        sdk.db.session.execute(insert(DowntimeEvent), rows)


def _measured(
    battery: Facility, past: Past, meters: Mapping[str, Meter], day_hours: list[float]
) -> None:
    """Totals of the battery's meters, and where the volumes went."""
    same = {"facility_id": battery.id, "standard_conditions": past.conditions, "unit": "Sm3"}
    totals: list[dict[str, Any]] = []
    went: list[dict[str, Any]] = []
    for fluid, meter in meters.items():
        volumes = np.sum([np.round(getattr(well, fluid), 3) for well in past.wells], axis=0)
        for place in range(max(len(past.dates) - _MEASURED_DAYS, 0), len(past.dates)):
            day, volume = past.dates[place], round(float(volumes[place]), 3)
            totals.append(
                same
                | {
                    "meter_id": meter.id,
                    "production_date": day,
                    "version": 1,
                    "source": "entered",
                    "indicated": volume,
                    "own_factor": 1.0,
                    "factor": 1.0,
                    "day_hours": day_hours[place],
                }
            )
            for disposition, share in _SHARES[fluid].items():
                part = round(share * volume, 3)
                went.append(
                    same
                    | {
                        "production_date": day,
                        "fluid": fluid,
                        "disposition": disposition,
                        "method": "measured" if share == 1.0 else "estimated",
                        "volume": part,
                        "volume_sm3": part,
                    }
                )
    sdk.db.session.execute(insert(MeterTotal), totals)
    sdk.db.session.execute(insert(FacilityVolume), went)


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
        "method": "estimated",
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
