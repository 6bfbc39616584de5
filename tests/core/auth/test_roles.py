"""Roles that a tenant makes for itself, and the list of what they can be made of."""

import pytest
from flask import Flask

from wellhead.testing import ApiClient

from .helpers import user_id

pytestmark = pytest.mark.one_app

ROLES = "/api/v1/roles"
ASSET = {"kind": "field", "name": "North"}


def make(api: ApiClient, *permissions: str, name: str = "surveyor") -> None:
    body = {"name": name, "permissions": list(permissions)}
    assert api.post(ROLES, body).status == 201


def give(app: Flask, api: ApiClient, *roles: str) -> None:
    path = f"/api/v1/users/{user_id(app, 'viewer')}"
    assert api.patch(path, {"roles": list(roles)}).status == 200


def test_a_role_gives_what_it_says_as_it_says_now(app: Flask, api: ApiClient) -> None:
    make(api, "assets.edit")
    give(app, api, "surveyor")
    client = ApiClient(app).as_role("viewer")
    assert client.post("/api/v1/assets", ASSET).status == 201
    assert client.get("/api/v1/assets").status == 403
    api.patch(f"{ROLES}/surveyor", {"permissions": ["assets.read"]})
    assert client.get("/api/v1/assets").status == 200
    assert client.post("/api/v1/assets", ASSET | {"name": "South"}).status == 403


def test_built_in_ones_are_listed_and_stay(api: ApiClient) -> None:
    make(api, "assets.read")
    found = {role["name"]: role for role in api.get(ROLES).data}
    assert list(found) == ["admin", "manager", "engineer", "operator", "viewer", "surveyor"]
    assert [found[name]["builtin"] for name in ("admin", "surveyor")] == [True, False]
    assert "assets.edit" in found["engineer"]["permissions"]
    assert not [p for p in found["admin"]["permissions"] if p.startswith("platform.")]
    for answer in (
        api.post(ROLES, {"name": "viewer", "permissions": []}),
        api.patch(f"{ROLES}/viewer", {"permissions": []}),
        api.delete(f"{ROLES}/viewer"),
    ):
        assert (answer.status, answer.error["details"][0]["value"]) == (422, "viewer")


@pytest.mark.parametrize(
    ("permission", "said"),
    [("asets.read", 'Did you mean "assets.read"?'), ("platform.tenants", "no role can have")],
)
def test_an_unknown_permission_is_named(api: ApiClient, permission: str, said: str) -> None:
    answer = api.post(ROLES, {"name": "surveyor", "permissions": ["users.read", permission]})
    assert answer.status == 422
    assert answer.error["details"][0]["field"] == "permissions.1"
    assert said in answer.error["message"]


def test_a_role_that_is_held_stays_and_says_by_whom(app: Flask, api: ApiClient) -> None:
    make(api, "assets.read")
    give(app, api, "surveyor")
    answer = api.delete(f"{ROLES}/surveyor")
    assert (answer.status, answer.error["code"]) == (409, "role_held")
    assert "viewer@example.com" in answer.error["message"]
    give(app, api, "viewer")
    assert api.delete(f"{ROLES}/surveyor").status == 200
    assert api.delete(f"{ROLES}/surveyor").status == 404


def test_nobody_takes_from_a_role_what_they_lack(app: Flask, api: ApiClient) -> None:
    make(api, "users.read", "users.edit", name="clerk")
    make(api, "assets.read", "jobs.run", "users.read")
    give(app, api, "clerk")
    clerk = ApiClient(app).as_role("viewer")
    fewer = {"permissions": ["assets.read", "users.read"]}
    answer = clerk.patch(f"{ROLES}/surveyor", fewer)
    assert (answer.status, answer.error["code"]) == (403, "permission_denied")
    kept = {"permissions": ["assets.read", "jobs.run", "users.edit"]}
    assert clerk.patch(f"{ROLES}/surveyor", kept).status == 200
    assert clerk.delete(f"{ROLES}/surveyor").status == 403
    assert api.delete(f"{ROLES}/surveyor").status == 200


def test_a_name_is_taken_once(api: ApiClient) -> None:
    make(api, "assets.read")
    assert api.post(ROLES, {"name": "surveyor", "permissions": []}).status == 409


def test_all_permissions_are_listed_with_their_owner(api: ApiClient) -> None:
    found = {entry["name"]: entry for entry in api.get("/api/v1/permissions").data}
    assert found["assets.edit"] == {
        "name": "assets.edit",
        "owner": "core",
        "description": "Change the asset tree",
        "roles": ["admin", "manager", "engineer"],
    }
    assert found["wells.read"]["owner"] == "wells"
    assert found["platform.tenants"]["roles"] == []
