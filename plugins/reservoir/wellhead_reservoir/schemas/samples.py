"""What the API takes and gives for PVT samples."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_reservoir.calc.z_factor import COMPONENTS
from wellhead_reservoir.pvt.experiments import ExperimentKind
from wellhead_reservoir.schemas.columns import PvtColumnSchema
from wellhead_reservoir.schemas.common import InReservoirSchema, conditions_field
from wellhead_reservoir.vocabulary import SampleKind


class GasShareSchema(sdk.Schema):
    """A component of a gas."""

    component = sdk.choice_field(COMPONENTS, "The component", required=True)
    mole_percent = sdk.number_field(0, 100, "Share of it, % of the moles", unit="%", required=True)


class ExperimentSchema(sdk.Schema):
    """An experiment with its columns, as reported."""

    kind = sdk.choice_field(ExperimentKind, "Which experiment", required=True)
    temperature = sdk.quantity_field("temperature", -20, 300, "degC", "That it was made at")
    columns = fields.List(
        sdk.Whole(PvtColumnSchema),
        required=True,
        validate=validate.Length(2, 12),
        metadata=sdk.about(
            "pressure, and what was measured against it: relative_volume; rs and bo; temperature "
            "and rs of each separator stage; oil_viscosity …"
        ),
    )
    remark = sdk.prose_field("What the laboratory says of it")


class PvtSampleSchema(InReservoirSchema):
    name = sdk.line_field("Name or number of the sample", required=True)
    well_id = fields.UUID(allow_none=True, metadata=sdk.about("The well it was taken from"))
    kind = sdk.choice_field(SampleKind, "How it was taken; unknown if left out")
    sampled_on = fields.Date(allow_none=True, metadata=sdk.about("The day it was taken"))
    laboratory = sdk.line_field("Who measured it, and the report's number", allow_none=True)
    standard_conditions = conditions_field("Of all its volumes of gas and stock tank oil")
    temperature = sdk.quantity_field("temperature", -20, 300, "degC", "Of the reservoir")
    pressure_unit = sdk.line_field(
        "Unit of bubble_point and separator_pressure: psia, psig, bara, barg …",
        50,
        allow_none=True,
    )
    atmospheric_pressure = sdk.quantity_field(
        "absolute_pressure", 0.5, 1.2, "bara", "What gauge pressures of the report are above"
    )
    bubble_point = sdk.Measured(
        unit_field="pressure_unit",
        allow_none=True,
        validate=validate.Range(0, 300_000),
        metadata=sdk.about("Bubble or dew point at temperature, in pressure_unit"),
    )
    solution_gor = sdk.quantity_field(
        "gas_oil_ratio", 0, 2_000, "Sm3/Sm3", "Gas in solution at the bubble point, all stages"
    )
    oil_volume = sdk.quantity_field(
        "formation_volume_factor", 1, 10, "m3/Sm3", "Bo at the bubble point, through separators"
    )
    oil_viscosity = sdk.quantity_field("viscosity", 0.001, 1e6, "cP", "At the bubble point")
    oil_gravity = sdk.number_field(
        0, 80, "Of the stock tank oil, degAPI", unit="degAPI", allow_none=True
    )
    gas_gravity = sdk.number_field(
        0.5, 3, "Of the gas of all stages, to air", unit="1", allow_none=True
    )
    separator_pressure = sdk.Measured(
        unit_field="pressure_unit",
        allow_none=True,
        validate=validate.Range(0, 300_000),
        metadata=sdk.about("Of the first separator, in pressure_unit"),
    )
    separator_temperature = sdk.quantity_field("temperature", -40, 150, "degC", "Of it")
    gas_composition = fields.List(
        sdk.Whole(GasShareSchema),
        validate=validate.Length(max=len(COMPONENTS)),
        metadata=sdk.about("Components of the gas, 100 % together; what AGA8 needs"),
    )
    experiments = fields.List(
        sdk.Whole(ExperimentSchema),
        validate=validate.Length(max=30),
        metadata=sdk.about("What was measured; a list sent replaces the one stored"),
    )
    remark = sdk.prose_field("What else there is to know")
