"""Routes of reservoirs and of their wells."""

from wellhead import sdk
from wellhead_reservoir.models import Reservoir, ReservoirWell
from wellhead_reservoir.reservoirs import (
    change_reservoir,
    change_reservoir_well,
    create_reservoir,
    create_reservoir_well,
)
from wellhead_reservoir.schemas.reservoirs import ReservoirSchema, ReservoirWellSchema

READ = "reservoir.read"
EDIT = "reservoir.edit"
PREFIX = "/api/v1/reservoirs"

blp = sdk.Blueprint("reservoir", url_prefix=PREFIX, description="Reservoirs, and their wells")

reservoirs = sdk.Resource(
    blp,
    path="",
    model=Reservoir,
    schema=ReservoirSchema,
    name="reservoir",
    plural="reservoirs",
    read=READ,
    write=EDIT,
    filters=("name", "asset_id", "formation", "fluid", "drive"),
    sort=("name", "formation", "created_at", "updated_at"),
    create=create_reservoir,
    update=change_reservoir,
    asset=Reservoir.asset_id,
)

reservoir_wells = sdk.Resource(
    blp,
    path="/open-wells",
    model=ReservoirWell,
    schema=ReservoirWellSchema,
    name="reservoir_well",
    plural="reservoir_wells",
    read=READ,
    write=EDIT,
    filters=("reservoir_id", "well_id"),
    sort=("since", "until", "created_at"),
    create=create_reservoir_well,
    update=change_reservoir_well,
    asset=ReservoirWell.asset_id,
)
