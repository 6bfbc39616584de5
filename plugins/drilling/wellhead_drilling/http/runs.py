"""Routes of BHA runs."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import fields
from sqlalchemy import Select, or_

from wellhead import sdk
from wellhead_drilling.live import live_of
from wellhead_drilling.models import Run, RunResult
from wellhead_drilling.results import keep_result
from wellhead_drilling.runs import change_run, create_run
from wellhead_drilling.schemas.results import RunResultSchema
from wellhead_drilling.schemas.runs import RunLiveSchema, RunSchema

blp = sdk.Blueprint(
    "drilling_runs", url_prefix="/api/v1/drilling", description="BHA runs and what they measure"
)

_RUN = {"in": "path", "name": "id", "description": "Id of the run"}


def _with_serials(statement: Select[Any], serials: list[str]) -> Select[Any]:
    return statement.where(
        or_(*(Run.components.contains([{"serial": serial}]) for serial in serials))
    )


runs = sdk.Resource(
    blp,
    path="/runs",
    model=Run,
    schema=RunSchema,
    name="run",
    plural="runs",
    read="drilling.read",
    write="drilling.edit",
    filters=("wellbore_id", "section_id", "rig_id", "number"),
    extra={
        "serial": sdk.Filter(
            fields.String(metadata={"description": "Only runs with a component of this serial"}),
            _with_serials,
        )
    },
    sort=("number", "time_in", "time_out", "depth_in", "depth_out", "created_at"),
    create=create_run,
    update=change_run,
    asset=Run.asset_id,
)


@blp.route("/runs/<uuid:id>/live", parameters=[_RUN])
class RunLiveView(MethodView):
    @blp.permission("drilling.read")
    @blp.within_assets
    @blp.doc(
        operationId="getRunLive",
        summary="What a run measures now, and what follows from it",
        description="The newest value of each channel, and specific energy, hydrostatic pressure "
        "and ECD by them. What cannot be calculated says why. `meta.answered_by` names the plugins "
        "that know values.",
        parameters=[sdk.units_parameter()],
    )
    @blp.response(200, RunLiveSchema)
    def get(self, id: uuid.UUID) -> dict[str, Any]:  # noqa: A002 (the name in the path)
        shown, answered = live_of(runs.find(id))
        sdk.set_meta({"answered_by": answered})
        return shown


results = sdk.Resource(
    blp,
    path="/run-results",
    model=RunResult,
    schema=RunResultSchema,
    name="run_result",
    plural="run_results",
    read="drilling.read",
    write="drilling.edit",
    filters=("run_id", "calculation", "version"),
    sort=("created_at", "version", "calculation"),
    create=keep_result,
    asset=RunResult.asset_id,
    methods=("list", "create", "get"),
)
