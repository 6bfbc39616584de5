"""Checking device options and tag addresses with their driver's own schemas.

The routes use it before anything is stored; the gateway uses it again on what it loads, since the
driver may have been upgraded, or uninstalled, in between.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from wellhead.sdk import Browses, Driver, Point, WellheadError, did_you_mean

AnyDriver = Driver[Any]


def load_options(driver: type[AnyDriver], options: Mapping[str, Any]) -> dict[str, Any]:
    """A device's options as its driver takes them, defaults filled in.

    Raises WellheadError naming `options.<key>`, the value and the remedy.
    """
    return _load(driver.device_schema, options, "options")


def load_browse(driver: type[Browses], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody wants to browse, as the driver takes it, defaults filled in.

    Raises WellheadError naming `arguments.<key>`, the value and the remedy.
    """
    return _load(driver.browse_schema, arguments, "arguments")


def load_point(
    driver: type[AnyDriver],
    options: Mapping[str, Any],
    tag: int,
    name: str,
    datatype: str,
    address: Mapping[str, Any],
) -> Point:
    """A tag as its driver takes it, at a device with these `options` (of `load_options`).

    Raises WellheadError naming `datatype` or `address.<key>`, the value and the remedy.
    """
    point = Point(tag, name, datatype, load_address(driver, datatype, address))
    driver.check_point(point, options)
    return point


def load_address(
    driver: type[AnyDriver], datatype: str, address: Mapping[str, Any]
) -> dict[str, Any]:
    """An address as its driver takes it, whatever the device's options are.

    Raises WellheadError naming `datatype` or `address.<key>`, the value and the remedy.
    """
    if datatype not in driver.datatypes:
        raise WellheadError(
            "this driver has no such datatype",
            field="datatype",
            value=datatype,
            remedy=did_you_mean(datatype, driver.datatypes, "The driver has no datatypes at all"),
        )
    return _load(driver.address_schema, address, "address")


@cache
def _schema(schema_class: type[Schema]) -> Schema:
    """Made once: making one costs more than loading with it, and a gateway loads every tag."""
    return schema_class(unknown=RAISE)


def _load(schema_class: type[Schema], values: Mapping[str, Any], where: str) -> dict[str, Any]:
    schema = _schema(schema_class)
    known = {field.data_key or name for name, field in schema.fields.items()}
    for key in values:
        if key not in known:
            raise WellheadError(
                "unknown key",
                field=f"{where}.{key}",
                value=values[key],
                remedy=did_you_mean(str(key), known, "This driver takes none; leave it out"),
            )
    try:
        loaded: dict[str, Any] = schema.load(dict(values))
    except ValidationError as error:
        path, message = _first(error.messages)
        top = path[0]
        raise WellheadError(
            message.rstrip("."),
            field=f"{where}.{'.'.join(path)}",
            value=values.get(top),
            remedy=_hint(schema, top),
        ) from error
    return loaded


def _first(messages: Any) -> tuple[list[str], str]:
    path: list[str] = []
    while isinstance(messages, dict):
        key, messages = next(iter(messages.items()))
        path.append(str(key))
    return path, str(messages[0] if isinstance(messages, list) else messages)


def _hint(schema: Schema, key: str) -> str:
    for name, field in schema.fields.items():
        if key == (field.data_key or name) and "description" in field.metadata:
            return f"{key}: {field.metadata['description']}"
    return "Correct the value; GET /api/v1/scada/drivers shows what the driver takes"
