"""What the API takes for inflow of oil and deliverability of gas: flows that had settled."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from wellhead import sdk
from wellhead_well_testing.analyses.vocabulary import DeliverabilityModel, InflowModel, Potential
from wellhead_well_testing.schemas.analyses import KeptSchema, UnitsSchema, gas_table_field

_MOST_POINTS = 200
_FLOWING = "Flowing pressure at the bottom"


def _pressure(text: str, **options: Any) -> fields.Field[Any]:
    return sdk.quantity_field("absolute_pressure", 0, 2_000, "bara", text, **options)


class InflowPointSchema(sdk.Schema):
    rate = sdk.quantity_field("oil_rate", 1e-6, 1e5, "Sm3/d", "Rate", required=True)
    flowing_pressure = _pressure(_FLOWING, required=True)


class InflowSchema(UnitsSchema):
    kind = sdk.choice_field(
        InflowModel,
        "productivity_index: straight, above the bubble point; vogel: a reservoir at its bubble "
        "point; composite: both; fetkovich: C and n by several flows below the bubble point",
        required=True,
    )
    reservoir_pressure = _pressure("Mean pressure of the reservoir", required=True)
    bubble_point = _pressure("Bubble point; needed for composite")
    points = fields.List(
        sdk.Whole(InflowPointSchema),
        validate=validate.Length(1, _MOST_POINTS),
        metadata=sdk.about("Flows that had settled"),
    )

    @validates_schema
    def _with_bubble_point(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("kind") == InflowModel.COMPOSITE and data.get("bubble_point") is None:
            raise ValidationError("Needed for composite.", "bubble_point")


class InflowCalculationSchema(InflowSchema):
    """With points that are sent."""

    @validates_schema
    def _with_points(self, data: dict[str, Any], **_: Any) -> None:
        needs_points(data)


class InflowAnalysisSchema(KeptSchema, InflowSchema):
    """One that is kept; without points, the rate steps of the test with a rate of oil and a
    pressure at the bottom, or else the test's own."""


class GasPointSchema(sdk.Schema):
    rate = sdk.quantity_field("gas_rate", 1e-3, 1e8, "Sm3/d", "Rate", required=True)
    flowing_pressure = _pressure(_FLOWING, required=True)
    static_pressure = _pressure(
        "Shut-in pressure before this flow, of a modified isochronal test; else the reservoir's"
    )


class DeliverabilitySchema(UnitsSchema):
    kind = sdk.choice_field(
        DeliverabilityModel, "back_pressure: q = C·Δ^n; lit: Δ = a·q + b·q²", required=True
    )
    potential = sdk.choice_field(
        Potential, "What Δ is a difference of", load_default=Potential.PRESSURE_SQUARED.value
    )
    reservoir_pressure = _pressure("Mean pressure of the reservoir", required=True)
    open_flow_pressure = _pressure(
        "Pressure at the bottom that the absolute open flow is at; 14.696 psia if left out"
    )
    points = fields.List(
        sdk.Whole(GasPointSchema),
        validate=validate.Length(1, _MOST_POINTS),
        metadata=sdk.about(
            "The flows of the test; short ones of the same length where one is extended"
        ),
    )
    extended = sdk.Whole(
        GasPointSchema,
        allow_none=True,
        metadata=sdk.about("The extended flow of an isochronal test, which had settled"),
    )
    gas_table = gas_table_field()

    @validates_schema
    def _with_table(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("potential") == Potential.PSEUDO_PRESSURE and not data.get("gas_table"):
            raise ValidationError("Needed for pseudo-pressures.", "gas_table")

    @validates_schema
    def _opens_below(self, data: dict[str, Any], **_: Any) -> None:
        opened, mean = data.get("open_flow_pressure"), data.get("reservoir_pressure")
        if opened and mean and opened.to("psia") >= mean.to("psia"):
            raise ValidationError("Must be below reservoir_pressure.", "open_flow_pressure")


class DeliverabilityCalculationSchema(DeliverabilitySchema):
    """With points that are sent."""

    @validates_schema
    def _with_points(self, data: dict[str, Any], **_: Any) -> None:
        needs_points(data)


class DeliverabilityAnalysisSchema(KeptSchema, DeliverabilitySchema):
    """One that is kept; without points, the rate steps of the test with a rate of gas and a
    pressure at the bottom. In a modified isochronal test each has the shut-in before it."""


def needs_points(data: dict[str, Any]) -> None:
    """Raises ValidationError where the flows are missing."""
    if not data.get("points"):
        raise ValidationError("Send the flows of the test.", "points")
