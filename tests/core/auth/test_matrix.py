"""Role × endpoint (S2), generated from the URL map: a route that asks for nothing fails here."""

import re
import uuid
from dataclasses import dataclass

import pytest
from flask import Flask

from wellhead.auth.permissions import Permissions
from wellhead.http.blueprint import PUBLIC
from wellhead.http.requests import access_of
from wellhead.plugins.contributions import ROLES
from wellhead.testing import ApiClient

from .helpers import log_in

_VARIABLE = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>")
_SAMPLES = {"uuid": str(uuid.UUID(int=7)), "int": "2147483000"}


@dataclass(frozen=True, slots=True)
class Route:
    """rule: the path as it is registered; access: the permission asked for, `public`, or None"""

    method: str
    path: str
    rule: str
    access: str | None


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
            found.append(Route(method, path, rule.rule, access))
    return found


def test_every_route_asks_for_a_permission_or_is_public(app: Flask) -> None:
    permissions: Permissions = app.extensions["wellhead_auth"].permissions
    known = {permission.name for _, permission in permissions.listing()}
    found = routes(app)
    assert len(found) > 15
    for route in found:
        assert route.access is not None, route
        assert route.access == PUBLIC or route.access in known, route


def test_public_are_these_and_no_more(app: Flask) -> None:
    public = {f"{route.method} {route.path}" for route in routes(app) if route.access == PUBLIC}
    core = {
        "GET /api/v1/openapi.json",
        "GET /health/live",
        "GET /health/ready",
        "POST /api/v1/auth/login",
        "POST /api/v1/auth/refresh",
    }
    assert core <= public
    # the page that shows the login form and its parts need none; no API route of a plugin is public
    assert not {route for route in public - core if "/api/" in route}


def test_nobody_gets_in_without_a_token(app: Flask) -> None:
    client = ApiClient(app)
    for route in routes(app):
        answer = client.request(route.method, route.path, json=body_of(route))
        if route.access == PUBLIC:
            assert answer.status != 403, route
        else:
            assert (answer.status, answer.error["code"]) == (401, "token_missing"), route


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_what_is_declared_and_nothing_else(app: Flask, role: str) -> None:
    permissions: Permissions = app.extensions["wellhead_auth"].permissions
    roles = {permission.name: permission.roles for _, permission in permissions.listing()}
    client = ApiClient(app).as_role(role)
    for route in routes(app):
        if route.access in (PUBLIC, None):
            continue
        if route.path == "/api/v1/auth/logout":  # would end the session the others need
            asking = ApiClient(app, log_in(app, role).data["access_token"])
        else:
            asking = client
        answer = asking.request(route.method, route.path, json=body_of(route))
        allowed = role == "admin" or role in roles[route.access or ""]
        if allowed:
            assert answer.status not in (401, 403), (route, answer.body)
            assert answer.status < 500, (route, answer.body)
        else:
            assert (answer.status, answer.error["code"]) == (403, "permission_denied"), route


def body_of(route: Route) -> dict[str, str] | None:
    """An empty body where one may be sent."""
    return None if route.method in ("GET", "DELETE") else {}
