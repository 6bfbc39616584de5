"""Making tags writable: what must hold before a tag's settings are stored."""

from typing import Any

from flask import current_app
from sqlalchemy import exists, select

from wellhead import sdk
from wellhead_scada.commands.checks import field_tag
from wellhead_scada.commands.models import Command, Control
from wellhead_scada.drivers import Drivers
from wellhead_scada.models import Device, FieldTag
from wellhead_scada.points import load_options, load_point

PLACE = ("datatype", "address", "scale", "offset")
"""Of a field tag: what its limits are about."""


def create_control(data: dict[str, Any]) -> Control:
    """The settings of a field tag that has none. Raises WellheadError."""
    tag = field_tag(data["tag_id"])
    if sdk.db.session.get(Control, tag.tag_id) is not None:
        raise sdk.WellheadError(
            "the tag has its settings already",
            field="tag_id",
            value=tag.tag_id,
            remedy=f"Change them with PATCH /api/v1/scada/controls/{tag.tag_id}",
        )
    control = Control(**data)
    _check(tag, control)
    return control


def update_control(control: Control, data: dict[str, Any]) -> None:
    """Raises WellheadError."""
    if data.pop("tag_id", control.tag_id) != control.tag_id:
        raise sdk.WellheadError(
            "cannot be changed",
            field="tag_id",
            value=control.tag_id,
            remedy="Delete these settings, and make others for the other tag",
        )
    for name, value in data.items():
        setattr(control, name, value)
    _check(field_tag(control.tag_id), control)


def check_driver(device: Device, tag: FieldTag) -> None:
    """Raises WellheadError when the tag cannot be written at the device as both are now."""
    driver = Drivers.of(sdk.runtime_of(current_app).plugins).get(device.driver)
    if not issubclass(driver, sdk.Writes):
        raise sdk.WellheadError(
            f"the driver {device.driver!r} cannot write",
            field="writable",
            value=True,
            remedy="Leave the tag read-only, or read it through a driver that can write",
        )
    options = load_options(driver, device.options)
    point = load_point(driver, options, tag.tag_id, tag.name, tag.datatype, tag.address)
    driver.check_write(point, options)


def check_kept(device: Device, tag: FieldTag) -> None:
    """Raises WellheadError when the tag is writable, and could not be written any more."""
    control = sdk.db.session.get(Control, tag.tag_id)
    if control is not None and control.writable:
        check_driver(device, tag)


def check_moved(tag: FieldTag, data: dict[str, Any]) -> None:
    """Raises WellheadError when a writable tag would come to mean something else in the device:
    its limits were set for what it means now."""
    for name in PLACE:
        if name in data and data[name] != getattr(tag, name):
            refuse_move(tag, name, data[name])


def refuse_move(tag: FieldTag, field: str, value: Any) -> None:
    """Raises WellheadError when the tag is writable or being written, and so has to stay what it
    is; field and value: what would become different."""
    if _under_way(tag):
        raise sdk.WellheadError(
            "a command to the tag is under way",
            field=field,
            value=value,
            remedy="Wait for it to end, or cancel it",
        )
    control = sdk.db.session.get(Control, tag.tag_id)
    if control is not None and control.writable:
        raise sdk.WellheadError(
            "the tag is writable, within limits that were set for what it is now",
            field=field,
            value=value,
            remedy=f"PATCH /api/v1/scada/controls/{tag.tag_id} with writable false first, and look "
            "at its limits before you make it writable again",
        )


def _under_way(tag: FieldTag) -> bool:
    query = exists().where(Command.tag_id == tag.tag_id, Command.ended_at.is_(None))
    return bool(sdk.db.session.scalar(select(query)))


def _check(tag: FieldTag, control: Control) -> None:
    least, most = control.minimum, control.maximum
    if least is not None and most is not None and least > most:
        raise sdk.WellheadError(
            f"the maximum is {most:g}", field="minimum", value=least, remedy="Swap them"
        )
    if control.readback_tag_id is not None:
        other = field_tag(control.readback_tag_id)
        if other.device_id != tag.device_id:
            raise sdk.WellheadError(
                "it is read from another device",
                field="readback_tag_id",
                value=control.readback_tag_id,
                remedy="Name a tag of the same device, or none to read the tag itself back",
            )
    if control.writable:
        device = sdk.db.session.get(Device, tag.device_id)
        assert device is not None
        check_driver(device, tag)
