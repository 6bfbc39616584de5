"""For `wellhead doctor`: spools that are not stored, and drivers that cannot be had."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select, union

from wellhead import sdk
from wellhead_historian.forwarding.delivery import spool_files
from wellhead_historian.spool.file import count_batches
from wellhead_scada.drivers import Drivers
from wellhead_scada.health import SPOOL
from wellhead_scada.models import SILENT_S, Device, Gateway


def spools(tenants: Sequence[str]) -> list[sdk.Finding]:
    """One finding a spool whose gateway is silent and has no device, or whose tenant is gone.

    tenants: that exist; none says that nobody knows
    """
    if not tenants:
        return []
    alive = {tenant: _gateways(tenant) for tenant in tenants}
    return [
        _deserted(tenant, gateway, path, known=tenant in alive)
        for tenant, gateway, path in spool_files(sdk.runtime_of(current_app).settings)
        if gateway not in alive.get(tenant, ())
    ]


def stuck(tenants: Sequence[str]) -> list[sdk.Finding]:
    """One finding a gateway that runs and says that its spool loses readings, or is not stored."""
    found = []
    for tenant in tenants:
        with sdk.tenant(tenant):
            running = select(Gateway).where(Gateway.silent_s <= SILENT_S).order_by(Gateway.name)
            for gateway in sdk.db.session.scalars(running):
                found += [
                    _stuck(tenant, gateway.name, what, reason)
                    for key, what in SPOOL.items()
                    if (reason := gateway.detail.get(key))
                ]
    return found


def missing_drivers(tenants: Sequence[str]) -> list[sdk.Finding]:
    """One finding a tenant and driver that enabled devices name and that is off, not installed or
    lacks the packages of its extra."""
    drivers = Drivers.of(sdk.runtime_of(current_app).plugins)
    found = []
    for tenant in tenants:
        with sdk.tenant(tenant):
            query = (
                select(Device.driver, func.count()).where(Device.enabled).group_by(Device.driver)
            )
            used = sdk.db.session.execute(query.order_by(Device.driver)).all()
        for driver, devices in used:
            try:
                drivers.get(driver)
            except sdk.WellheadError as error:
                text = f"tenant {tenant}: {devices} devices need driver {driver}: {error.message}"
                found.append(sdk.Finding("scada", "action", text, error.remedy or ""))
    return found


def _gateways(tenant: str) -> set[str]:
    """Names of those that run, or that devices name."""
    with sdk.tenant(tenant):
        running = select(Gateway.name).where(Gateway.silent_s <= SILENT_S)
        return set(sdk.db.session.scalars(union(running, select(Device.gateway))))


def _stuck(tenant: str, gateway: str, what: str, reason: str) -> sdk.Finding:
    text = f"tenant {tenant}: spool of gateway {gateway}: {what}: {' '.join(reason.split())}"
    return sdk.Finding("scada", "action", text, "Remove the reason; the gateway goes on by itself")


def _deserted(tenant: str, gateway: str, path: Path, *, known: bool) -> sdk.Finding:
    """known: the tenant is there"""
    text = f"spool {path}: tenant {tenant} has no gateway {gateway} any more"
    try:
        waiting = count_batches(path)
    except sqlite3.Error as error:
        remedy = "Move the file away once nobody misses its readings"
        return sdk.Finding("scada", "action", f"{text}; it cannot be read: {error}", remedy)
    if not waiting:
        return sdk.Finding("scada", "info", f"{text}; it is empty", "Delete it")
    remedy = (
        f"Run `wellhead gateway --name {gateway} --tenant {tenant}` until they are stored, "
        "then delete the file"
        if known
        else f"Bring {tenant} back from a backup, where they are stored; or move the file away"
    )
    return sdk.Finding("scada", "action", f"{text}; {waiting} batches wait in it", remedy)
