"""Looking at what a device has, and the tags that could be made of it."""

from collections.abc import Iterable, Iterator
from typing import Any

from wellhead import sdk
from wellhead_scada import service
from wellhead_scada.models import Device
from wellhead_scada.points import AnyDriver, load_browse
from wellhead_scada.requests import BROWSE, ask_gateway

_MOST_NAME = 200


def browse(device: Device, asked: dict[str, Any]) -> dict[str, Any]:
    """What the device's gateway finds, with `tags` for POST /tags/bulk when `asked` names a scan
    group.

    asked: as BrowseRequestSchema loads it
    Raises WellheadError when the driver cannot browse or does not take the arguments, ApiError 504
    when no gateway answers.
    """
    driver = service.drivers().get(device.driver)
    if not issubclass(driver, sdk.Browses):
        raise sdk.WellheadError(
            "this device's driver cannot tell what a device has",
            field="driver",
            value=device.driver,
            remedy="Create the tags from the device's manual, or of a template: "
            "GET /api/v1/scada/templates",
        )
    load_browse(driver, asked["arguments"])
    group = asked.get("scan_group_id")
    if group is not None:
        service.check_group(device, group)
    device_id = device.id
    wait = asked["seconds"] + 4 * device.timeout_s + 3
    question = {"arguments": asked["arguments"], "seconds": asked["seconds"]}
    result = ask_gateway(device, BROWSE, question, wait)
    tags = []
    if group is not None:
        made = _tags(result["found"], driver, asked["prefix"])
        tags = [tag | {"device_id": device_id, "scan_group_id": group} for tag in made]
    return result | {"tags": tags}


def _tags(found: Iterable[dict[str, Any]], driver: type[AnyDriver], prefix: str) -> Iterator[Any]:
    """A tag each of what has an address, under names that are free of each other."""
    names: set[str] = set()
    for each in found:
        if each["address"] is None:
            continue
        name = _free(_line(prefix + each["name"])[:_MOST_NAME], names)
        names.add(name)
        tag = {"name": name, "address": each["address"], "datatype": each["datatype"]}
        if tag["datatype"] is None and len(driver.datatypes) == 1:
            (tag["datatype"],) = driver.datatypes
        yield tag | {"unit": _unit(each), "description": each["description"]}


def _free(name: str, taken: set[str]) -> str:
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name[: _MOST_NAME - 12]} {number}"
    return free


def _line(text: str) -> str:
    """On one line, as a tag's name must be."""
    return "".join(char if char.isprintable() else " " for char in text).strip()


def _unit(found: dict[str, Any]) -> str | None:
    """The device's word for the unit, where Wellhead knows it."""
    try:
        if found["unit"] is not None and found["datatype"] != "string":
            sdk.units.check_unit(found["unit"])
            return str(found["unit"])
    except sdk.WellheadError:
        return None
    return None
