"""What the API takes and gives for casing strings and pressure tests."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_drilling.schemas.common import InWellboreSchema, count_field, depth_field
from wellhead_drilling.vocabulary import PressureTestType, StringType


class JointSchema(sdk.Schema):
    number = count_field(1, 5_000, "Its number in the tally, from the shoe up", required=True)
    length = sdk.quantity_field("length", 0, 30, "m", "Made-up length", required=True)
    grade = sdk.line_field("Grade, where it is not the string's", allow_none=True)
    weight = sdk.quantity_field("linear_mass", 0, 1_000, "kg/m", "Where it is not the string's")
    heat_number = sdk.line_field("Heat number", allow_none=True)
    remark = sdk.line_field("Shoe, float collar, marker joint …", allow_none=True)


class CasingStringSchema(InWellboreSchema):
    section_id = fields.UUID(
        allow_none=True, metadata=sdk.about("Hole section of the same wellbore that it is set in")
    )
    name = sdk.line_field("What people call it: 9 5/8 in …", allow_none=True)
    string_type = sdk.choice_field(StringType, "What it is for; other if left out")
    size = sdk.quantity_field(
        "diameter", 0.05, 2, "m", "Outer diameter; less than the hole's", required=True
    )
    inner_diameter = sdk.quantity_field("diameter", 0.03, 2, "m", "Inner diameter")
    weight = sdk.quantity_field("linear_mass", 0, 1_000, "kg/m", "Nominal mass of a length")
    grade = sdk.line_field("Steel grade: K-55, L-80, P-110 …", allow_none=True)
    connection = sdk.line_field("Thread: BTC, LTC, VAM TOP …", allow_none=True)
    top_md = depth_field("Its upper end")
    shoe_md = depth_field("Its shoe")
    set_at = sdk.Instant(allow_none=True, metadata=sdk.about("When it was landed"))
    stick_up = sdk.quantity_field("length", 0, 100, "m", "What of the tally stands above top_md")
    joints = fields.List(
        sdk.Whole(JointSchema),
        validate=validate.Length(max=1_500),
        metadata=sdk.about(
            "The tally from the shoe up; it must be as long as from top_md to shoe_md with the "
            "stick_up, within 0.1 m and 0.1 %. A list sent replaces the one stored"
        ),
    )
    tally_length = sdk.quantity_field(
        "length", 0, 50_000, "m", "Length of all joints, calculated", dump_only=True
    )
    tally_difference = sdk.quantity_field(
        "length", -100, 100, "m", "Tally without stick_up, less top to shoe", dump_only=True
    )
    remark = sdk.prose_field("What else there is to say of it")


class PressureTestSchema(InWellboreSchema):
    casing_string_id = fields.UUID(
        allow_none=True, metadata=sdk.about("The casing, or the one that the test is below")
    )
    test_type = sdk.choice_field(PressureTestType, "What is tested", required=True)
    tested_at = sdk.Instant(required=True, metadata=sdk.about("When it was made"))
    md = depth_field("Measured depth that is tested")
    tvd = depth_field("True vertical depth of that")
    mud_density = sdk.quantity_field(
        "mud_density", 1, 3_500, "kg/m3", "Mud in the hole", required=True
    )
    surface_pressure = sdk.quantity_field(
        "pressure", 0, 2e8, "Pa", "Pressure at surface", required=True
    )
    duration = sdk.number_field(0, 1_440, "How long it was held, minutes", unit="min",
                                allow_none=True)  # fmt: skip
    passed = fields.Boolean(allow_none=True, metadata=sdk.about("Whether it held"))
    equivalent_density = sdk.quantity_field(
        "mud_density", 0, 1e5, "kg/m3",
        "Mud that would press as hard at tvd, by 0.052 psi/(ft·ppg); null while tvd is not known",
        dump_only=True,
    )  # fmt: skip
    remark = sdk.prose_field("What else there is to say of it")
