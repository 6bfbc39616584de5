"""Allocated volumes in the daily records of the wells, where everything else reads them."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import update

from wellhead import sdk
from wellhead_production.conditions import volume_factor
from wellhead_production.models import DailyRecord
from wellhead_production.vocabulary import CANONICAL_VOLUME, Fluid, Method

_RELATIVE = 1e-9


def replaced(records: Iterable[DailyRecord]) -> list[dict[str, Any]]:
    """What records that were not allocated say, to be kept with the allocation that writes over
    it."""
    kept = ("method", "oil", "gas", "water", "liquid_unit", "gas_unit")
    return [
        {"well_id": str(record.well_id)} | {name: getattr(record, name) for name in kept}
        for record in records
        if record.method != Method.ALLOCATED
    ]


def post(
    records: Mapping[uuid.UUID, DailyRecord], volumes: Iterable[Mapping[str, Any]], inputs: Any
) -> list[dict[str, Any]]:
    """What is to be written into the daily records, by primary key: see `write`."""
    rows = []
    for volume in volumes:
        record = records.get(volume["well_id"])
        if record is None:
            continue
        wanted = _wanted(record, volume, inputs)
        if wanted:
            rows.append({"id": record.id, "method": Method.ALLOCATED.value} | wanted)
    return rows


def write(rows: list[dict[str, Any]]) -> None:
    """Change many daily records at once, in one audit row."""
    if rows:
        sdk.db.session.execute(update(DailyRecord), rows)
        sdk.db.session.expire_all()


def differs(
    records: Mapping[uuid.UUID, DailyRecord], volumes: Iterable[Mapping[str, Any]], inputs: Any
) -> list[str]:
    """Names of wells whose daily record no longer says what was allocated."""
    found = []
    for volume in volumes:
        record = records.get(volume["well_id"])
        if record is not None and _off(record, _wanted(record, volume, inputs)):
            found.append(record.well_name)
    return found


def _off(record: DailyRecord, wanted: Mapping[str, float]) -> bool:
    if wanted and record.method != Method.ALLOCATED:
        return True
    return any(
        getattr(record, name) is None
        or abs(getattr(record, name) - value) > _RELATIVE * max(1.0, abs(value))
        for name, value in wanted.items()
    )


def _wanted(record: DailyRecord, volume: Mapping[str, Any], inputs: Any) -> dict[str, float]:
    """The record's volumes in its own units and conditions, of the fluids that were allocated."""
    found: dict[str, float] = {}
    for fluid in Fluid:
        share = volume[str(fluid)]
        if share is None:
            continue
        gas = fluid == Fluid.GAS
        unit = inputs["gas_unit" if gas else "liquid_unit"]
        value = float(share) * volume_factor(
            fluid, inputs["standard_conditions"], record.standard_conditions
        )
        own = record.gas_unit if gas else record.liquid_unit
        found[str(fluid)] = sdk.units.convert(value, unit, own)
        found[f"{fluid}_sm3"] = sdk.units.convert(value, unit, CANONICAL_VOLUME)
    return found
