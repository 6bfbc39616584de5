"""Routes of well tests."""

from wellhead import sdk
from wellhead_well_testing.imports import warnings_of
from wellhead_well_testing.models import WellTest
from wellhead_well_testing.records import change_test, create_test, delete_test
from wellhead_well_testing.schemas.tests import WellTestRowSchema, WellTestSchema

READ = "well_testing.read"
EDIT = "well_testing.edit"

blp = sdk.Blueprint("well_testing", url_prefix="/api/v1/well-testing", description="Tests of wells")

tests = sdk.Resource(
    blp,
    path="/tests",
    model=WellTest,
    schema=WellTestSchema,
    name="well_test",
    plural="well_tests",
    read=READ,
    write=EDIT,
    filters=("well_id", "completion_id", "kind", "state", "reference", "decided_by"),
    sort=("start_at", "end_at", "kind", "state", "well_name", "created_at"),
    create=create_test,
    update=change_test,
    delete=delete_test,
    asset=WellTest.asset_id,
    importing=sdk.Importing(create_test, warnings_of, WellTestRowSchema),
)
