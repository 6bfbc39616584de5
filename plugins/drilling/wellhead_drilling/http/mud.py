"""Routes of mud reports."""

from wellhead import sdk
from wellhead_drilling.models import MudReport
from wellhead_drilling.mud import change_mud_report, create_mud_report
from wellhead_drilling.schemas.mud import MudReportSchema

blp = sdk.Blueprint("drilling_mud", url_prefix="/api/v1/drilling", description="Mud reports")

mud_reports = sdk.Resource(
    blp,
    path="/mud-reports",
    model=MudReport,
    schema=MudReportSchema,
    name="mud_report",
    plural="mud_reports",
    read="drilling.read",
    write="drilling.edit",
    filters=("wellbore_id", "run_id", "mud_type", "mud_name"),
    sort=("reported_at", "md", "created_at"),
    create=create_mud_report,
    update=change_mud_report,
    asset=MudReport.asset_id,
)
