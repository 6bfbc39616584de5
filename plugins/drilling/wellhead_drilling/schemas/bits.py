"""What the API takes and gives for bit records."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_drilling.calculations import NozzleSchema
from wellhead_drilling.dull import BIT_TYPES, CHARACTERISTICS, REASONS
from wellhead_drilling.schemas.common import (
    InWellboreSchema,
    count_field,
    depth_field,
    hours_field,
)


class DullGradeSchema(sdk.Schema):
    """The eight fields of the IADC's dull grading (SPE/IADC 23938 and 23939)."""

    inner = count_field(0, 8, "Inner two thirds of the cutters, 0 new to 8 gone", required=True)
    outer = count_field(0, 8, "Outer third of the cutters, 0 new to 8 gone", required=True)
    dull_characteristic = sdk.choice_field(
        CHARACTERISTICS, "What happened most to the cutters", required=True
    )
    location = sdk.line_field(
        "Where: fixed cutters C, N, T, S, G, M, A; cones N, M, G, A and their numbers",
        5,
        required=True,
    )
    bearing = sdk.line_field(
        "Bearing and seals: 0 to 8 open; E, F, N sealed; X fixed cutters", 1, required=True
    )
    gauge = sdk.line_field(
        "I in gauge, else 16ths of an inch under it: 1/16, 2/16 …", 5, required=True
    )
    other_characteristic = sdk.choice_field(
        CHARACTERISTICS, "What else happened to it, NO for nothing", required=True
    )
    reason_pulled = sdk.choice_field(REASONS, "Why it was pulled", required=True)


class BitRecordSchema(InWellboreSchema):
    wellbore_id = fields.UUID(dump_only=True, metadata=sdk.about("The wellbore of the run"))
    run_id = fields.UUID(required=True, metadata=sdk.about("The BHA run it was on, for good"))
    number = sdk.line_field("Number of the bit, 5RR1 …", 20, allow_none=True)
    bit_type = sdk.choice_field(BIT_TYPES, "WITSML's word; unknown if left out")
    iadc_code = sdk.line_field("IADC classification: 517G, M223", 5, allow_none=True)
    manufacturer = sdk.line_field("Who made it", allow_none=True)
    model = sdk.line_field("The maker's type", allow_none=True)
    serial = sdk.line_field("Serial number", allow_none=True)
    size = sdk.quantity_field("diameter", 0.02, 2.5, "m", "Diameter", required=True)
    nozzles = fields.List(
        sdk.Whole(NozzleSchema),
        validate=validate.Length(max=20),
        metadata=sdk.about("Nozzles, those of one size together"),
    )
    total_flow_area = sdk.quantity_field(
        "flow_area", 0, 1, "m2", "Of all nozzles, calculated", dump_only=True
    )
    depth_in = depth_field("Where it began to drill")
    depth_out = depth_field("Where it stopped")
    hours = hours_field("On bottom")
    rate_of_penetration = sdk.quantity_field(
        "penetration_rate", 0, 1, "m/s", "Depth drilled over hours, calculated", dump_only=True
    )
    dull_grade = sdk.Whole(
        DullGradeSchema, allow_none=True, metadata=sdk.about("How it came out; null = not graded")
    )
    dull_grade_text = fields.String(
        dump_only=True, metadata=sdk.about("The grade in one line: 1-2-WT-A-X-I-CT-TD")
    )
    remark = sdk.prose_field("What else there is to say of it")
