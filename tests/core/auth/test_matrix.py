"""Role × endpoint (S2), against the table in matrix.toml that people read and approve.

A route without a row fails, and so does a row without a route; the failure prints the lines to add
or to take out, as the code has them now. Read them before you put them in: the file says who may.
"""

import re
import tomllib
import uuid
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from wellhead.auth.permissions import Permissions
from wellhead.http.blueprint import PUBLIC
from wellhead.http.requests import access_of, needs_login
from wellhead.plugins.contributions import ROLES
from wellhead.testing import ApiClient

from .helpers import log_in

TABLE = Path(__file__).with_name("matrix.toml")
PLATFORM = "platform"
_VARIABLE = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>")
_SAMPLES = {"uuid": str(uuid.UUID(int=7)), "int": "2147483000"}
_ENDS_SESSION = "/api/v1/auth/logout"  # would end the session that the other requests need


@dataclass(frozen=True, slots=True)
class Route:
    """rule: the path as it is registered; access: the permission asked for, `public`, or None
    login: whether API keys are refused"""

    method: str
    path: str
    rule: str
    access: str | None
    login: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"


def routes(app: Flask) -> list[Route]:
    """Every method of every rule, with the path filled with ids of nothing."""
    found = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"}):
            access = access_of(app, rule.endpoint, method)
            if rule.websocket:
                # opened by ticket, tested with the live connection; here it only has to say so
                assert access == PUBLIC, rule.rule
                continue
            path = _VARIABLE.sub(lambda match: _SAMPLES.get(match[1], "x"), rule.rule)
            login = needs_login(app, rule.endpoint, method)
            found.append(Route(method, path, rule.rule, access, login))
    return found


def table() -> dict[str, list[str]]:
    """Who may, by route."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {route: roles.split() for route, roles in rows.items()}


def declared(app: Flask, route: Route) -> str:
    """Who may, as the code has it."""
    if route.access in (PUBLIC, None):
        return str(route.access)
    permissions: Permissions = app.extensions["wellhead_auth"].permissions
    return " ".join(permissions.holders(str(route.access))) or PLATFORM


def body_of(route: Route) -> dict[str, str] | None:
    """An empty body where one may be sent."""
    return None if route.method in ("GET", "DELETE") else {}


def test_s2_every_route_has_its_row_and_every_row_its_route(shared_app: Flask) -> None:
    found = {route.name: declared(shared_app, route) for route in routes(shared_app)}
    rows = table()
    missing = [f'"{name}" = "{found[name]}"' for name in sorted(found.keys() - rows.keys())]
    assert not missing, "add to matrix.toml, if it is meant so:\n" + "\n".join(missing)
    assert not rows.keys() - found.keys(), "take out of matrix.toml: no such route"
    assert list(rows) == sorted(rows, key=lambda name: name.split(" ", 1)[::-1]), "sort by path"


def test_s2_public_are_these_and_no_more(shared_app: Flask) -> None:
    public = {name for name, roles in table().items() if roles == [PUBLIC]}
    assert {route.name for route in routes(shared_app) if route.access == PUBLIC} == public
    assert {name for name in public if "/api/" in name} == {
        "GET /api/v1/docs",
        "GET /api/v1/docs/<name>",
        "GET /api/v1/openapi.json",
        "POST /api/v1/auth/login",
        "POST /api/v1/auth/refresh",
    }


def test_s2_nobody_gets_in_without_a_token(shared_app: Flask) -> None:
    client = ApiClient(shared_app)
    rows = table()
    for route in routes(shared_app):
        answer = client.request(route.method, route.path, json=body_of(route))
        if rows[route.name] == [PUBLIC]:
            assert answer.status != 403, route
        else:
            assert (answer.status, answer.error["code"]) == (401, "token_missing"), route


@pytest.mark.parametrize("role", [*ROLES, PLATFORM])
def test_s2_a_role_may_what_the_table_says_and_nothing_else(
    app: Flask, database_admin_url: str, role: str
) -> None:
    held, user = {role}, role
    if role == PLATFORM:  # in this tenant a viewer
        held, user = {role, "viewer"}, "viewer"
        with psycopg.connect(database_admin_url) as connection:
            connection.execute(
                'UPDATE platform."user" SET platform_admin = true WHERE email LIKE %s',
                ("viewer@%",),
            )
    client = ApiClient(app).as_role(user)
    rows = table()
    for route in routes(app):
        if rows[route.name] == [PUBLIC]:
            continue
        asking = client
        if route.path == _ENDS_SESSION:
            asking = ApiClient(app, log_in(app, user).data["access_token"])
        answer = asking.request(route.method, route.path, json=body_of(route))
        if held.intersection(rows[route.name]):
            assert answer.status not in (401, 403), (route, answer.body)
            assert answer.status < 500, (route, answer.body)
        else:
            assert (answer.status, answer.error["code"]) == (403, "permission_denied"), route


def test_s2_a_key_may_what_its_scope_says_and_nothing_else(app: Flask, api: ApiClient) -> None:
    body = {"name": "tree", "scopes": ["assets.read"], "days": 1}
    client = ApiClient(app, api.post("/api/v1/auth/keys", body).data["key"])
    for route in routes(app):
        if route.access == PUBLIC:
            continue
        answer = client.request(route.method, route.path, json=body_of(route))
        if route.login:
            assert (answer.status, answer.error["code"]) == (403, "login_needed"), route
        elif route.access == "assets.read":
            assert answer.status not in (401, 403), (route, answer.body)
            assert answer.status < 500, (route, answer.body)
        else:
            assert (answer.status, answer.error["code"]) == (403, "permission_denied"), route
