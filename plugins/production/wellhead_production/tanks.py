"""Tanks: entering and changing them, and what is in one. Like `facilities`, these functions do not
commit."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_historian import api
from wellhead_historian.models import Tag
from wellhead_production.calc.tickets import volume_at
from wellhead_production.models import Tank
from wellhead_production.records import require_facility, require_tag


def create_tank(data: Mapping[str, Any]) -> Tank:
    """A new tank. data: as `TankSchema` loads it.

    Raises WellheadError for a strapping table or tag that cannot be, ApiError 409 for a name that
    another tank of the facility has.
    """
    require_facility(data["facility_id"])
    tank = Tank(**data)
    _check(tank)
    sdk.db.session.add(tank)
    sdk.db.session.flush()
    return tank


def change_tank(tank: Tank, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_tank` does. Tickets keep the volumes that they
    were worked out with."""
    with sdk.db.session.no_autoflush:
        sdk.set_fields(tank, data, fixed=("facility_id",))
        _check(tank)


def contents(tank: Tank, level: sdk.Quantity | None) -> dict[str, Any]:
    """Volume to a level; None = the newest reading of the tank's tag. Raises WellheadError for a
    level outside of the strapping table, or one that nobody measures."""
    quality: int | None = None
    time: dt.datetime | None = None
    if level is None:
        level, quality, time = _measured(tank)
    return {
        "tank_id": tank.id,
        "level": level,
        "volume": volume_at(*tank.table, level.to(tank.level_unit)),
        "volume_unit": tank.volume_unit,
        "quality": quality,
        "time": time,
    }


def _measured(tank: Tank) -> tuple[sdk.Quantity, int, dt.datetime]:
    """(level, quality, time) of the newest reading."""
    remedy = "Send a level"
    if tank.tag_id is None:
        raise sdk.WellheadError("the tank has no tag of its level", field="level", remedy=remedy)
    tag = sdk.db.session.get_one(Tag, tank.tag_id)
    newest = api.latest(np.array([tank.tag_id], np.int32))
    if not len(newest) or not np.isfinite(newest.values[0]):
        raise sdk.WellheadError(f"tag {tag.name} has no reading", field="level", remedy=remedy)
    quality = int(newest.qualities[0])
    if quality & sdk.quality.STATUS_MASK == 0:
        raise sdk.WellheadError(
            f"tag {tag.name} is {sdk.quality.name_of(quality)}", field="level", remedy=remedy
        )
    level = sdk.Quantity(float(newest.values[0]), tag.unit or tank.level_unit)
    return level, quality, dt.datetime.fromtimestamp(int(newest.times[0]) / 1e6, dt.UTC)


def _check(tank: Tank) -> None:
    for name in ("levels", "volumes"):
        values = getattr(tank, name)
        if len(tank.levels) != len(tank.volumes) or np.any(np.diff(values) <= 0):
            raise sdk.WellheadError(
                "a strapping table has as many volumes as levels, and both rise",
                field=name,
                remedy="Correct the table",
            )
    tag = require_tag(tank.tag_id)
    if tag is not None and tag.unit is not None:
        sdk.units.check_unit(tag.unit, "length", "tag_id")
    taken = select(Tank.id).where(
        Tank.facility_id == tank.facility_id,
        Tank.name == tank.name,
        Tank.id.is_distinct_from(tank.id),
    )
    if sdk.db.session.scalar(taken) is not None:
        raise sdk.conflict(
            "the facility has a tank of this name",
            field="name",
            value=tank.name,
            remedy="Choose another",
        )
