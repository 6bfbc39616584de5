"""What the API takes and gives for BHA runs."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_drilling.channels import ChannelRole
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


class ChannelSchema(sdk.Schema):
    """Which tag measures something of a run."""

    role = sdk.choice_field(ChannelRole, "What it measures", required=True)
    tag = count_field(1, 2_147_483_647, "Id of the tag", required=True)
    asset_id = fields.UUID(
        allow_none=True,
        metadata=sdk.about("Asset at or below which the tag hangs; null = the run's rig, the well"),
    )
    unit = sdk.line_field("Unit of its values where the tag names none", 50, allow_none=True)


class LiveChannelSchema(sdk.Schema):
    role = fields.String(metadata=sdk.about("What it measures"))
    tag = count_field(1, 2_147_483_647, "Id of the tag")
    name = fields.String(allow_none=True, metadata=sdk.about("Name of the tag"))
    value = sdk.Measured(
        unit_field="unit",
        quantity_field="quantity",
        allow_none=True,
        metadata=sdk.about("Newest value, in unit; null where there is none"),
    )
    unit = fields.String(allow_none=True, metadata=sdk.about("Of value"))
    quantity = fields.String(allow_none=True, metadata=sdk.about("What is measured"))
    quality = count_field(0, 255, "OPC code: 192 good, 64 uncertain, 0 bad, sub-codes")
    quality_name = fields.String(metadata=sdk.about("The quality in words"))
    time = sdk.Instant(allow_none=True, metadata=sdk.about("Of the reading, UTC"))
    reason = fields.String(allow_none=True, metadata=sdk.about("Why the quality is what it is"))
    history_from = sdk.Instant(
        allow_none=True,
        metadata=sdk.about("Begin of the run: `from` of GET /api/v1/tags/{tag}/readings"),
    )
    history_to = sdk.Instant(
        allow_none=True, metadata=sdk.about("End of the run, `to` of that; null while it lasts")
    )


class LiveResultSchema(sdk.Schema):
    name = fields.String(metadata=sdk.about("mse, hydrostatic or ecd"))
    title = fields.String(metadata=sdk.about("What it is"))
    value = sdk.Measured(
        unit_field="unit",
        allow_none=True,
        metadata=sdk.about("Calculated from the newest values, in unit; null where it cannot be"),
    )
    unit = fields.String(allow_none=True, metadata=sdk.about("Of value"))
    quality = count_field(0, 255, "That of the worst value it is made of")
    quality_name = fields.String(metadata=sdk.about("The quality in words"))
    time = sdk.Instant(allow_none=True, metadata=sdk.about("Of the oldest value it is made of"))
    reason = fields.String(allow_none=True, metadata=sdk.about("Why it could not be calculated"))
    inputs = fields.List(fields.String(), metadata=sdk.about("What it was calculated from"))
    formula = fields.String(metadata=sdk.about("The formula, in SI and in the field's units"))
    source = fields.String(metadata=sdk.about("Where the formula is from"))


class RunLiveSchema(sdk.Schema):
    run_id = fields.UUID(metadata=sdk.about("The run"))
    channels = fields.List(
        fields.Nested(LiveChannelSchema), metadata=sdk.about("The run's channels as they are now")
    )
    calculated = fields.List(
        fields.Nested(LiveResultSchema), metadata=sdk.about("What follows from them")
    )


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
    channels = fields.List(
        sdk.Whole(ChannelSchema),
        validate=validate.Length(max=len(ChannelRole)),
        metadata=sdk.about("Tags by what they measure; a list sent replaces the one stored"),
    )
    bha_length = sdk.quantity_field(
        "length", 0, 100_000, "m", "Length of all components; null while one is not known",
        dump_only=True,
    )  # fmt: skip
