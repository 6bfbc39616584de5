"""What the API takes and gives for BHA runs."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_drilling.schemas.common import (
    InWellboreSchema,
    count_field,
    depth_field,
    hours_field,
)
from wellhead_drilling.vocabulary import ComponentType


class ComponentSchema(sdk.Schema):
    """A part of a bottom-hole assembly."""

    type = sdk.choice_field(ComponentType, "What it is (WITSML's word)", required=True)
    description = sdk.line_field("What it is called", allow_none=True)
    manufacturer = sdk.line_field("Who made it", allow_none=True)
    serial = sdk.line_field("Serial number", allow_none=True)
    count = count_field(1, 500, "How many joints of it; 1 if left out", load_default=1)
    outer_diameter = sdk.quantity_field("diameter", 0.01, 2.5, "m", "Largest outer diameter")
    inner_diameter = sdk.quantity_field("diameter", 0, 2.5, "m", "Inner diameter")
    length = sdk.quantity_field("length", 0, 10_000, "m", "Length of all its joints")
    weight = sdk.quantity_field("linear_mass", 0, 2_000, "kg/m", "Mass of a length, in air")


class RunSchema(InWellboreSchema):
    number = count_field(1, 999, "Number of the run in the wellbore", required=True)
    section_id = fields.UUID(
        allow_none=True, metadata=sdk.about("Hole section of the same wellbore that it drilled")
    )
    rig_id = fields.UUID(allow_none=True, metadata=sdk.about("The rig that made it"))
    objective = sdk.prose_field("What the run was for")
    time_in = sdk.Instant(allow_none=True, metadata=sdk.about("When it went below the rotary"))
    time_out = sdk.Instant(allow_none=True, metadata=sdk.about("When it was out; after time_in"))
    depth_in = depth_field("Depth of the hole when it began to drill")
    depth_out = depth_field("Depth of the hole when it stopped to drill")
    drilling_hours = hours_field("Time on bottom")
    circulating_hours = hours_field("Time circulating off bottom")
    weight_on_bit_min = sdk.quantity_field("force", 0, 1_000, "kN", "Least weight on bit")
    weight_on_bit_max = sdk.quantity_field("force", 0, 1_000, "kN", "Most weight on bit")
    rotary_speed_min = sdk.number_field(0, 1_000, "Least, rpm", unit="rpm", allow_none=True)
    rotary_speed_max = sdk.number_field(0, 1_000, "Most, rpm", unit="rpm", allow_none=True)
    flow_min = sdk.quantity_field("pump_rate", 0, 20_000, "L/min", "Least flow")
    flow_max = sdk.quantity_field("pump_rate", 0, 20_000, "L/min", "Most flow")
    components = fields.List(
        sdk.Whole(ComponentSchema),
        validate=validate.Length(max=200),
        metadata=sdk.about("The assembly from the bit up; a list sent replaces the one stored"),
    )
    bha_length = sdk.quantity_field(
        "length", 0, 100_000, "m", "Length of all components; null while one is not known",
        dump_only=True,
    )  # fmt: skip
