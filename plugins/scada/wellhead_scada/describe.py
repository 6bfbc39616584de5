"""What a driver's marshmallow schemas say, as plain values for the API."""

from typing import Any

from marshmallow import Schema, fields, missing, validate

from wellhead import sdk
from wellhead_scada.drivers import Drivers


def describe_driver(drivers: Drivers, name: str) -> dict[str, Any]:
    """One driver: title, datatypes, options, address; or the error that keeps it from use."""
    described: dict[str, Any] = {
        "name": name,
        "title": drivers.lazies[name].title,
        "datatypes": [],
        "options": [],
        "address": [],
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
    }


def _parameters(schema: Schema) -> list[dict[str, Any]]:
    return [_parameter(name, field) for name, field in schema.fields.items()]


def _parameter(name: str, field: fields.Field[Any]) -> dict[str, Any]:
    choices: list[Any] | None = None
    low = high = None
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            choices = list(rule.choices)
        elif isinstance(rule, validate.Range):
            low, high = rule.min, rule.max
    default = field.load_default
    if callable(default):
        default = default()
    return {
        "name": field.data_key or name,
        "type": type(field).__name__.lower(),
        "required": field.required,
        "default": None if default is missing else default,
        "choices": choices,
        "minimum": low,
        "maximum": high,
        "description": field.metadata.get("description"),
    }
