"""What a driver's marshmallow schemas say, as plain values for the API."""

from collections.abc import Collection
from typing import Any

from marshmallow import Schema

from wellhead import sdk
from wellhead_scada.drivers import Drivers
from wellhead_scada.points import AnyDriver


def describe_driver(drivers: Drivers, name: str) -> dict[str, Any]:
    """One driver: title, datatypes, options, address; or the error that keeps it from use."""
    described: dict[str, Any] = {
        "name": name,
        "title": drivers.lazies[name].title,
        "datatypes": [],
        "options": [],
        "address": [],
        "browse": None,
        "writes": False,
        "pushes": False,
        "error": None,
    }
    try:
        driver = drivers.get(name)
    except sdk.WellheadError as error:
        return described | {"error": str(error)}
    return described | {
        "datatypes": sorted(driver.datatypes),
        "options": _parameters(driver.device_schema()),
        "address": _parameters(driver.address_schema()),
        "browse": _parameters(driver.browse_schema()) if issubclass(driver, sdk.Browses) else None,
        "writes": issubclass(driver, sdk.Writes),
        "pushes": issubclass(driver, sdk.Pushes),
    }


def open_options(driver: type[AnyDriver], given: Collection[str]) -> list[dict[str, Any]]:
    """The device options that the driver takes and that are not `given`."""
    described = _parameters(driver.device_schema())
    return [option for option in described if option["name"] not in given]


def _parameters(schema: Schema) -> list[dict[str, Any]]:
    return [sdk.describe_field(name, field) for name, field in schema.fields.items()]
