"""What the API takes and gives for fluid contacts and rock."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_reservoir.schemas.common import InReservoirSchema
from wellhead_reservoir.vocabulary import Certainty, ContactKind, ContactMethod, RockMethod
from wellhead_wells.vocabulary import LengthUnit


class ContactSchema(InReservoirSchema):
    kind = sdk.choice_field(ContactKind, "Between which fluids it lies", required=True)
    as_of = fields.Date(
        allow_none=True,
        metadata=sdk.about("Day from which it is there; null = before anything was produced"),
    )
    depth = sdk.Measured(
        unit_field="depth_unit",
        quantity="length",
        required=True,
        validate=validate.Range(-20_000, 60_000),
        metadata=sdk.about("True vertical depth below mean sea level, in depth_unit"),
    )
    depth_unit = sdk.choice_field(LengthUnit, "Unit of depth: m or ft", required=True)
    certainty = sdk.choice_field(
        Certainty, "Whether it was seen, or lies below or above this depth; observed if left out"
    )
    method = sdk.choice_field(ContactMethod, "What it was found by; assumed if left out")
    remark = sdk.prose_field("What else there is to know")


class RockSchema(InReservoirSchema):
    part = sdk.line_field("Layer, block or region; all of it if left out")
    net_to_gross = sdk.number_field(
        0, 1, "Net over gross thickness, fraction", unit="1", allow_none=True
    )
    porosity = sdk.number_field(0, 0.6, "Porosity of net rock, fraction", unit="1", allow_none=True)
    water_saturation = sdk.number_field(
        0, 1, "Connate water in the pores of net rock, fraction", unit="1", allow_none=True
    )
    permeability = sdk.quantity_field("permeability", 0, 1e5, "mD", "Horizontal permeability")
    permeability_ratio = sdk.number_field(
        0, 10, "Vertical over horizontal permeability", unit="1", allow_none=True
    )
    compressibility = sdk.quantity_field(
        "compressibility", 0, 1e-3, "1/psi", "Of the pore space, by its volume"
    )
    method = sdk.choice_field(RockMethod, "What it was found by; assumed if left out")
    remark = sdk.prose_field("What else there is to know")
