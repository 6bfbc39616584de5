"""Reservoirs and their wells: creating and changing them. Other plugins may call these.

They work in the caller's tenant and transaction and do not commit.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from wellhead import sdk
from wellhead_reservoir.models import Reservoir, ReservoirWell
from wellhead_reservoir.records import held_reservoir
from wellhead_reservoir.vocabulary import Drive, Fluid
from wellhead_wells.models import Well

_UNKNOWN = {"fluid": Fluid.UNKNOWN.value, "drive": Drive.UNKNOWN.value}


def create_reservoir(data: Mapping[str, Any]) -> Reservoir:
    """A new reservoir. data: as `ReservoirSchema` loads it.

    Raises WellheadError for an asset that is not there or a depth without its unit, ApiError 409
    for a name that another has.
    """
    reservoir = Reservoir(**_UNKNOWN | dict(data))
    _check(reservoir)
    sdk.db.session.add(reservoir)
    sdk.db.session.flush()
    return reservoir


def change_reservoir(reservoir: Reservoir, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_reservoir` does."""
    with sdk.db.session.no_autoflush:
        sdk.set_fields(reservoir, data)
        _check(reservoir)


def _check(reservoir: Reservoir) -> None:
    if reservoir.asset_id is not None:
        sdk.require_asset(reservoir.asset_id)
    taken = select(Reservoir.id).where(
        Reservoir.name == reservoir.name, Reservoir.id.is_distinct_from(reservoir.id)
    )
    if sdk.db.session.scalar(taken) is not None:
        raise sdk.conflict(
            "there is a reservoir of this name already",
            field="name",
            value=reservoir.name,
            remedy="Choose another name",
        )
    if reservoir.datum_depth is not None and reservoir.depth_unit is None:
        raise sdk.WellheadError(
            "datum_depth needs its unit", field="depth_unit", remedy="Send depth_unit: m or ft"
        )


def create_reservoir_well(data: Mapping[str, Any]) -> ReservoirWell:
    """A well that is open in a reservoir. data: as `ReservoirWellSchema` loads it.

    Raises WellheadError for records that are not there or days that cannot be, ApiError 409 for
    days at which the well is open in this reservoir already.
    """
    held_reservoir(data["reservoir_id"])
    listed = "GET /api/v1/wells"
    sdk.require_record(Well, data["well_id"], "well_id", what="well", listed=listed)
    link = ReservoirWell(**data)
    _check_days(link)
    sdk.db.session.add(link)
    sdk.db.session.flush()
    return link


def change_reservoir_well(link: ReservoirWell, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_reservoir_well` does."""
    held_reservoir(link.reservoir_id)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(link, data, fixed=("reservoir_id", "well_id"))
        _check_days(link)


def wells_of(reservoir: Reservoir, day: dt.date | None = None) -> list[uuid.UUID]:
    """Ids of the wells that are open in the reservoir on `day`; None = on any day."""
    wells = select(ReservoirWell.well_id).where(ReservoirWell.reservoir_id == reservoir.id)
    if day is not None:
        wells = wells.where(
            or_(ReservoirWell.since.is_(None), ReservoirWell.since <= day),
            or_(ReservoirWell.until.is_(None), ReservoirWell.until > day),
        )
    return list(sdk.db.session.scalars(wells.distinct().order_by(ReservoirWell.well_id)))


def _check_days(link: ReservoirWell) -> None:
    if link.since is not None and link.until is not None and link.until <= link.since:
        raise sdk.WellheadError(
            f"is not after since, {link.since}",
            field="until",
            value=link.until.isoformat(),
            remedy="Correct one of the two days",
        )
    others = select(ReservoirWell).where(
        ReservoirWell.reservoir_id == link.reservoir_id,
        ReservoirWell.well_id == link.well_id,
        ReservoirWell.id.is_distinct_from(link.id),
    )
    if link.since is not None:
        others = others.where(or_(ReservoirWell.until.is_(None), ReservoirWell.until > link.since))
    if link.until is not None:
        others = others.where(or_(ReservoirWell.since.is_(None), ReservoirWell.since < link.until))
    if sdk.db.session.scalar(others.limit(1)) is not None:
        raise sdk.conflict(
            "the well is open in this reservoir already on some of these days",
            field="since",
            value=None if link.since is None else link.since.isoformat(),
            remedy="Change or end that record, or correct the days",
        )
