"""Routes of meters and their corrections."""

from wellhead import sdk
from wellhead_production.http.facilities import EDIT, READ
from wellhead_production.meters import (
    change_correction,
    change_meter,
    create_correction,
    create_meter,
    delete_correction,
)
from wellhead_production.models import Meter, MeterCorrection
from wellhead_production.schemas.meters import MeterCorrectionSchema, MeterSchema

blp = sdk.Blueprint(
    "production_meters",
    url_prefix="/api/v1/production",
    description="Meters, and corrections of what they measured",
)

meters = sdk.Resource(
    blp,
    path="/meters",
    model=Meter,
    schema=MeterSchema,
    name="meter",
    plural="meters",
    read=READ,
    write=EDIT,
    filters=("facility_id", "well_id", "name", "fluid", "position", "tag_id"),
    sort=("name", "fluid", "position", "created_at"),
    create=create_meter,
    update=change_meter,
    asset=Meter.asset_id,
)

corrections = sdk.Resource(
    blp,
    path="/meter-corrections",
    model=MeterCorrection,
    schema=MeterCorrectionSchema,
    name="meter_correction",
    plural="meter_corrections",
    read=READ,
    write=EDIT,
    filters=("meter_id",),
    sort=("first_day", "last_day", "created_at"),
    create=create_correction,
    update=change_correction,
    delete=delete_correction,
    asset=MeterCorrection.asset_id,
)
