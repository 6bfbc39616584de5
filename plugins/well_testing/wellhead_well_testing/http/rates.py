"""Routes of the rates of tests."""

from wellhead import sdk
from wellhead_well_testing.http.tests import EDIT, READ
from wellhead_well_testing.models import RateStep
from wellhead_well_testing.rates import change_step, create_step, delete_step
from wellhead_well_testing.schemas.rates import RateStepSchema

blp = sdk.Blueprint(
    "well_testing_rates", url_prefix="/api/v1/well-testing", description="Rates of well tests"
)

sdk.Resource(
    blp,
    path="/rate-steps",
    model=RateStep,
    schema=RateStepSchema,
    name="rate_step",
    plural="rate_steps",
    read=READ,
    write=EDIT,
    filters=("test_id",),
    sort=("start_at", "created_at"),
    create=create_step,
    update=change_step,
    delete=delete_step,
    asset=RateStep.asset_id,
)
