"""What the API takes and gives for results that are kept with a run."""

from typing import Any

from marshmallow import ValidationError, fields, post_load

from wellhead import sdk
from wellhead_drilling.calculations import CALCULATIONS
from wellhead_drilling.schemas.calculations import INPUT_SCHEMAS
from wellhead_drilling.schemas.common import count_field


class RunResultSchema(sdk.Schema):
    id = fields.UUID(dump_only=True, metadata=sdk.about("The result"))
    run_id = fields.UUID(required=True, metadata=sdk.about("The run"))
    calculation = sdk.choice_field(CALCULATIONS, "Which calculation", required=True)
    version = count_field(
        1, 2_147_483_647, "From 1, of this calculation on this run", dump_only=True
    )
    inputs = fields.Dict(
        keys=fields.String(),
        metadata=sdk.about(
            "What goes in, as the calculation's own operation takes it; left out for mse, "
            "hydrostatic and ecd: what the run's channels and records make now"
        ),
    )
    made_from = fields.List(
        fields.String(),
        dump_only=True,
        metadata=sdk.about("What of the run the inputs were taken from; empty when they were sent"),
    )
    results = fields.List(
        fields.Nested(sdk.ResultLineSchema),
        dump_only=True,
        metadata=sdk.about("What came out, each with its unit"),
    )
    formula = fields.String(dump_only=True, metadata=sdk.about("The formula"))
    source = fields.String(dump_only=True, metadata=sdk.about("Where the formula is from"))
    remark = sdk.prose_field("What it is kept for")
    created_by = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("E-mail of the user")
    )
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was kept, UTC"))

    @post_load
    def _with_inputs(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The inputs loaded as their calculation's schema does, which depends on another field."""
        if "inputs" not in data:
            return data
        try:
            return data | {"inputs": INPUT_SCHEMAS[data["calculation"]]().load(data["inputs"])}
        except ValidationError as error:
            raise ValidationError({"inputs": error.messages}) from error
