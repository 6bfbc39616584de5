"""What comes before the processes: migrations, the administrator, seeds."""

import os

from flask import Flask

from wellhead.app import create_app
from wellhead.audit.actor import Actor, acting
from wellhead.auth.bootstrap import Administrator, ensure_administrator
from wellhead.database.extension import tenant
from wellhead.database.migrate import Migrator
from wellhead.database.scope import DEFAULT_TENANT
from wellhead.errors import WellheadError
from wellhead.runtime import Runtime, runtime_of
from wellhead.supervisor.plan import Plan, refusals


def prepare(app: Flask) -> Administrator:
    """Have the database as the code and the plugins want it; one bad plugin is switched off."""
    runtime = runtime_of(app)
    Migrator(app, runtime.urls, runtime.plugins).upgrade()
    with app.app_context():
        administrator = ensure_administrator(runtime.settings, os.environ)
        for record in runtime.plugins.enabled():
            # a session each: what one leaves half done is rolled back, and is nobody else's
            with tenant(DEFAULT_TENANT), acting(Actor("seed")):
                runtime.plugins.collect_one(record.name, "seed", app=app)
    return administrator


def prepare_reload(runtime: Runtime, old: Plan) -> Plan:
    """The plan to go to from `old`, with the database ready for it.

    Raises WellheadError for what cannot take its place; the database is not touched before the
    whole application has been put together.
    """
    app = create_app(runtime)
    _refuse(old, Plan.of(runtime))
    prepare(app)
    new = Plan.of(runtime)
    _refuse(old, new)
    return new


def _refuse(old: Plan, new: Plan) -> None:
    found = refusals(old, new)
    if found:
        raise WellheadError("; ".join(found))
