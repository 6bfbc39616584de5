"""Routes of rigs and of their assignments to wellbores."""

from wellhead import sdk
from wellhead_drilling.models import Rig, RigAssignment
from wellhead_drilling.rigs import (
    change_assignment,
    change_rig,
    create_assignment,
    create_rig,
    delete_rig,
)
from wellhead_drilling.schemas.rigs import RigAssignmentSchema, RigSchema

READ = "drilling.read"
EDIT = "drilling.edit"

blp = sdk.Blueprint(
    "drilling_rigs", url_prefix="/api/v1/drilling", description="Rigs, and where they work"
)

rigs = sdk.Resource(
    blp,
    path="/rigs",
    model=Rig,
    schema=RigSchema,
    name="rig",
    plural="rigs",
    read=READ,
    write=EDIT,
    filters=("name", "contractor", "rig_type", "rig_class", "time_zone", "asset_id"),
    sort=("name", "contractor", "rig_type", "created_at", "updated_at"),
    create=create_rig,
    update=change_rig,
    delete=delete_rig,
    asset=Rig.asset_id,
)

assignments = sdk.Resource(
    blp,
    path="/rig-assignments",
    model=RigAssignment,
    schema=RigAssignmentSchema,
    name="rig_assignment",
    plural="rig_assignments",
    read=READ,
    write=EDIT,
    filters=("rig_id", "wellbore_id"),
    sort=("start_at", "end_at", "created_at"),
    create=create_assignment,
    update=change_assignment,
    asset=RigAssignment.asset_id,
)
