"""The jobs of the tenant, how their runs ended, and having one run now."""

from datetime import UTC, datetime
from typing import Any

from flask import current_app
from flask.views import MethodView
from marshmallow import fields
from sqlalchemy import Select, select

from wellhead.auth.identity import current_user
from wellhead.database.scope import current_tenant
from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.http.fields import Instant
from wellhead.http.refusals import ApiError, not_found
from wellhead.jobs import ledger
from wellhead.jobs.catalog import JOBS, Jobs
from wellhead.jobs.ledger import AlreadyRuns, Place
from wellhead.jobs.models import STATES, JobRun

blp = Blueprint("jobs", url_prefix="/api/v1/jobs", description="Jobs and their runs")


_JOB = {"in": "path", "name": "name", "description": "Name of the job"}


class JobRunSchema(BaseSchema):
    id = fields.Integer(metadata={"description": "Of the run; rises with time"})
    job = fields.String(metadata={"description": "Name of the job"})
    state = fields.String(
        metadata={
            "enum": list(STATES),
            "description": "`asked` waits for a scheduler; `abandoned` = its scheduler ended first",
        }
    )
    due_at = Instant(
        allow_none=True, metadata={"description": "When it was due; None = somebody asked for it"}
    )
    asked_at = Instant(metadata={"description": "When the run was written down"})
    started_at = Instant(allow_none=True, metadata={"description": "When it began; null = not yet"})
    ended_at = Instant(allow_none=True, metadata={"description": "When it ended; null = not yet"})
    detail = fields.String(allow_none=True, metadata={"description": "Why it did not end well"})
    asked_by = fields.String(metadata={"description": "`schedule`, `cli` or a user's e-mail"})


class JobSchema(BaseSchema):
    name = fields.String(metadata={"description": "What it is run by"})
    plugin = fields.String(metadata={"description": "Whose it is; `core` for Wellhead's own"})
    description = fields.String(metadata={"description": "What it does"})
    schedule = fields.String(metadata={"description": "For people"})
    max_seconds = fields.Float(metadata={"description": "A run may take this long, seconds"})
    next_at = Instant(allow_none=True, metadata={"description": "When it is due next"})
    last_run = fields.Nested(
        JobRunSchema, allow_none=True, metadata={"description": "null = it never ran here"}
    )


class AskedSchema(BaseSchema):
    run = fields.Integer(metadata={"description": "Id of the run, see /api/v1/jobs/runs?id="})


def _jobs() -> Jobs:
    jobs: Jobs = current_app.extensions[JOBS]
    return jobs


@blp.route("")
class JobList(MethodView):
    @blp.permission("jobs.read")
    @blp.doc(operationId="listJobs", summary="List the jobs that run in this tenant")
    @blp.response(200, JobSchema(many=True))
    def get(self) -> list[dict[str, Any]]:
        now = datetime.now(UTC)
        last = ledger.last_runs(current_tenant())
        return [
            {
                "name": known.job.name,
                "plugin": known.owner,
                "description": known.job.description,
                "schedule": known.schedule.text,
                "max_seconds": known.job.max_seconds,
                "next_at": known.schedule.after(now),
                "last_run": last.get(known.job.name),
            }
            for known in _jobs().listing()
            if known.job.scope == "tenant"
        ]


@blp.route("/runs")
class Runs(MethodView):
    @blp.permission("jobs.read")
    @blp.doc(operationId="listJobRuns", summary="List runs of jobs in this tenant")
    @blp.listing(
        JobRunSchema,
        JobRun,
        filters=("id", "job", "state", "asked_by"),
        sort=("id", "started_at", "ended_at"),
    )
    def get(self) -> Select[Any]:
        return select(JobRun)


@blp.route("/<name>/run", parameters=[_JOB])
class RunNow(MethodView):
    @blp.permission("jobs.run")
    @blp.doc(operationId="runJob", summary="Have the scheduler run a job now, in this tenant")
    @blp.response(202, AskedSchema)
    @blp.alt_response(409, description="It waits or runs already")
    def post(self, name: str) -> dict[str, int]:
        known = _jobs().find(name)
        if known is None or known.job.scope != "tenant":
            raise not_found("job", name)
        try:
            return {"run": ledger.ask(Place(name, current_tenant()), current_user().email)}
        except AlreadyRuns as error:
            detail = {"field": "name", "value": name, "message": str(error)}
            detail["remedy"] = f"See /api/v1/jobs/runs?id={error.run}"
            raise ApiError(409, "job_runs", f"The job {name}: {error}.", [detail]) from None
