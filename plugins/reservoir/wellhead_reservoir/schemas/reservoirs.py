"""What the API takes and gives for reservoirs and their wells."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_reservoir.schemas.common import InReservoirSchema
from wellhead_reservoir.vocabulary import Drive, Fluid
from wellhead_wells.vocabulary import LengthUnit


class ReservoirSchema(sdk.Schema):
    id = fields.UUID(dump_only=True, metadata=sdk.about("The reservoir"))
    name = sdk.line_field("Name, of this reservoir alone", required=True)
    asset_id = fields.UUID(
        allow_none=True,
        metadata=sdk.about(
            "Field or other asset it belongs to, which decides who sees it; null = none"
        ),
    )
    formation = sdk.line_field("Formation or stratigraphic unit", allow_none=True)
    fluid = sdk.choice_field(Fluid, "What it holds; unknown if left out")
    drive = sdk.choice_field(Drive, "What drives it; unknown if left out")
    depth_unit = sdk.choice_field(LengthUnit, "Unit of datum_depth: m or ft", allow_none=True)
    datum_depth = sdk.Measured(
        unit_field="depth_unit",
        quantity="length",
        allow_none=True,
        validate=validate.Range(-20_000, 60_000),
        metadata=sdk.about(
            "Depth that pressures are compared at: true vertical, below mean sea level, in "
            "depth_unit"
        ),
    )
    initial_pressure = sdk.quantity_field(
        "absolute_pressure", 1, 3_000, "bara", "At datum_depth, before anything was produced"
    )
    temperature = sdk.quantity_field("temperature", -20, 300, "degC", "At datum_depth")
    remark = sdk.prose_field("What else there is to know")
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))


class ReservoirWellSchema(InReservoirSchema):
    well_id = fields.UUID(required=True, metadata=sdk.about("The well, for good"))
    since = fields.Date(
        allow_none=True, metadata=sdk.about("First day it is open here; null = since its first")
    )
    until = fields.Date(
        allow_none=True, metadata=sdk.about("First day it is open here no more; null = still open")
    )
    remark = sdk.prose_field("What it does here")
