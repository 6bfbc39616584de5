"""Routes of BHA runs."""

from typing import Any

from marshmallow import fields
from sqlalchemy import Select, or_

from wellhead import sdk
from wellhead_drilling.models import Run
from wellhead_drilling.runs import change_run, create_run
from wellhead_drilling.schemas.runs import RunSchema

blp = sdk.Blueprint(
    "drilling_runs", url_prefix="/api/v1/drilling", description="BHA runs and what they measure"
)


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
