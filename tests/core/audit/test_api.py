"""The trail over HTTP: who did what, and who may read it."""

import pytest
from flask import Flask
from sqlalchemy import select

from wellhead.audit.models import PlatformAuditEntry
from wellhead.database.extension import platform_session
from wellhead.testing import ApiClient

pytestmark = pytest.mark.one_app


def test_a_change_shows_who_made_it_and_in_which_request(api: ApiClient) -> None:
    engineer = api.as_role("engineer")
    made = engineer.request(
        "POST",
        "/api/v1/assets",
        json={"kind": "field", "name": "North"},
        headers={"X-Request-ID": "ticket-17"},
    )
    identifier = made.data["id"]
    engineer.patch(f"/api/v1/assets/{identifier}", {"name": "South"})
    engineer.delete(f"/api/v1/assets/{identifier}")
    answer = api.get("/api/v1/audit", table="core_asset", record_id=identifier)
    assert answer.meta["total"] == 3
    assert [entry["action"] for entry in answer.data] == ["insert", "update", "delete"]
    first = answer.data[0]
    me = engineer.get("/api/v1/auth/me").data
    assert (first["actor_id"], first["actor_email"]) == (me["id"], "engineer@example.com")
    assert (first["request_id"], first["source"]) == ("ticket-17", "api")
    assert made.headers["X-Request-ID"] == "ticket-17"
    assert answer.data[1]["old"] == {"name": "North"}
    assert answer.data[1]["new"] == {"name": "South"}


def test_the_trail_is_filtered_and_paged(api: ApiClient) -> None:
    for name in "abc":
        api.post("/api/v1/assets", {"kind": "field", "name": name})
    newest = api.get("/api/v1/audit", sort="id", order="desc", per_page=1, action="insert")
    assert newest.data[0]["new"]["name"] == "c"
    assert newest.meta["total"] >= 3
    assert api.get("/api/v1/audit", actor_email="nobody@example.com").data == []
    assert api.get("/api/v1/audit", actor="x").status == 422


def test_a_refused_write_leaves_no_row(api: ApiClient) -> None:
    before = api.get("/api/v1/audit").meta["total"]
    assert api.post("/api/v1/assets", {"kind": "fild", "name": "x"}).status == 422
    assert api.as_role("viewer").post("/api/v1/assets", {"kind": "field"}).status == 403
    assert api.get("/api/v1/audit").meta["total"] == before


def test_managers_read_it_and_engineers_do_not(api: ApiClient) -> None:
    assert api.as_role("manager").get("/api/v1/audit").status == 200
    assert api.as_role("engineer").get("/api/v1/audit").status == 403
    assert api.as_role("admin").request("DELETE", "/api/v1/audit").status == 405


def test_logins_are_in_the_platforms_trail(app: Flask) -> None:
    client = ApiClient(app).as_role("viewer")
    client.post("/api/v1/auth/logout")
    with app.app_context(), platform_session() as session:
        login, logout = session.scalars(
            select(PlatformAuditEntry)
            .where(PlatformAuditEntry.table_name == "session")
            .order_by(PlatformAuditEntry.id)
        ).all()
    for entry in (login, logout):
        assert (entry.actor_email, entry.source) == ("viewer@example.com", "api")
        assert entry.request_id
    assert login.action == "insert"
    assert login.new is not None
    assert login.new["address"] == "127.0.0.1"
    assert logout.new is not None
    assert logout.new["revoked_for"] == "logout"
