"""Routes of facilities."""

from wellhead import sdk
from wellhead_production.facilities import change_facility, create_facility, delete_facility
from wellhead_production.models import Facility
from wellhead_production.schemas.facilities import FacilitySchema

READ = "production.read"
EDIT = "production.edit"

blp = sdk.Blueprint(
    "production_facilities",
    url_prefix="/api/v1/production",
    description="Facilities, whose clock says what a production day is",
)

facilities = sdk.Resource(
    blp,
    path="/facilities",
    model=Facility,
    schema=FacilitySchema,
    name="facility",
    plural="facilities",
    read=READ,
    write=EDIT,
    filters=("name", "kind", "time_zone", "asset_id"),
    sort=("name", "kind", "created_at", "updated_at"),
    create=create_facility,
    update=change_facility,
    delete=delete_facility,
    asset=Facility.asset_id,
)
