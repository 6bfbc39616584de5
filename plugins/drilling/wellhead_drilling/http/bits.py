"""Routes of bit records."""

from wellhead import sdk
from wellhead_drilling.bits import change_bit_record, create_bit_record
from wellhead_drilling.models import BitRecord
from wellhead_drilling.schemas.bits import BitRecordSchema

blp = sdk.Blueprint(
    "drilling_bits", url_prefix="/api/v1/drilling", description="Bit records with dull grades"
)

bit_records = sdk.Resource(
    blp,
    path="/bit-records",
    model=BitRecord,
    schema=BitRecordSchema,
    name="bit_record",
    plural="bit_records",
    read="drilling.read",
    write="drilling.edit",
    filters=("wellbore_id", "run_id", "bit_type", "iadc_code", "manufacturer", "model", "serial"),
    sort=("created_at", "number", "depth_in", "depth_out", "hours"),
    create=create_bit_record,
    update=change_bit_record,
    asset=BitRecord.asset_id,
)
