"""What the API takes and gives for calculations that keep nothing."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_reservoir.calc.correlations import CORRELATIONS
from wellhead_reservoir.calc.z_factor import COMPONENTS
from wellhead_reservoir.schemas.common import conditions_field
from wellhead_reservoir.schemas.fluids import CorrelationWarningSchema
from wellhead_reservoir.schemas.samples import GasShareSchema


class GasChoicesSchema(sdk.Schema):
    pseudo_critical = sdk.choice_field(
        CORRELATIONS["pseudo_critical"], "Pseudo-critical point of gas; sutton if left out"
    )
    z_factor = sdk.choice_field(
        CORRELATIONS["z_factor"],
        "z of gas; dranchuk_abou_kassem if left out. AGA8 and GERG need gas_composition",
    )


def _share(text: str) -> fields.Float:
    return sdk.number_field(0, 100, f"{text}, mole % of a gas given by its gravity", unit="%")


class ZFactorInputSchema(sdk.Schema):
    pressure = sdk.quantity_field(
        "absolute_pressure", 0.01, 2_000, "bara", "Of the gas", required=True
    )
    temperature = sdk.quantity_field("temperature", 0, 260, "degC", "Of the gas", required=True)
    standard_conditions = conditions_field("Of the volume of gas in Bg")
    gas_gravity = sdk.number_field(
        0.5, 3, "To air, impurities among it; instead of gas_composition", unit="1"
    )
    nitrogen = _share("Nitrogen")
    carbon_dioxide = _share("Carbon dioxide")
    hydrogen_sulfide = _share("Hydrogen sulfide")
    gas_composition = fields.List(
        sdk.Whole(GasShareSchema),
        validate=validate.Length(1, len(COMPONENTS)),
        metadata=sdk.about("Components of the gas, 100 % together; instead of gas_gravity"),
    )
    choices = sdk.Whole(GasChoicesSchema, metadata=sdk.about("A correlation by property"))
    units = sdk.choice_field(
        sdk.units.System, "Units of the results; by that of pressure if left out"
    )


class UsedCorrelationSchema(sdk.Schema):
    property = fields.String(metadata=sdk.about("Property that was calculated"))
    name = fields.String(metadata=sdk.about("By which correlation"))
    source = fields.String(metadata=sdk.about("Author, year, where it was published"))


class ZFactorSchema(sdk.Schema):
    results = fields.List(
        fields.Nested(sdk.ResultLineSchema), metadata=sdk.about("What came out, each with its unit")
    )
    standard_conditions = fields.String(metadata=sdk.about("Of the volume of gas in Bg"))
    correlations = fields.List(
        fields.Nested(UsedCorrelationSchema), metadata=sdk.about("What it was calculated by")
    )
    warnings = fields.List(
        fields.Nested(CorrelationWarningSchema),
        metadata=sdk.about("Where correlations were used outside of their data"),
    )
