"""What `wellhead doctor` says of the field: deserted spools, and drivers that cannot be had."""

import sys

import numpy as np
import psycopg
import pytest
from flask import Flask

from wellhead import sdk
from wellhead_historian.config import HistorianConfig
from wellhead_historian.forwarding.delivery import open_spool
from wellhead_scada.diagnose import missing_drivers, spools, stuck


def keep(settings: sdk.Settings, tenant: str, gateway: str, batches: int) -> None:
    """A spool as its gateway left it."""
    spool = open_spool(settings, HistorianConfig().load({}), tenant, gateway)
    tags, good = np.array([1], np.int32), np.array([192], np.int16)
    for time in range(batches):
        spool.append(sdk.Batch.scan(1, time, tags, np.array([2.0]), good)).result(10)
    spool.close()


def test_spools_of_gateways_that_are_gone(
    settings: sdk.Settings, app: Flask, database_admin_url: str
) -> None:
    with psycopg.connect(database_admin_url) as connection:
        connection.execute(
            "INSERT INTO tenant_default.scada_gateway (name, started_at, heard_at, detail) VALUES"
            " ('running', now(), now(), '{}'), ('silent', now(), now() - interval '1 hour', '{}')"
        )
        connection.execute(
            "INSERT INTO tenant_default.scada_device (name, driver, options, gateway, timeout_s)"
            " VALUES ('pump', 'modbus', '{}', 'with-device', 1)"
        )
    for gateway in ("running", "with-device"):
        keep(settings, "default", gateway, 1)
    keep(settings, "default", "silent", 2)
    keep(settings, "default", "empty", 0)
    keep(settings, "gone", "main", 1)
    (settings.data_dir / "spool" / "default-torn.db").write_bytes(b"no database at all" * 100)

    with app.app_context():
        found = {finding.text.split(": ")[1]: finding for finding in spools(["default"])}
        assert spools([]) == [], "without the database nobody knows"

    verdicts = {text: finding.verdict for text, finding in found.items()}
    assert verdicts == {
        "tenant default has no gateway empty any more; it is empty": "info",
        "tenant default has no gateway silent any more; 2 batches wait in it": "action",
        "tenant default has no gateway torn any more; it cannot be read": "action",
        "tenant gone has no gateway main any more; 1 batches wait in it": "action",
    }
    silent = found["tenant default has no gateway silent any more; 2 batches wait in it"]
    assert "`wellhead gateway --name silent --tenant default`" in silent.remedy
    gone = found["tenant gone has no gateway main any more; 1 batches wait in it"]
    assert gone.remedy == (
        "Bring gone back from a backup, where they are stored; or move the file away"
    )


def test_gateways_whose_spool_is_not_stored_or_loses_readings(
    app: Flask, database_admin_url: str
) -> None:
    with psycopg.connect(database_admin_url) as connection:
        connection.execute(
            "INSERT INTO tenant_default.scada_gateway (name, started_at, heard_at, detail) VALUES"
            """ ('full', now(), now(), '{"spool_shortage": "the spool is full"}'),"""
            """ ('held', now(), now(), '{"not_stored": "made\\n anew"}'),"""
            """ ('silent', now(), now() - interval '1 hour', '{"not_stored": "away"}'),"""
            """ ('well', now(), now(), '{"spool_shortage": null, "not_stored": null}')"""
        )

    with app.app_context():
        found = stuck(["default"])

    assert [(finding.verdict, finding.text) for finding in found] == [
        ("action", "tenant default: spool of gateway full: readings are lost: the spool is full"),
        ("action", "tenant default: spool of gateway held: readings wait: made anew"),
    ]


def test_drivers_that_devices_need_and_that_cannot_be_had(
    app: Flask, database_admin_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(database_admin_url) as connection:
        connection.execute(
            "INSERT INTO tenant_default.scada_device (name, driver, options, enabled, timeout_s)"
            " VALUES ('pump', 'modbus', '{}', true, 1), ('plc', 'opcua', '{}', true, 1),"
            " ('old', 'gone', '{}', true, 1), ('older', 'goner', '{}', false, 1)"
        )
    monkeypatch.setitem(sys.modules, "wellhead_scada_opcua.driver", None)  # as without its extra

    with app.app_context():
        gone, opcua = missing_drivers(["default"])

    assert gone.text == (
        "tenant default: 1 devices need driver gone: no driver of this name is installed"
    )
    assert gone.remedy.startswith("Known here: modbus, mqtt, opcua")
    assert opcua.text.startswith(
        "tenant default: 1 devices need driver opcua: this driver cannot be imported: "
    )
    assert opcua.remedy.endswith("pip install 'wellhead[all]'")
    assert {gone.verdict, opcua.verdict} == {"action"}
