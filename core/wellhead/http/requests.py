"""Around every request: its id, its log line, who calls, and inside which tenant."""

import re
import time
import uuid
from functools import partial
from typing import Any

import structlog
from flask import Flask, current_app, g, request
from flask.views import View
from werkzeug.wrappers import Response

from wellhead.audit.actor import Actor, set_actor
from wellhead.auth.errors import asset_limited, login_needed
from wellhead.auth.identity import set_identity
from wellhead.auth.sessions import identify
from wellhead.database.scope import Scope, current_scope, set_scope
from wellhead.http.blueprint import ACCESS, ASSETS, LOGIN, PUBLIC
from wellhead.http.bodies import PUBLIC_BYTES, take_rest
from wellhead.http.headers import install_headers
from wellhead.http.limits import limit_addresses, limit_users
from wellhead.http.refusals import ApiError
from wellhead.http.routes.metrics import PATH as METRICS
from wellhead.metrics import counter, histogram
from wellhead.plugins.info import PluginRecord, Status
from wellhead.settings import Settings

OWNERS = "wellhead_owners"
"""app.extensions key: blueprint name → record of the plugin it came from"""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Counted each by itself; anybody can invent others without end."""
_REQUESTS = counter("http_requests_total", "Requests answered", ("method", "route", "status"))
_SECONDS = histogram("http_request_seconds", "Time to the answer", ("method", "route"))
log = structlog.get_logger("wellhead.http")


def access_of(app: Flask, endpoint: str, method: str) -> str | None:
    """The permission a view asks for, `public`, or None when it says neither."""
    return _declared(app, endpoint, method, ACCESS)


def asset_rule_of(app: Flask, endpoint: str, method: str) -> str | None:
    """How a view treats users limited to assets: `within` or `any`; `none` when it says that it
    refuses them, None when it does so for want of a word."""
    return _declared(app, endpoint, method, ASSETS)


def needs_login(app: Flask, endpoint: str, method: str) -> bool:
    """Whether a view refuses API keys."""
    return _declared(app, endpoint, method, LOGIN) is not None


def _declared(app: Flask, endpoint: str, method: str, what: str) -> str | None:
    view: Any = app.view_functions[endpoint]
    view_class: type[View] | None = getattr(view, "view_class", None)
    if view_class is not None:
        handler = getattr(view_class, method.lower(), None)
        if handler is None and method == "HEAD":
            handler = getattr(view_class, "get", None)
        view = handler or view
    declared: str | None = getattr(view, what, None)
    return declared


def install_request_hooks(app: Flask, settings: Settings) -> None:
    """In this order: an address that asks too often is refused before anything is looked up."""
    app.before_request(_begin)
    limit_addresses(app, settings.limits)
    app.before_request(partial(_admit, settings.web.metrics_port))
    limit_users(app, settings.limits)
    app.after_request(_end)
    install_headers(app, settings.web.origins)
    app.teardown_request(_leave)


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)
    g.outer_scope = current_scope()
    set_actor(Actor("api", request_id=g.request_id))
    set_identity(None)
    set_scope(None)


def _admit(metrics_port: int | None) -> None:
    """Refuse whoever may not call the view, before a byte of the body is read."""
    if metrics_port is not None and request.environ.get("SERVER_PORT") == str(metrics_port):
        if request.path != METRICS:
            raise ApiError(404, "not_found", f"This port serves {METRICS} alone.")
        return
    if request.endpoint is None or request.method == "OPTIONS":
        return
    owner: PluginRecord | None = current_app.extensions[OWNERS].get(request.blueprint)
    if owner is not None and owner.status is not Status.ENABLED:
        raise ApiError(503, "plugin_off", f"The plugin {owner.name} is {owner.status}.")
    access = access_of(current_app, request.endpoint, request.method)
    if access == PUBLIC:
        request.max_content_length = PUBLIC_BYTES
        return
    identity = identify(request.headers.get("Authorization"))
    set_identity(identity)
    set_actor(Actor("api", identity.id, identity.email, g.request_id))
    set_scope(Scope(identity.tenant))
    structlog.contextvars.bind_contextvars(user=identity.email)
    if access is None:
        raise ApiError(403, "no_permission", "This route declares no permission, so nobody has it.")
    if identity.session is None and needs_login(current_app, request.endpoint, request.method):
        raise login_needed()
    identity.require(access)
    if identity.assets is not None and asset_rule_of(
        current_app, request.endpoint, request.method
    ) not in ("within", "any"):
        raise asset_limited()


def _end(response: Response) -> Response:
    if response.status_code >= 400:
        take_rest(request)
    response.headers["X-Request-ID"] = g.request_id
    seconds = time.perf_counter() - g.started
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in _METHODS else "other"
    _REQUESTS.labels(method, route, response.status_code).inc()
    _SECONDS.labels(method, route).observe(seconds)
    log.info(
        "request",
        method=request.method,
        path=request.path,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        peer=request.remote_addr,
    )
    return response


def _leave(_: BaseException | None) -> None:
    set_actor(None)
    set_identity(None)
    set_scope(g.get("outer_scope"))
