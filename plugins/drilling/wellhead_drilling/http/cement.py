"""Routes of cement jobs, and of the volume that each needed."""

import uuid
from typing import Any

from flask.views import MethodView

from wellhead import sdk
from wellhead_drilling.cement import change_cement_job, create_cement_job, volumes_of
from wellhead_drilling.models import CementJob
from wellhead_drilling.schemas.cement import CementJobSchema, CementVolumesSchema

blp = sdk.Blueprint("drilling_cement", url_prefix="/api/v1/drilling", description="Cement jobs")

_JOB = {"in": "path", "name": "id", "description": "Id of the cement job"}
_FORMULA = (
    "V = π/4·(D² − d²)·L·(1 + excess) of open hole + π/4·(D² − d²)·L within the casing above "
    "+ π/4·d²·L of the shoe track"
)

cement_jobs = sdk.Resource(
    blp,
    path="/cement-jobs",
    model=CementJob,
    schema=CementJobSchema,
    name="cement_job",
    plural="cement_jobs",
    read="drilling.read",
    write="drilling.edit",
    filters=("wellbore_id", "casing_string_id", "job_type", "contractor"),
    sort=("start_at", "end_at", "created_at"),
    create=create_cement_job,
    update=change_cement_job,
    asset=CementJob.asset_id,
)


@blp.route("/cement-jobs/<uuid:id>/volumes", parameters=[_JOB])
class CementVolumesView(MethodView):
    @blp.permission("drilling.read")
    @blp.within_assets
    @blp.doc(
        operationId="getCementVolumes",
        summary="Check what was pumped against the annulus",
        description=f"{_FORMULA}. 422 names what is not known.",
        parameters=[sdk.units_parameter()],
    )
    @blp.response(200, CementVolumesSchema)
    def get(self, id: uuid.UUID) -> dict[str, Any]:  # noqa: A002 (the name in the path)
        found = volumes_of(cement_jobs.find(id))
        missing = found.pumped - found.required
        volumes = found._asdict() | {"difference": missing}
        shown = {name: sdk.Quantity(value, "m3") for name, value in volumes.items()}
        return shown | {"enough": missing >= 0, "formula": _FORMULA}
