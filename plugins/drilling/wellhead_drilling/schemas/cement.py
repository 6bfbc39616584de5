"""What the API takes and gives for cement jobs."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_drilling.schemas.common import InWellboreSchema, count_field, depth_field
from wellhead_drilling.vocabulary import (
    CementJobType,
    CementReturns,
    CementTopMethod,
    SlurryPurpose,
)


class SlurrySchema(sdk.Schema):
    """A fluid of a cement job."""

    stage = count_field(1, 10, "Stage of the job, from 1; 1 if left out", load_default=1)
    purpose = sdk.choice_field(SlurryPurpose, "What it is for", required=True)
    name = sdk.line_field("Recipe: class G + 35 % silica …", allow_none=True)
    density = sdk.quantity_field("mud_density", 500, 3_000, "kg/m3", "Density", required=True)
    volume = sdk.quantity_field("liquid_volume", 0, 1_000, "m3", "Volume pumped")
    slurry_yield = sdk.quantity_field(
        "slurry_yield", 0, 5, "ft3/sk", "Slurry of a sack (94 lb) of cement"
    )
    sacks = sdk.number_field(
        0, 100_000, "Sacks of 94 lb; with the yield they must make the volume", unit="1",
        allow_none=True,
    )  # fmt: skip


class CementJobSchema(InWellboreSchema):
    casing_string_id = fields.UUID(
        allow_none=True, metadata=sdk.about("Casing of the same wellbore that is cemented")
    )
    job_type = sdk.choice_field(CementJobType, "Why it was pumped; unknown if left out")
    start_at = sdk.Instant(required=True, metadata=sdk.about("When pumping began"))
    end_at = sdk.Instant(allow_none=True, metadata=sdk.about("When it was done"))
    contractor = sdk.line_field("Cementing company", allow_none=True)
    planned_top_md = depth_field("Planned top of cement")
    top_md = depth_field("Top of cement")
    top_found_by = sdk.choice_field(CementTopMethod, "How the top was found", allow_none=True)
    hole_diameter = sdk.quantity_field(
        "diameter", 0.05, 2.5, "m", "By caliper, say; the casing's section if left out"
    )
    excess = sdk.number_field(
        0, 500, "Excess over the open hole's annulus, %", unit="%", allow_none=True
    )
    shoe_track = sdk.quantity_field("length", 0, 500, "m", "Casing that cement stays in")
    slurries = fields.List(
        sdk.Whole(SlurrySchema),
        validate=validate.Length(max=50),
        metadata=sdk.about("Fluids in the order pumped; a list sent replaces the one stored"),
    )
    returns = sdk.choice_field(CementReturns, "What came back while pumping", allow_none=True)
    plug_bumped = fields.Boolean(allow_none=True, metadata=sdk.about("Whether the plug bumped"))
    final_pressure = sdk.quantity_field("pressure", 0, 2e8, "Pa", "Pressure at the end")
    remark = sdk.prose_field("What else there is to say of it")


class CementVolumesSchema(sdk.Schema):
    required = sdk.quantity_field("liquid_volume", 0, 1e4, "m3", "All that the job needed")
    open_hole = sdk.quantity_field(
        "liquid_volume", 0, 1e4, "m3", "Of that open hole's annulus with the excess"
    )
    within_casing = sdk.quantity_field(
        "liquid_volume", 0, 1e4, "m3", "Of that the annulus within the casing above"
    )
    shoe_track = sdk.quantity_field("liquid_volume", 0, 1e4, "m3", "Of that the shoe track")
    pumped = sdk.quantity_field(
        "liquid_volume", 0, 1e4, "m3", "Slurries pumped, without spacers and displacement"
    )
    difference = sdk.quantity_field(
        "liquid_volume", -1e4, 1e4, "m3", "Pumped less required; negative is too little"
    )
    enough = fields.Boolean(metadata=sdk.about("Whether what was pumped reaches the top of cement"))
    formula = fields.String(metadata=sdk.about("How it is calculated"))
