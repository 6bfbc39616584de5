"""Is it alive, is it ready, and how is each part."""

import datetime as dt
import os
from typing import Any

import structlog
from flask import current_app
from flask.views import MethodView
from marshmallow import fields
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from wellhead.database.extension import platform_session
from wellhead.disk import room
from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.http.refusals import ApiError
from wellhead.jobs.ledger import SILENT_SECONDS, silence
from wellhead.plugins.contributions import Health
from wellhead.plugins.info import Status
from wellhead.run_state import SUPERVISED_VARIABLE, Role, read_state
from wellhead.runtime import runtime_of

log = structlog.get_logger(__name__)
blp = Blueprint("health", url_prefix="", description="Liveness, readiness and the parts' health")


class AliveSchema(BaseSchema):
    status = fields.String(metadata={"description": "`alive` or `ready`"})


class PartSchema(BaseSchema):
    part = fields.String(
        metadata={"description": "database, scheduler, a process, or a plugin and its part"}
    )
    ok = fields.Boolean(metadata={"description": "Whether it does its work"})
    detail = fields.String(metadata={"description": "How it is doing, for people"})
    required = fields.Boolean(metadata={"description": "Whether readiness depends on it"})


def parts() -> list[Health]:
    """The database's health, the scheduler's, every plugin's, also of those that are off for an
    error, then that of the processes under `wellhead run`."""
    try:
        with platform_session() as session:
            session.execute(text("SELECT 1"))
        found = [Health("database", True, "answers", required=True)]
    except SQLAlchemyError as error:
        return [Health("database", False, str(error.__cause__ or error).strip(), required=True)]
    found += [_scheduler(), _disk()]
    for name, answer, failure in runtime_of(current_app).plugins.attempt("health"):
        if failure is not None:
            log.error("hook failed", plugin=name, hook="health", exc_info=failure)
            detail = f"hook health: {type(failure).__name__}: {failure}"
            found.append(Health(name, False, detail))
            continue
        found += [
            Health(f"{name}: {part.part}", part.ok, part.detail, part.required) for part in answer
        ]
    return found + _off() + processes()


def _disk() -> Health:
    """Where it is full, PostgreSQL stops, spools refuse readings and processes do not start."""
    try:
        return Health("disk", *room(runtime_of(current_app).settings.data_dir))
    except OSError as error:
        return Health("disk", False, f"cannot be looked at: {error}")


def _off() -> list[Health]:
    """Plugins that are off for an error. Of one that misses its extra, or requires one that is off,
    somebody may have wanted it so."""
    return [
        Health(f"plugin {name}", False, f"{record.status}: {record.reason}")
        for name, record in sorted(runtime_of(current_app).plugins.records.items())
        if record.status in (Status.LOAD_ERROR, Status.CONFIG_ERROR, Status.FAILED)
    ]


def processes() -> list[Health]:
    """How the processes are that the supervisor keeps alive; nothing where there is none."""
    if SUPERVISED_VARIABLE not in os.environ:
        return []
    state = read_state(runtime_of(current_app).settings.data_dir)
    return [_process(role) for role in state.roles] if state else []


def _process(role: Role) -> Health:
    history = f", restarts {role.restarts}" if role.restarts else ""
    if role.last_exit is not None:
        history += f", last exit code {role.last_exit}"
    if role.pid is None:
        detail = f"down, next start {_time(role.next_start)}{history}"
    else:
        detail = f"pid {role.pid} since {_time(role.since)}{history}"
    return Health(f"process {role.name}", role.pid is not None, detail)


def _time(seconds: float | None) -> str:
    return dt.datetime.fromtimestamp(seconds or 0, dt.UTC).isoformat(timespec="seconds")


def _scheduler() -> Health:
    try:
        silent = silence()
    except SQLAlchemyError as error:
        return Health("scheduler", False, f"cannot be read: {error.__cause__ or error}".strip())
    if silent is None:
        return Health("scheduler", False, "none runs; start `wellhead scheduler`")
    return Health("scheduler", silent <= SILENT_SECONDS, f"heard {silent:.0f} s ago")


@blp.route("/health/live")
class Live(MethodView):
    @blp.public
    @blp.doc(operationId="getLiveness", summary="The process answers", security=[])
    @blp.response(200, AliveSchema)
    def get(self) -> dict[str, str]:
        return {"status": "alive"}


@blp.route("/health/ready")
class Ready(MethodView):
    @blp.public
    @blp.doc(operationId="getReadiness", summary="Requests can be served", security=[])
    @blp.response(200, AliveSchema)
    def get(self) -> dict[str, str]:
        if any(part.required and not part.ok for part in parts()):
            raise ApiError(
                503,
                "not_ready",
                "A part that is needed is down. Administrators see /api/v1/health.",
            )
        return {"status": "ready"}


@blp.route("/api/v1/health")
class Detail(MethodView):
    @blp.permission("health.read")
    @blp.doc(operationId="getHealth", summary="How each part is doing")
    @blp.response(200, PartSchema(many=True))
    def get(self) -> list[Any]:
        return list(parts())
