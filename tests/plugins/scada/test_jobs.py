"""Requests to gateways are forgotten a day after nobody waits for them any more."""

import psycopg
from flask import Flask

from wellhead import sdk
from wellhead_scada.requests import forget_requests


def test_old_requests_are_forgotten(app: Flask, database_admin_url: str) -> None:
    with psycopg.connect(database_admin_url, autocommit=True) as connection:
        connection.execute("SET search_path = tenant_default")
        connection.execute(
            "INSERT INTO scada_device (id, name, driver, options, timeout_s, enabled, gateway)"
            " VALUES (gen_random_uuid(), 'pump', 'modbus', '{}', 1, true, 'main')"
        )
        connection.execute(
            "INSERT INTO scada_request (id, device_id, gateway, kind, arguments, state, deadline)"
            " SELECT gen_random_uuid(), id, 'main', kind, '{}', 'done', now() - age::interval"
            " FROM scada_device, (VALUES ('old', '25 hours'), ('new', '23 hours')) AS r(kind, age)"
        )
        with app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
            forget_requests()

        assert connection.execute("SELECT kind FROM scada_request").fetchall() == [("new",)]
