"""Composition, the whole: the app that answers requests, with the routes of the core and of the
enabled plugins.

Everything a plugin contributes is checked before Flask sees it; a plugin whose contribution cannot
be used is switched off with the reason, and the app is made without it.
"""

from flask import Blueprint as FlaskBlueprint
from flask import Flask

from wellhead.auth.permissions import Permissions
from wellhead.auth.state import EXTENSION as AUTH
from wellhead.base import base_app, take
from wellhead.errors import WellheadError
from wellhead.http.blueprint import PUBLIC
from wellhead.http.bodies import WholeBodies
from wellhead.http.openapi import Api, make_api
from wellhead.http.proxies import TrustedProxies
from wellhead.http.requests import OWNERS, access_of, install_request_hooks
from wellhead.http.routes import (
    assets,
    audit,
    auth,
    docs,
    health,
    jobs,
    keys,
    live,
    metrics,
    plugins,
    roles,
    sessions,
    tenants,
    units,
    users,
)
from wellhead.http.routing import Route
from wellhead.live.socket import init_live
from wellhead.plugins.info import Status
from wellhead.runtime import Runtime

CORE_BLUEPRINTS = (
    health.blp,
    auth.blp,
    sessions.blp,
    keys.blp,
    users.blp,
    roles.blp,
    roles.permissions,
    tenants.blp,
    plugins.blp,
    assets.blp,
    audit.blp,
    jobs.blp,
    live.blp,
    units.blp,
)


def create_app(runtime: Runtime) -> Flask:
    """The app of one process. Touches no database; raises ConfigError for one that cannot be."""
    app = base_app(runtime)
    app.url_rule_class = Route
    app.json.sort_keys = False  # type: ignore[attr-defined]  # as the schema says them
    app.extensions[OWNERS] = {}
    app.config["MAX_CONTENT_LENGTH"] = runtime.settings.limits.body_mb << 20
    whole = WholeBodies(app.wsgi_app)
    app.wsgi_app = TrustedProxies(whole, runtime.settings.web.proxies)  # type: ignore[method-assign]
    install_request_hooks(app, runtime.settings)
    api = make_api(app)
    init_live(app)
    for blueprint in CORE_BLUEPRINTS:
        api.register_blueprint(blueprint)
    app.register_blueprint(metrics.blp)
    app.register_blueprint(docs.blp)
    _mount_plugins(app, api, runtime)
    return app


def _mount_plugins(app: Flask, api: Api, runtime: Runtime) -> None:
    manager = runtime.plugins
    permissions: Permissions = app.extensions[AUTH].permissions

    def mount(name: str, blueprints: list[FlaskBlueprint]) -> None:
        _check_blueprints(app, name, blueprints, permissions)
        for blueprint in blueprints:
            app.extensions[OWNERS][blueprint.name] = manager.records[name]
            api.register_blueprint(blueprint)

    take(runtime, "blueprints", mount)
    for record in manager.enabled():
        before = set(app.view_functions)
        manager.collect_one(record.name, "setup", app=app)
        _check_added(app, runtime, record.name, set(app.view_functions) - before)


def _check_added(app: Flask, runtime: Runtime, name: str, endpoints: set[str]) -> None:
    """What `setup` routed asks for a permission too. Flask cannot take a route back: one without
    is refused at every request (see `wellhead.http.requests`)."""
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if rule.endpoint in endpoints and access_of(app, rule.endpoint, method) is None:
                reason = f"hook setup: route {method} {rule.rule} asks for no permission"
                runtime.plugins.switch_off(name, Status.FAILED, reason)
                return


def _check_blueprints(
    app: Flask, name: str, blueprints: list[FlaskBlueprint], permissions: Permissions
) -> None:
    """Register on an app of its own, which can be thrown away, and look at the routes."""
    trial = Flask("trial", static_folder=None)
    trial.url_rule_class = Route
    for blueprint in blueprints:
        if blueprint.name != name and not blueprint.name.startswith(f"{name}_"):
            raise WellheadError(
                "a plugin's blueprints are called as it is",
                field="blueprint",
                value=blueprint.name,
                remedy=f"Call it {name} or {name}_…",
            )
        trial.register_blueprint(blueprint)
    taken = {
        (rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()
    }
    for rule in trial.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            route = f"{method} {rule.rule}"
            if (rule.rule, method) in taken:
                raise WellheadError("another plugin has this route", field="route", value=route)
            access = access_of(trial, rule.endpoint, method)
            if access is None:
                raise WellheadError(
                    "a route asks for no permission",
                    field="route",
                    value=route,
                    remedy="Mark the view with @blp.permission(…), or @blp.public if it must be",
                )
            if access != PUBLIC:
                permissions.require_known(access)
