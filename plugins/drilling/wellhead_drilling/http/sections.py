"""Routes of hole sections."""

from wellhead import sdk
from wellhead_drilling.models import Section
from wellhead_drilling.schemas.sections import SectionSchema
from wellhead_drilling.sections import change_section, create_section

blp = sdk.Blueprint("drilling_sections", url_prefix="/api/v1/drilling", description="Hole sections")

sections = sdk.Resource(
    blp,
    path="/sections",
    model=Section,
    schema=SectionSchema,
    name="section",
    plural="sections",
    read="drilling.read",
    write="drilling.edit",
    filters=("wellbore_id", "number", "name"),
    sort=("number", "name", "start_at", "end_at", "created_at"),
    create=create_section,
    update=change_section,
    asset=Section.asset_id,
)
