"""What must hold when a command is asked for.

Its gateway asks most of it again when it dispatches: these checks tell people at once, those are
what the field relies on.
"""

import math
import time
from typing import Any

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_historian.api import latest
from wellhead_historian.models import Tag
from wellhead_historian.store.texts import TEXT
from wellhead_scada.commands.models import Command, Control, WriteSwitch
from wellhead_scada.commands.refusals import refusal
from wellhead_scada.models import Device, FieldTag

LEVELS = ("all", "tenant")


def field_tag(tag_id: int) -> FieldTag:
    """The tag that is to be written. Raises WellheadError for one that is not there, or that the
    caller may not see."""
    query = select(FieldTag).join(Tag, Tag.id == FieldTag.tag_id).where(FieldTag.tag_id == tag_id)
    found = sdk.db.session.scalars(sdk.only_visible(query, Tag.asset_id)).one_or_none()
    if found is None:
        raise sdk.WellheadError(
            "there is no such field tag",
            field="tag_id",
            value=tag_id,
            remedy="GET /api/v1/scada/controls lists the tags that can be commanded",
        )
    return found


def check_switches() -> None:
    """Raises ApiError 409 `write_disabled`. Nobody sets a switch until the transaction has ended,
    so that who does finds what is being asked for, and cancels it."""
    query = select(WriteSwitch.level, WriteSwitch.disabled).order_by(WriteSwitch.level)
    states = dict(sdk.db.session.execute(query.with_for_update(read=True)).all())
    for level in LEVELS:
        if states.get(level, True):
            where = "" if level == "tenant" else "/all"
            who = "an administrator" if level == "tenant" else "an administrator of the platform"
            raise refusal(
                "write_disabled",
                "writing to the field is disabled "
                + ("for this tenant" if level == "tenant" else "for all tenants"),
                field="write_switch." + level,
                value=True,
                remedy=f"Have {who} turn it off with PATCH /api/v1/scada/write-switch{where}",
            )


def check_control(tag: FieldTag) -> Control:
    """The tag's settings. Raises ApiError 409 `not_writable`."""
    control = sdk.db.session.get(Control, tag.tag_id, populate_existing=True)
    if control is None or not control.writable:
        what = "POST /api/v1/scada/controls" if control is None else (
            f"PATCH /api/v1/scada/controls/{tag.tag_id}"
        )  # fmt: skip
        raise refusal(
            "not_writable",
            f"tag {tag.name!r} is not writable",
            field="tag_id",
            value=tag.tag_id,
            remedy=f"Have an engineer make it so with {what}",
        )
    return control


def check_device(tag: FieldTag) -> None:
    """Raises ApiError 409 `device_down` when nobody could carry it out now."""
    device = sdk.db.session.get(Device, tag.device_id, populate_existing=True)
    assert device is not None
    state = device.state
    if not tag.enabled or state["status"] != "connected":
        why = state["reason"] or state["status"] if tag.enabled else "the tag is switched off"
        raise refusal(
            "device_down",
            f"device {device.name!r} cannot be commanded now: {why}",
            field="tag_id",
            value=tag.tag_id,
            remedy=f"See GET /api/v1/scada/devices/{device.id}, and wait until it is connected",
        )


def check_value(tag: FieldTag, control: Control, given: float | str) -> None:
    """Raises WellheadError for a value of the wrong sort, ApiError 409 `out_of_range`,
    `no_present_value` or `too_large_change`."""
    if isinstance(given, str) != (tag.datatype == TEXT):
        wanted = "a text" if tag.datatype == TEXT else "a number"
        raise sdk.WellheadError(
            f"tag {tag.name!r} is a {tag.datatype}",
            field="value",
            value=given,
            remedy=f"Send {wanted}",
        )
    if isinstance(given, str):
        return
    if tag.datatype == "bool" and given not in (0, 1):
        raise sdk.WellheadError(
            f"tag {tag.name!r} is a bool", field="value", value=given, remedy="Send 0 or 1"
        )
    least, most = control.minimum, control.maximum
    if (least is not None and given < least) or (most is not None and given > most):
        bounds = (
            f"{'-∞' if least is None else f'{least:g}'} to {'∞' if most is None else f'{most:g}'}"
        )
        raise refusal(
            "out_of_range",
            f"tag {tag.name!r} takes {bounds} {tag.tag.unit or ''}".rstrip(),
            field="value",
            value=given,
            remedy="Command a value in the range",
        )
    if control.max_change is not None:
        _check_change(tag, control, given, control.max_change)


def _check_change(tag: FieldTag, control: Control, given: float, most: float) -> None:
    newest = latest(np.array([tag.tag_id], np.int32))
    age = math.inf
    good = False
    if len(newest):
        age = time.time() - int(newest.times[0]) / 1e6
        good = bool(sdk.quality.is_good(newest.qualities)[0])
    if not good or age > control.fresh_s:
        why = "has none yet" if not len(newest) else (
            f"is {age:.0f} s old" if good else f"is {sdk.quality.name_of(int(newest.qualities[0]))}"
        )  # fmt: skip
        raise refusal(
            "no_present_value",
            f"max_change needs a good value of tag {tag.name!r} at most {control.fresh_s:g} s old, "
            f"and it {why}",
            field="tag_id",
            value=tag.tag_id,
            remedy="Wait until it is read, or see why it is not",
        )
    present = float(newest.values[0])
    if abs(given - present) > most:
        raise refusal(
            "too_large_change",
            f"tag {tag.name!r} is {present:g} now and may change by {most:g} a command",
            field="value",
            value=given,
            remedy=f"Go there in steps of at most {most:g}",
        )


def check_interval(tag: FieldTag, control: Control) -> None:
    """Raises ApiError 409 `too_soon`."""
    if not control.min_interval_s:
        return
    left = sdk.db.session.connection().exec_driver_sql(
        "SELECT ceil(%(least)s - extract(epoch FROM clock_timestamp() - max(dispatched_at)))"
        " FROM scada_command WHERE tag_id = %(tag)s",
        {"least": control.min_interval_s, "tag": tag.tag_id},
    ).scalar()  # fmt: skip
    if left is not None and left > 0:
        error = refusal(
            "too_soon",
            f"tag {tag.name!r} takes a command every {control.min_interval_s:g} s",
            field="tag_id",
            value=tag.tag_id,
            remedy=f"Command it again in {left:.0f} s",
        )
        error.headers["Retry-After"] = f"{left:.0f}"
        raise error


def open_command(command: Command) -> sdk.ApiError:
    """Another command of the tag has not ended."""
    return refusal(
        "command_open",
        f"tag {command.tag_name!r} has a command of {command.requested_by_email} that is "
        f"{command.state}",
        field="tag_id",
        value=command.tag_id,
        remedy=f"Wait for command {command.id} to end, or cancel it",
    )


def request_of(data: dict[str, Any]) -> str:
    """What was asked for, to be compared when its key comes again."""
    return repr([data.get(name) for name in ("tag_id", "value", "reason", "expires_in_s")])
