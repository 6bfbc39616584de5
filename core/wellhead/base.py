"""Composition, the part without requests: one Flask app from the core and the enabled plugins, with
the database, the jobs, and what plugins are known to bring.

Everything a plugin contributes is checked before it is used; a plugin whose contribution cannot be
used is switched off with the reason, and the app is made without it.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask

from wellhead.assets.kinds import KINDS, AssetKinds
from wellhead.audit.recorder import install_audit
from wellhead.auth.permissions import Permissions
from wellhead.auth.service import init_auth
from wellhead.database.extension import build_wall, db
from wellhead.database.pool import ask_the_idle
from wellhead.errors import WellheadError
from wellhead.jobs.catalog import JOBS, Jobs
from wellhead.plugins.info import Status
from wellhead.runtime import EXTENSION, Runtime


def working_app(runtime: Runtime) -> Flask:
    """The app of a process that works and answers no request: the scheduler, a command. It has no
    routes, which are half of putting the whole together, and the hook `blueprints` is not asked: a
    plugin that fails there is off here too where a supervisor, which asks it, says so (`Runtime`).
    Touches no database; raises ConfigError for one that cannot be."""
    app = base_app(runtime)
    for record in runtime.plugins.enabled():
        runtime.plugins.collect_one(record.name, "setup", app=app)
    return app


def base_app(runtime: Runtime) -> Flask:
    """What every app begins with; the hook `setup` is still to be called. As `working_app`."""
    app = Flask("wellhead", static_folder=None)
    app.extensions[EXTENSION] = runtime
    app.config.update(
        SQLALCHEMY_DATABASE_URI=runtime.urls.app,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": runtime.settings.database.pool_size,
            "max_overflow": 0,
            "pool_timeout": 10,
        },
    )
    db.init_app(app)
    with app.app_context():
        ask_the_idle(db.engine)
        build_wall(db.engine, runtime.urls.role_prefix)
    install_audit()
    permissions = Permissions()
    init_auth(app, runtime.settings, permissions)
    app.extensions[KINDS] = kinds = AssetKinds()
    app.extensions[JOBS] = known = Jobs(runtime.plugins)
    take(runtime, "models", _check_tables)
    take(runtime, "permissions", permissions.add)
    take(runtime, "asset_kinds", kinds.add)
    take(runtime, "jobs", known.add)
    return app


def take(runtime: Runtime, hook: str, use: Callable[[str, Any], None]) -> None:
    """Give each plugin's answer to `hook` to `use`; a plugin whose answer it refuses is off."""
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
