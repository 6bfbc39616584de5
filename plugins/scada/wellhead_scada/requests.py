"""Asking a gateway, which alone may talk to devices, and waiting for its answer.

The request is a row with a deadline; an event wakes the gateway, and its answer is read from the
row. No transaction stays open while waiting, so that a web worker's pool is not held up.
"""

import datetime as dt
import time
import uuid
from typing import Any

from sqlalchemy import delete, func, select

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_scada.models import SILENT_S, Device, Request

REQUESTED = "scada.request"
TEST = "test"
BROWSE = "browse"
_LOOK_S = (0.02, 0.25)
_MOST_S = 30.0


def test_read(device: Device) -> dict[str, Any]:
    """What the device's gateway read. Raises ApiError 504 when no gateway answers in time."""
    result = ask_gateway(device, TEST, {}, min(4 * device.timeout_s + 3, _MOST_S))
    values = result["values"]
    units = dict(
        sdk.db.session.execute(
            select(Tag.id, Tag.unit).where(Tag.id.in_([value["tag"] for value in values]))
        ).all()
    )
    return result | {"values": [value | {"unit": units.get(value["tag"])} for value in values]}


def ask_gateway(
    device: Device, kind: str, arguments: dict[str, Any], wait: float
) -> dict[str, Any]:
    """What the device's gateway answers within `wait` seconds. Commits. Raises ApiError 504 when
    no gateway answers in time."""
    if device.host is None or device.host.silent_s > SILENT_S:
        raise _no_gateway(device, str(device.state["reason"]))
    now = sdk.db.session.scalar(select(func.now()))
    assert now is not None
    request = Request(
        device_id=device.id,
        gateway=device.gateway,
        kind=kind,
        arguments=arguments,
        deadline=now + dt.timedelta(seconds=wait),
    )
    sdk.db.session.add(request)
    sdk.db.session.flush()
    sdk.emit(REQUESTED, {"gateway": device.gateway, "id": str(request.id)})
    sdk.db.session.commit()
    result = _await_result(request.id, wait)
    if result is None:
        raise _no_gateway(device, f"gateway {device.gateway!r} did not answer within {wait:g} s")
    return result


def forget_requests() -> None:
    """Delete those whose deadline passed over a day ago. The bare table: they were for a gateway,
    and are nothing anybody keeps."""
    table: Any = Request.__table__
    passed = table.c.deadline < func.now() - dt.timedelta(days=1)
    sdk.db.session.execute(delete(table).where(passed))
    sdk.db.session.commit()


def _await_result(request_id: uuid.UUID, wait: float) -> dict[str, Any] | None:
    give_up = time.monotonic() + wait
    pause, longest = _LOOK_S
    while time.monotonic() < give_up:
        time.sleep(pause)
        pause = min(pause * 1.5, longest)
        row = sdk.db.session.execute(
            select(Request.state, Request.result).where(Request.id == request_id)
        ).one_or_none()
        sdk.db.session.rollback()  # gives the connection back
        if row is None:
            return None  # the device was deleted meanwhile
        if row.state == "done":
            result: dict[str, Any] = row.result
            return result
    return None


def _no_gateway(device: Device, why: str) -> sdk.ApiError:
    remedy = (
        f"See that `wellhead gateway --name {device.gateway}` runs and reaches the database, "
        f"or give the device to another gateway"
    )
    detail = {"field": "gateway", "value": device.gateway, "message": why, "remedy": remedy}
    return sdk.ApiError(504, "gateway_silent", f"{why}. {remedy}.", [detail])
