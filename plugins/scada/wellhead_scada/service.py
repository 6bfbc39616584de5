"""What must hold before a device, scan group or tag is stored. Runs in a request's transaction.

Every change emits `scada.changed`, so that gateways look again when it commits.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from flask import current_app
from sqlalchemy import Integer, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from wellhead import sdk
from wellhead_historian.api import create_source, create_tag, describe_tag, hold_tag
from wellhead_historian.models import Tag
from wellhead_scada.commands.controls import check_kept, check_moved
from wellhead_scada.drivers import Drivers
from wellhead_scada.exception.drawn import check_drawn
from wellhead_scada.models import Device, FieldTag, ScanGroup
from wellhead_scada.points import load_options, load_point

CHANGED = "scada.changed"


def drivers() -> Drivers:
    """The drivers of this process's plugins."""
    return Drivers.of(sdk.runtime_of(current_app).plugins)


# --- devices --------------------------------------------------------------------------------------


def create_device(data: dict[str, Any]) -> Device:
    """A new device whose options its driver takes. Raises WellheadError."""
    load_options(drivers().get(data["driver"]), data["options"])
    device = Device(**data)
    sdk.db.session.add(device)
    sdk.db.session.flush()
    _changed(device)
    return device


def update_device(device: Device, data: dict[str, Any]) -> None:
    """Change a device; with another driver or other options its tags must still be possible."""
    before = device.gateway
    for name, value in data.items():
        setattr(device, name, value)
    if "driver" in data or "options" in data:
        driver = drivers().get(device.driver)
        load_options(driver, device.options)
        for tag in sdk.db.session.scalars(select(FieldTag).where(FieldTag.device_id == device.id)):
            _check_kept(device, tag)
    _changed(device)
    if device.gateway != before:
        sdk.emit(CHANGED, {"gateway": before})


def delete_device(device: Device) -> None:
    """Remove a device with its groups and field tags; the historian's tags and readings stay."""
    sdk.db.session.delete(device)
    _changed(device)


def _check_kept(device: Device, tag: FieldTag) -> None:
    try:
        _check_point(device, tag.tag_id, tag.name, tag.datatype, tag.address)
        check_kept(device, tag)
    except sdk.WellheadError as error:
        raise sdk.WellheadError(
            f"its tag {tag.name!r} could not be read any more: {error}",
            field="driver, options",
            value=device.driver,
            remedy="Change or delete that tag first, or create another device",
        ) from error


# --- scan groups ----------------------------------------------------------------------------------


def create_group(data: dict[str, Any]) -> ScanGroup:
    """A new scan group with a source of its own."""
    device = _device(data["device_id"])
    key = uuid.uuid4()
    source = create_source(f"scada/{device.name}/{data['name']}/{key}")
    group = ScanGroup(id=key, source_id=source, **data)
    sdk.db.session.add(group)
    _changed(device)
    return group


def update_group(group: ScanGroup, data: dict[str, Any]) -> None:
    _keep_device(group.device_id, data)
    for name, value in data.items():
        setattr(group, name, value)
    _changed(_device(group.device_id))


def delete_group(group: ScanGroup) -> None:
    """Remove a group without tags; with some, the foreign key refuses it."""
    sdk.db.session.delete(group)
    _changed(_device(group.device_id))


# --- tags -----------------------------------------------------------------------------------------


def create_field_tag(data: dict[str, Any]) -> FieldTag:
    """The historian's tag and how it is read, or the latter alone with `tag_id`."""
    described = data.pop("tag", {})
    if "name" in data:
        described["name"] = data.pop("name")
    device = _device(data["device_id"])
    check_group(device, data["scan_group_id"])
    given = data.pop("tag_id", None)
    name = described.get("name", f"tag {given}")
    _check_point(device, given or 0, name, data["datatype"], data["address"])
    if given is None:
        tag = _new_tag(described, data["datatype"])
    else:
        tag = _known_tag(given, described)
        describe_tag(tag, {"datatype": data["datatype"]})
    check_drawn(tag, data.get("exception"))
    record = FieldTag(tag_id=tag.id, tag=tag, **data)
    sdk.db.session.add(record)
    sdk.db.session.flush()
    sdk.db.session.refresh(record)
    _changed(device)
    return record


