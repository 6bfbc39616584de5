"""Composition: one Flask app from the core and the enabled plugins.

Everything a plugin contributes is checked before Flask sees it; a plugin whose contribution cannot
be used is switched off with the reason, and the app is made without it.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint as FlaskBlueprint
from flask import Flask

from wellhead.assets.kinds import AssetKinds
from wellhead.audit.recorder import install_audit
from wellhead.auth.permissions import Permissions
from wellhead.auth.service import init_auth
from wellhead.database.extension import build_wall, db
from wellhead.database.pool import ask_the_idle
from wellhead.errors import WellheadError
from wellhead.http.blueprint import PUBLIC
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
from wellhead.jobs.catalog import JOBS, Jobs
from wellhead.live.socket import init_live
from wellhead.plugins.info import Status
from wellhead.runtime import EXTENSION, Runtime

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
    app = Flask("wellhead", static_folder=None)
    app.url_rule_class = Route
    app.json.sort_keys = False  # type: ignore[attr-defined]  # as the schema says them
    app.extensions[EXTENSION] = runtime
    app.extensions[OWNERS] = {}
    app.config.update(
        SQLALCHEMY_DATABASE_URI=runtime.urls.app,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": runtime.settings.database.pool_size,
            "max_overflow": 0,
            "pool_timeout": 10,
        },
        MAX_CONTENT_LENGTH=runtime.settings.limits.body_mb << 20,
    )
    app.wsgi_app = TrustedProxies(app.wsgi_app, runtime.settings.web.proxies)  # type: ignore[method-assign]
    db.init_app(app)
    with app.app_context():
        ask_the_idle(db.engine)
        build_wall(db.engine, runtime.urls.role_prefix)
    install_audit()
    install_request_hooks(app, runtime.settings)
    api = make_api(app)
    permissions = Permissions()
    init_auth(app, runtime.settings, permissions)
    init_live(app)
    for blueprint in CORE_BLUEPRINTS:
        api.register_blueprint(blueprint)
    app.register_blueprint(metrics.blp)
    app.register_blueprint(docs.blp)
    _compose(app, api, runtime, permissions)
    return app


def _compose(app: Flask, api: Api, runtime: Runtime, permissions: Permissions) -> None:
    kinds = AssetKinds()
    app.extensions[assets.KINDS] = kinds
    manager = runtime.plugins
    _take(runtime, "models", _check_tables)
    _take(runtime, "permissions", permissions.add)
    _take(runtime, "asset_kinds", kinds.add)
    app.extensions[JOBS] = known = Jobs(manager)
    _take(runtime, "jobs", known.add)

    def mount(name: str, blueprints: list[FlaskBlueprint]) -> None:
        for blueprint in blueprints:
            _check_blueprint(app, name, blueprint, permissions)
        for blueprint in blueprints:
            app.extensions[OWNERS][blueprint.name] = manager.records[name]
            api.register_blueprint(blueprint)

    _take(runtime, "blueprints", mount)
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


def _take(runtime: Runtime, hook: str, use: Callable[[str, Any], None]) -> None:
    manager = runtime.plugins
    for name, result in manager.collect(hook):
        if manager.records[name].status is not Status.ENABLED:
            continue  # switched off with a plugin whose answer was used before
        try:
            use(name, result)
        except (Exception, SystemExit) as error:  # isolates: it may not be usable
            manager.switch_off(name, Status.FAILED, f"hook {hook}: {error}")


def _check_tables(name: str, models: list[type[Any]]) -> None:
    for model in models:
        table = getattr(model, "__tablename__", None)
        if not isinstance(table, str) or not table.startswith(f"{name}_"):
            raise WellheadError(
                "a plugin's tables begin with its name",
                field=f"{model.__name__}.__tablename__",
                value=table,
                remedy=f"Derive it from sdk.model_base({name!r})",
            )


def _check_blueprint(
    app: Flask, name: str, blueprint: FlaskBlueprint, permissions: Permissions
) -> None:
    """Register on an app of its own, which can be thrown away, and look at the routes."""
    if blueprint.name != name and not blueprint.name.startswith(f"{name}_"):
        raise WellheadError(
            "a plugin's blueprints are called as it is",
            field="blueprint",
            value=blueprint.name,
            remedy=f"Call it {name} or {name}_…",
        )
    trial = Flask("trial", static_folder=None)
    trial.url_rule_class = Route
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
