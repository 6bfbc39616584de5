"""How the gateways of the default tenant are doing, for the health page."""

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from wellhead import sdk
from wellhead_scada.models import SILENT_S, Device, DeviceState, Gateway

SPOOL = {"spool_shortage": "readings are lost", "not_stored": "readings wait"}
"""What a gateway tells of its spool, and what it means."""


def gateways() -> list[sdk.Health]:
    """One part a gateway that devices name: is it heard, and how many of its devices answer."""
    try:
        with sdk.tenant(sdk.DEFAULT_TENANT):
            return _look()
    except SQLAlchemyError as error:
        return [
            sdk.Health("gateways", False, f"cannot be read: {error.__cause__ or error}".strip())
        ]


def _look() -> list[sdk.Health]:
    session = sdk.db.session
    counts = session.execute(
        select(
            Device.gateway,
            func.count(),
            func.count().filter(DeviceState.state == "connected"),
        )
        .outerjoin(DeviceState)
        .where(Device.enabled)
        .group_by(Device.gateway)
        .order_by(Device.gateway)
    )
    reported = list(session.scalars(select(Gateway)))
    heard = {gateway.name: gateway.silent_s for gateway in reported}
    found = [
        sdk.Health(f"plugin {plugin} in gateway {gateway.name}", False, reason)
        for gateway in reported
        for plugin, reason in gateway.detail.get("plugins_off", {}).items()
        if gateway.silent_s <= SILENT_S
    ]
    found += [
        sdk.Health(f"spool of gateway {gateway.name}", False, f"{what}: {reason}")
        for gateway in reported
        for key, what in SPOOL.items()
        if (reason := gateway.detail.get(key)) and gateway.silent_s <= SILENT_S
    ]
    for name, devices, connected in counts:
        silent = heard.get(name)
        if silent is None:
            detail = "never heard"
        elif silent > SILENT_S:
            detail = f"not heard for {silent:.0f} s"
        else:
            detail = f"{connected} of {devices} devices connected"
        alive = silent is not None and silent <= SILENT_S
        found.append(sdk.Health(f"gateway {name}", alive and connected == devices, detail))
    return found
