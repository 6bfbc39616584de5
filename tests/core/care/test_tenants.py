"""`wellhead tenant` and `wellhead user`: tenants made, suspended and dropped; who is locked out."""

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask import Flask

from wellhead.database.migrate import Migrator
from wellhead.errors import DatabaseError
from wellhead.testing import Answer, ApiClient

from .conftest import Command

pytestmark = pytest.mark.one_app

Query = Callable[..., Any]
_PASSWORD = re.compile(r"with the password (\S+)")
ME = "/api/v1/auth/me"


@pytest.fixture
def rows(database_admin_url: str) -> Query:
    def ask(query: str, *parameters: Any) -> Any:
        with psycopg.connect(database_admin_url) as connection:
            cursor = connection.execute(query, parameters)
            return cursor.fetchall() if cursor.description else None

    return ask


def log_in(app: Flask, email: str, password: str, tenant: str | None = None) -> Answer:
    body = {"email": email, "password": password, "tenant": tenant}
    return ApiClient(app).post("/api/v1/auth/login", body)


def add(wellhead: Command, *more: str) -> str:
    """The tenant `acme` with an administrator; the password that was printed."""
    result = wellhead("tenant", "add", "acme", "--admin", "boss@acme.example", *more)
    assert result.exit_code == 0, result.output
    found = _PASSWORD.search(result.output)
    assert found, result.output
    return found[1]


def test_a_tenant_is_whole_and_apart(wellhead: Command, app: Flask, api: ApiClient) -> None:
    password = add(wellhead, "--title", "Acme Oil")
    client = ApiClient(app, log_in(app, "boss@acme.example", password).data["access_token"])
    me = client.get(ME).data
    assert (me["tenant"], me["roles"]) == ("acme", ["admin"])
    assert "platform.tenants" not in me["permissions"]
    ours = api.post("/api/v1/assets", {"kind": "field", "name": "North"}).data["id"]
    assert client.get("/api/v1/assets").data == []
    assert client.get(f"/api/v1/assets/{ours}").status == 404
    assert client.get("/api/v1/wells").data == []
    assert [user["email"] for user in client.get("/api/v1/users").data] == ["boss@acme.example"]
    assert client.get("/api/v1/tenants").status == 403
    listed = wellhead("tenant", "list").output
    assert "Acme Oil" in listed
    assert "boss" not in listed


def test_an_administrator_with_an_account_keeps_the_password(wellhead: Command, app: Flask) -> None:
    result = wellhead("tenant", "add", "acme", "--admin", "viewer@example.com")
    assert result.exit_code == 0
    assert not _PASSWORD.search(result.output)
    me = ApiClient(app).as_role("viewer").get(ME).data
    assert (me["tenant"], me["roles"]) == ("default", ["viewer"])


def test_a_tenant_without_an_administrator_gets_one(wellhead: Command, app: Flask) -> None:
    assert "wellhead tenant admin acme" in wellhead("tenant", "add", "acme").output
    found = _PASSWORD.search(wellhead("tenant", "admin", "acme", "boss@acme.example").output)
    assert found
    assert log_in(app, "boss@acme.example", found[1]).status == 200
    missing = wellhead("tenant", "admin", "amce", "boss@acme.example")
    assert 'Did you mean "acme"?' in str(missing.exception)


def test_it_can_be_repeated_after_a_failure_half_way(
    wellhead: Command, app: Flask, rows: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_up = Migrator._bring_up
    monkeypatch.setattr(
        Migrator,
        "_bring_up",
        lambda self, connection, scope, branch: (
            _fail() if branch.name == "wells" else bring_up(self, connection, scope, branch)
        ),
    )
    failed = wellhead("tenant", "add", "acme")
    assert isinstance(failed.exception, DatabaseError)
    assert "plugin wells cannot be set up" in str(failed.exception)
    assert rows("SELECT name FROM platform.tenant") == [("default",)]
    monkeypatch.undo()
    assert add(wellhead)
    states = rows("SELECT to_regclass('tenant_acme.wells_well') IS NOT NULL")
    assert states == [(True,)]


def _fail() -> int:
    raise RuntimeError("the disk is full")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "Acme"), "not a tenant name"),
        (("add", "default"), "there is a tenant of this name"),
        (("add", "acme", "--admin", "boss"), "not an e-mail address"),
        (("drop", "default"), "stays"),
        (("drop", "acme"), "no such tenant"),
        (("suspend", "defualt"), 'Did you mean "default"?'),
    ],
)
def test_what_cannot_be_is_refused(
    wellhead: Command, arguments: tuple[str, ...], said: str
) -> None:
    assert said in str(wellhead("tenant", *arguments).exception)


