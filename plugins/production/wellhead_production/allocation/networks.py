"""Networks, and which wells and meters belong to them when. These functions do not commit."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, or_, select

from wellhead import sdk
from wellhead_production.models import AllocationRun, Network, NetworkMeter, NetworkWell
from wellhead_production.records import (
    require_facility,
    require_meter,
    require_well,
)
from wellhead_wells.records import lock

_OF_ITS_SHARES = ("liquid_unit", "gas_unit", "decimals")


def create_network(data: Mapping[str, Any]) -> Network:
    """A new network. Raises WellheadError for a facility that cannot be, ApiError 409 for a name
    that another network of the facility has."""
    require_facility(data["facility_id"])
    network = Network(**data)
    _refuse_taken_name(network)
    return network


def change_network(network: Network, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_network` does, and ApiError 409 for another unit
    or rounding once there is an allocation: its months are sums of such shares, and a closed one
    would differ by the rounding alone."""
    with sdk.db.session.no_autoflush:
        for name in _OF_ITS_SHARES:
            if data.get(name, getattr(network, name)) != getattr(network, name):
                _refuse_allocated(network, name, data[name])
        sdk.set_fields(network, data, fixed=("facility_id",))
        _refuse_taken_name(network)


def require_network(key: Any) -> Network:
    """The network that a body names by `network_id`. Raises WellheadError."""
    listed = "GET /api/v1/production/networks"
    found: Network = sdk.require_record(Network, key, "network_id", what="network", listed=listed)
    return found


def create_network_well(data: Mapping[str, Any]) -> NetworkWell:
    """A well flows into a network on these days. Raises WellheadError for days that cannot be,
    ApiError 409 for days on which it flows into a network already: it would be given its oil
    twice."""
    require_network(data["network_id"])
    row = NetworkWell(**data)
    _check_well(row)
    return row


def change_network_well(row: NetworkWell, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_network_well` does."""
    with sdk.db.session.no_autoflush:
        sdk.set_fields(row, data, fixed=("network_id", "well_id"))
        _check_well(row)


def create_network_meter(data: Mapping[str, Any]) -> NetworkMeter:
    """A meter belongs to a network on these days. Raises WellheadError for days that cannot be and
    for a meter of another facility, ApiError 409 for days on which a network has it already."""
    row = NetworkMeter(**{"sign": 1} | dict(data))
    _check_meter(row)
    return row


def change_network_meter(row: NetworkMeter, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_network_meter` does."""
    with sdk.db.session.no_autoflush:
        sdk.set_fields(row, data, fixed=("network_id", "meter_id"))
        _check_meter(row)


def _check_well(row: NetworkWell) -> None:
    lock(require_well(row.well_id))
    _check_days(row)
    _refuse_twice(row, NetworkWell.well_id == row.well_id, "the well flows into a network")


def _check_meter(row: NetworkMeter) -> None:
    network, meter = require_network(row.network_id), require_meter(row.meter_id)
    if meter.facility_id != network.facility_id:
        raise sdk.WellheadError(
            "is a meter of another facility, whose days and conditions may be others",
            field="meter_id",
            value=str(meter.id),
            remedy="Name a meter of the network's facility",
        )
    _check_days(row)
    same = NetworkMeter.meter_id == row.meter_id
    _refuse_twice(row, same & (NetworkMeter.network_id == row.network_id), "the network has it")


def _check_days(row: Any) -> None:
    if row.last_day is not None and row.last_day < row.first_day:
        raise sdk.WellheadError(
            "is before first_day",
            field="last_day",
            value=row.last_day.isoformat(),
            remedy="Correct one of the two days",
        )


def _refuse_twice(row: Any, same: Any, words: str) -> None:
    model = type(row)
    others = select(model.first_day).where(
        same,
        model.id.is_distinct_from(row.id),
        model.first_day <= (row.last_day or dt.date.max),
        or_(model.last_day.is_(None), model.last_day >= row.first_day),
    )
    other = sdk.db.session.scalar(others.limit(1))
    if other is not None:
        raise sdk.conflict(
            f"{words} from {other.isoformat()} on",
            field="first_day",
            value=row.first_day.isoformat(),
            remedy="End that first",
        )


def _refuse_taken_name(network: Network) -> None:
    taken = select(Network.id).where(
        Network.facility_id == network.facility_id,
        Network.name == network.name,
        Network.id.is_distinct_from(network.id),
    )
    if sdk.db.session.scalar(taken) is not None:
        raise sdk.conflict(
            "the facility has a network of this name",
            field="name",
            value=network.name,
            remedy="Choose another",
        )


def _refuse_allocated(network: Network, field: str, value: Any) -> None:
    if sdk.db.session.scalar(select(exists().where(AllocationRun.network_id == network.id))):
        raise sdk.conflict(
            "the network has allocations by what it is now",
            field=field,
            value=value,
            remedy="Make another network from the day of the change",
        )
