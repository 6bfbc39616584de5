"""API keys: what their scope and their user allow, until one of many things ends them."""

import datetime as dt
import logging
from typing import Any

import psycopg
import pytest
from flask import Flask

from wellhead.auth import keys
from wellhead.testing import Answer, ApiClient

from .helpers import user_id

pytestmark = pytest.mark.one_app

KEYS = "/api/v1/auth/keys"
ASSETS = "/api/v1/assets"


def make(client: ApiClient, *scopes: str, **more: Any) -> Answer:
    body = {"name": "report", "scopes": list(scopes or ("assets.read",)), "days": 30, **more}
    return client.post(KEYS, body)


@pytest.fixture
def engineer(app: Flask) -> ApiClient:
    return ApiClient(app).as_role("engineer")


@pytest.fixture
def key(app: Flask, engineer: ApiClient) -> ApiClient:
    """A client with a key of the engineer that may read and edit assets."""
    return ApiClient(app, make(engineer, "assets.read", "assets.edit").data["key"])


def test_a_key_is_shown_once_and_kept_as_its_digest(
    engineer: ApiClient, database_admin_url: str, caplog: Any, capfd: Any
) -> None:
    with caplog.at_level(logging.DEBUG):
        made = make(engineer).data
    text = made["key"]
    assert text.startswith(f"whk_{made['id'][:8]}_")
    assert len(text) >= 50
    (listed,) = engineer.get(KEYS).data
    assert "key" not in listed
    assert "digest" not in listed
    with psycopg.connect(database_admin_url) as connection:
        rows = connection.execute("SELECT k::text FROM platform.api_key k").fetchall()
        rows += connection.execute("SELECT a::text FROM platform.audit a").fetchall()
    output = capfd.readouterr()
    assert text.split("_", 2)[2] not in str(rows) + output.out + output.err + caplog.text


def test_a_key_may_what_scope_and_user_both_allow(
    app: Flask, api: ApiClient, key: ApiClient
) -> None:
    assert key.post(ASSETS, {"kind": "field", "name": "North"}).status == 201
    assert key.get("/api/v1/wells").status == 403
    api.patch(f"/api/v1/users/{user_id(app, 'engineer')}", {"roles": ["viewer"]})
    assert key.get(ASSETS).status == 200
    assert key.post(ASSETS, {"kind": "field", "name": "South"}).status == 403


def test_what_a_key_does_stands_in_the_audit_as_its_users(api: ApiClient, key: ApiClient) -> None:
    made = key.post(ASSETS, {"kind": "field", "name": "North"}).data
    (row,) = api.get("/api/v1/audit", record_id=made["id"]).data
    assert row["actor_email"] == "engineer@example.com"


def test_a_key_makes_no_keys_and_opens_no_live_connection(app: Flask, api: ApiClient) -> None:
    scopes = api.get("/api/v1/auth/me").data["permissions"]
    whole = ApiClient(app, make(api, *scopes).data["key"])
    assert whole.get("/api/v1/users").status == 200
    for answer in (
        make(whole),
        whole.post("/api/v1/auth/logout"),
        whole.post("/api/v1/auth/password", {}),
        whole.delete("/api/v1/auth/sessions"),
        whole.post("/api/v1/live/ticket"),
        whole.post("/api/v1/users", {"email": "a@example.com", "roles": ["admin"]}),
        whole.post("/api/v1/roles", {"name": "x", "permissions": []}),
    ):
        assert (answer.status, answer.error["code"]) == (403, "login_needed")


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE platform.api_key SET expires_at = now()",
        "UPDATE platform.api_key SET revoked_at = now()",
        "UPDATE platform.\"user\" SET disabled = true WHERE email = 'engineer@example.com'",
        "UPDATE platform.membership SET disabled = true WHERE roles = '{engineer}'",
        "DELETE FROM platform.membership WHERE roles = '{engineer}'",
        "UPDATE platform.tenant SET suspended = true",
    ],
)
def test_a_key_ends_with_what_it_hangs_on(
    key: ApiClient, database_admin_url: str, end: str
) -> None:
    assert key.get(ASSETS).status == 200
    with psycopg.connect(database_admin_url) as connection:
        connection.execute(end)
    answer = key.get(ASSETS)
    assert (answer.status, answer.error["code"]) == (401, "key_invalid")


def test_its_owner_and_an_administrator_revoke_it(
    app: Flask, api: ApiClient, engineer: ApiClient
) -> None:
    path = f"/api/v1/users/{user_id(app, 'engineer')}/keys"
    for revoker, where in ((engineer, KEYS), (api, path)):
        made = make(engineer).data
        assert made["id"] in [one["id"] for one in api.get(path).data]
        assert revoker.delete(f"{where}/{made['id']}").status == 200
        assert ApiClient(app, made["key"]).get(ASSETS).status == 401
    assert api.delete(f"{KEYS}/{made['id']}").status == 404, "another's, as one's own"


def test_its_use_is_noted_once_a_minute(
    key: ApiClient, engineer: ApiClient, database_admin_url: str
) -> None:
    def noted() -> Any:
        return engineer.get(KEYS).data[0]["last_used_at"]

    assert noted() is None
    key.get(ASSETS)
    first = noted()
    key.get(ASSETS)
    assert noted() == first is not None
    with psycopg.connect(database_admin_url) as connection:
        connection.execute("UPDATE platform.api_key SET last_used_at = now() - interval '61 s'")
    key.get(ASSETS)
    assert noted() > first


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"scopes": ["asets.read"]}, "scopes.0"),
        ({"scopes": ["audit.read"]}, "scopes.0"),
        ({"scopes": []}, "scopes"),
        ({"days": None}, "days"),
        ({"days": 367}, "days"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "days"),
        ({"days": None, "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"days": None, "expires_at": "9999-12-31T23:59:59-14:00"}, "expires_at"),
    ],
)
def test_what_cannot_be_is_named(engineer: ApiClient, more: Any, field: str) -> None:
    answer = make(engineer, **({"scopes": ["assets.read"]} | more))
    assert (answer.status, answer.error["details"][0]["field"]) == (422, field)


def test_a_time_may_be_given(engineer: ApiClient) -> None:
    ends = (dt.datetime.now(dt.UTC) + dt.timedelta(days=366)).isoformat()
    assert make(engineer, days=None, expires_at=ends).status == 201


def test_there_are_so_many_and_old_ones_are_forgotten(
    engineer: ApiClient, database_admin_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "MAX_KEYS", 2)
    assert [make(engineer).status for _ in range(3)] == [201, 201, 422]
    with psycopg.connect(database_admin_url) as connection:
        connection.execute("UPDATE platform.api_key SET revoked_at = now() - interval '31 days'")
    assert make(engineer).status == 201
    assert engineer.get(KEYS).meta["total"] == 1


@pytest.mark.parametrize("text", ["whk_", "whk_00000000_x", "whk_" + "x" * 5000, "whk_é\udcff"])
def test_an_invented_key_is_refused(shared_app: Flask, text: str) -> None:
    answer = ApiClient(shared_app, text.encode("utf-8", "replace").decode("latin-1")).get(ASSETS)
    assert (answer.status, answer.error["code"]) == (401, "key_invalid")
