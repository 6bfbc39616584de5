"""Routes of completions, zones and perforations of all wells, found by what they belong to."""

import uuid
from typing import Any

from marshmallow import fields
from sqlalchemy import Select, select

from wellhead import sdk
from wellhead_wells.completions.models import Completion, Perforation, Zone
from wellhead_wells.completions.schemas import CompletionSchema, PerforationSchema, ZoneSchema
from wellhead_wells.completions.service import (
    change_completion,
    change_perforation,
    change_zone,
    create_completion,
    create_perforation,
    create_zone,
    delete_completion,
)
from wellhead_wells.routes import EDIT, READ

blp = sdk.Blueprint(
    "wells_completions",
    url_prefix="/api/v1/wells",
    description="Completions of wellbores, their zones and perforations",
)


def _of_wells(model: Any) -> sdk.Filter:
    def narrow(statement: Select[Any], wells: list[uuid.UUID]) -> Select[Any]:
        of_wells = select(Completion.id).where(Completion.well_id.in_(wells))
        return statement.where(model.completion_id.in_(of_wells))

    return sdk.Filter(
        fields.UUID(metadata=sdk.about("Only those in wellbores of this well")), narrow
    )


sdk.Resource(
    blp,
    path="/completions",
    model=Completion,
    schema=CompletionSchema,
    name="completion",
    plural="completions",
    read=READ,
    write=EDIT,
    filters=("wellbore_id", "well_id", "name", "kind", "status", "asset_id"),
    sort=("name", "kind", "status", "run_on", "top_md", "created_at"),
    create=create_completion,
    update=change_completion,
    delete=delete_completion,
    asset=Completion.asset_id,
)
sdk.Resource(
    blp,
    path="/zones",
    model=Zone,
    schema=ZoneSchema,
    name="zone",
    plural="zones",
    read=READ,
    write=EDIT,
    filters=("completion_id", "name", "formation", "status", "asset_id"),
    extra={"well_id": _of_wells(Zone)},
    sort=("top_md", "name", "formation", "status", "created_at"),
    create=create_zone,
    update=change_zone,
    asset=Zone.asset_id,
)
sdk.Resource(
    blp,
    path="/perforations",
    model=Perforation,
    schema=PerforationSchema,
    name="perforation",
    plural="perforations",
    read=READ,
    write=EDIT,
    filters=("completion_id", "zone_id", "shot_on", "status", "asset_id"),
    extra={"well_id": _of_wells(Perforation)},
    sort=("top_md", "shot_on", "status", "created_at"),
    create=create_perforation,
    update=change_perforation,
    asset=Perforation.asset_id,
)