def test_a_suspended_tenant_is_dark_until_it_is_resumed(
    wellhead: Command, app: Flask, api: ApiClient
) -> None:
    password = add(wellhead)
    token = log_in(app, "boss@acme.example", password).data["access_token"]
    assert wellhead("tenant", "suspend", "acme").exit_code == 0
    assert ApiClient(app, token).get(ME).status == 401
    assert log_in(app, "boss@acme.example", password).status == 403
    assert api.get(ME).status == 200
    assert wellhead("tenant", "resume", "acme").exit_code == 0
    assert ApiClient(app, token).get(ME).status == 200


def test_a_dropped_tenant_leaves_nothing_but_the_user(
    wellhead: Command, app: Flask, rows: Query
) -> None:
    password = add(wellhead)
    token = log_in(app, "boss@acme.example", password).data["access_token"]
    other = wellhead("tenant", "drop", "acme", input="default\n")
    assert other.exit_code == 1
    assert ApiClient(app, token).get(ME).status == 200
    assert wellhead("tenant", "drop", "acme", input="acme\n").exit_code == 0
    assert ApiClient(app, token).get(ME).status == 401
    assert log_in(app, "boss@acme.example", password).status == 403
    assert rows("SELECT to_regnamespace('tenant_acme')::text") == [(None,)]
    assert (
        rows(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE '%%\\_t\\_acme'"
            " AND rolname LIKE '%%' || left(current_database(), 12) || '%%'"
        )
        == []
    )
    assert rows("SELECT count(*) FROM platform.membership WHERE tenant = 'acme'") == [(0,)]
    actions = rows("SELECT action, source FROM platform.audit WHERE table_name = 'tenant'")
    assert actions == [("insert", "cli"), ("update", "cli"), ("delete", "cli")]


def test_administrators_of_the_platform_see_and_suspend_tenants_and_no_data(
    wellhead: Command, app: Flask, api: ApiClient
) -> None:
    assert wellhead("user", "platform", "viewer@example.com").exit_code == 0
    add(wellhead)
    viewer = ApiClient(app).as_role("viewer")
    assert [tenant["name"] for tenant in viewer.get("/api/v1/tenants").data] == ["acme", "default"]
    changed = viewer.patch("/api/v1/tenants/acme", {"title": "Acme", "suspended": True}).data
    assert (changed["title"], changed["suspended"]) == ("Acme", True)
    own = viewer.patch("/api/v1/tenants/default", {"suspended": True})
    assert (own.status, own.error["details"][0]["field"]) == (422, "suspended")
    assert viewer.get("/api/v1/tenants/nothing").status == 404
    assert viewer.get("/api/v1/users").status == 403
    refused = log_in(app, "viewer@example.com", "correct horse battery", "acme")
    assert (refused.status, refused.error["code"]) == (403, "tenant_forbidden")
    assert api.get("/api/v1/tenants").status == 403
    assert wellhead("user", "platform", "viewer@example.com", "--off").exit_code == 0
    assert viewer.get("/api/v1/tenants").status == 403


def test_who_is_locked_out_gets_a_new_password(wellhead: Command, app: Flask) -> None:
    client = ApiClient(app).as_role("viewer")
    assert wellhead("user", "disable", "viewer@example.com").exit_code == 0
    assert client.get(ME).status == 401
    assert "disabled" in wellhead("user", "list").output
    found = _PASSWORD.search(wellhead("user", "passwd", "Viewer@example.com").output)
    assert found
    assert log_in(app, "viewer@example.com", found[1]).status == 200
    assert log_in(app, "viewer@example.com", "correct horse battery").status == 401
    assert client.get(ME).status == 401
    missing = wellhead("user", "passwd", "nobody@example.com")
    assert "there is no such user" in str(missing.exception)
