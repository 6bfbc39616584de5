"""Routes of daily records of wells."""

from wellhead import sdk
from wellhead_production.daily_records import change_record, create_record, delete_record
from wellhead_production.http.facilities import EDIT, READ
from wellhead_production.models import DailyRecord
from wellhead_production.schemas.daily import DailyRecordSchema, period_filters

blp = sdk.Blueprint(
    "production_daily",
    url_prefix="/api/v1/production",
    description="What each well produced and injected, by production day",
)

records = sdk.Resource(
    blp,
    path="/daily-records",
    model=DailyRecord,
    schema=DailyRecordSchema,
    name="daily_record",
    plural="daily_records",
    read=READ,
    write=EDIT,
    filters=("well_id", "facility_id", "production_date", "disposition", "method"),
    extra=period_filters(DailyRecord.production_date),
    sort=("production_date", "hours_on", "created_at", "updated_at"),
    create=create_record,
    update=change_record,
    delete=delete_record,
    asset=DailyRecord.asset_id,
)