def update_field_tag(record: FieldTag, data: dict[str, Any]) -> None:
    _keep_device(record.device_id, data)
    described = {**data.pop("tag", {}), **({"name": data.pop("name")} if "name" in data else {})}
    if described or "tag_id" in data:
        raise sdk.WellheadError(
            "this is the historian's",
            field=next(iter(described), "tag_id"),
            value=next(iter(described.values()), data.get("tag_id")),
            remedy=f"Change it with PATCH /api/v1/tags/{record.tag_id}",
        )
    device = _device(record.device_id)
    if "scan_group_id" in data:
        check_group(device, data["scan_group_id"])
    _hold(record)
    check_moved(record, data)
    for name, value in data.items():
        setattr(record, name, value)
    _check_point(device, record.tag_id, record.name, record.datatype, record.address)
    if "datatype" in data:
        describe_tag(record.tag, {"datatype": record.datatype})
    if {"datatype", "exception"} & data.keys():
        check_drawn(record.tag, record.exception)
    _changed(device)


def _hold(record: FieldTag) -> None:
    """Have it and its tag as they are now, and nobody change either meanwhile."""
    query = select(FieldTag).where(FieldTag.tag_id == record.tag_id)  # joins its tag: locks both
    held = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    if sdk.db.session.scalar(held) is None:
        raise sdk.not_found("field tag", record.tag_id)


def delete_field_tag(record: FieldTag) -> None:
    """Stop reading it; the historian's tag and its readings stay."""
    sdk.db.session.delete(record)
    _changed(_device(record.device_id))


def converted_of(tags: Iterable[int]) -> dict[int, bool]:
    """Whether a scale or an offset makes the readings, of those of these tags that are read."""
    wanted = FieldTag.tag_id == any_(literal([int(tag) for tag in tags], ARRAY(Integer)))
    made = (FieldTag.scale != 1) | (FieldTag.offset != 0)
    return dict(sdk.db.session.execute(select(FieldTag.tag_id, made).where(wanted)).all())


def _new_tag(described: dict[str, Any], datatype: str) -> Tag:
    if "name" not in described:
        raise sdk.WellheadError(
            "a new tag needs a name", field="name", remedy="Name it, or give a tag_id to go on with"
        )
    return create_tag(datatype=datatype, **described)


def _known_tag(tag_id: int, described: dict[str, Any]) -> Tag:
    tag = hold_tag(tag_id)
    if tag is None:
        raise sdk.WellheadError(
            "there is no such tag",
            field="tag_id",
            value=tag_id,
            remedy="GET /api/v1/tags lists them; leave tag_id out to create one",
        )
    if described:
        raise sdk.WellheadError(
            "cannot be given together with tag_id",
            field=next(iter(described)),
            value=next(iter(described.values())),
            remedy=f"Leave it out, and change it with PATCH /api/v1/tags/{tag_id}",
        )
    if sdk.db.session.get(FieldTag, tag_id) is not None:
        raise sdk.WellheadError(
            "this tag is read from a device already",
            field="tag_id",
            value=tag_id,
            remedy=f"Change it with PATCH /api/v1/scada/tags/{tag_id}, or delete that first",
        )
    return tag


def _check_point(
    device: Device, tag: int, name: str, datatype: str, address: dict[str, Any]
) -> None:
    driver = drivers().get(device.driver)
    load_point(driver, load_options(driver, device.options), tag, name, datatype, address)


def check_group(device: Device, group_id: uuid.UUID) -> None:
    group = sdk.db.session.get(ScanGroup, group_id)
    if group is None or group.device_id != device.id:
        raise sdk.WellheadError(
            f"device {device.name!r} has no such scan group",
            field="scan_group_id",
            value=str(group_id),
            remedy=f"GET /api/v1/scada/scan-groups?device_id={device.id} lists its groups",
        )


def _keep_device(device_id: uuid.UUID, data: dict[str, Any]) -> None:
    if data.pop("device_id", device_id) != device_id:
        raise sdk.WellheadError(
            "cannot be changed",
            field="device_id",
            value=str(device_id),
            remedy="Delete this record and create it at the other device",
        )


def _device(device_id: uuid.UUID) -> Device:
    device = sdk.db.session.get(Device, device_id)
    if device is None:
        raise sdk.WellheadError(
            "there is no such device",
            field="device_id",
            value=str(device_id),
            remedy="GET /api/v1/scada/devices lists them",
        )
    return device


def _changed(device: Device) -> None:
    sdk.emit(CHANGED, {"gateway": device.gateway})
