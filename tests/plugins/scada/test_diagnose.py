"""`wellhead doctor` names spools of gateways that are gone, with what waits in them."""

import numpy as np
import psycopg
from flask import Flask

from wellhead import sdk
from wellhead_historian.config import HistorianConfig
from wellhead_historian.delivery import open_spool
from wellhead_scada.diagnose import spools


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
