"""What the API takes and gives for correlation sets and the fluid tables that they make."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_reservoir.calc.correlations import CORRELATIONS, UNITS
from wellhead_reservoir.schemas.columns import PvtColumnSchema
from wellhead_reservoir.schemas.common import InReservoirSchema, conditions_field
from wellhead_reservoir.vocabulary import HeldTo, Phase

_PROPERTY = {
    "solution_gor": "Bubble point and gas in solution",
    "oil_volume": "Formation volume factor of oil",
    "oil_compressibility": "Compressibility of oil above its bubble point",
    "dead_oil_viscosity": "Viscosity of oil without gas",
    "saturated_viscosity": "Viscosity of oil at and below its bubble point",
    "undersaturated_viscosity": "Viscosity of oil above its bubble point",
    "pseudo_critical": "Pseudo-critical point of gas",
    "z_factor": "z of gas",
    "gas_viscosity": "Viscosity of gas",
    "water": "Properties of water",
}

CorrelationChoicesSchema: type[sdk.Schema] = type(
    "CorrelationChoicesSchema",
    (sdk.Schema,),
    {
        gives: sdk.choice_field(rows, f"{_PROPERTY[gives]}; {next(iter(rows))} if left out")
        for gives, rows in CORRELATIONS.items()
    },
)


class CorrelationRangeSchema(sdk.Schema):
    input = fields.String(metadata=sdk.about("What of"))
    low = sdk.Measured(unit_field="unit", metadata=sdk.about("From, in unit"))
    high = sdk.Measured(unit_field="unit", metadata=sdk.about("To, in unit"))
    unit = fields.Function(
        lambda row: UNITS[row["input"]],
        metadata=sdk.about("Unit of low and high; 1 for plain numbers"),
    )


class CorrelationSchema(sdk.Schema):
    property = fields.String(metadata=sdk.about("Property that it is a choice for"))
    name = fields.String(metadata=sdk.about("Its name in choices"))
    title = fields.String(metadata=sdk.about("What it is"))
    source = fields.String(metadata=sdk.about("Author, year, where it was published"))
    chosen_by_default = fields.Boolean(metadata=sdk.about("Whether it is taken if none is chosen"))
    ranges = fields.List(
        fields.Nested(CorrelationRangeSchema), metadata=sdk.about("What data it was made from")
    )


def _share(text: str) -> fields.Float:
    return sdk.number_field(0, 100, f"{text}, mole % of the gas", unit="%", allow_none=True)


class CorrelationSetSchema(InReservoirSchema):
    name = sdk.line_field("Name of the set", required=True)
    fluid = sdk.choice_field(Phase, "What its tables are of; by the reservoir if left out")
    sample_id = fields.UUID(
        allow_none=True,
        metadata=sdk.about("Sample of the reservoir that numbers left out here are taken from"),
    )
    held_to = sdk.choice_field(
        HeldTo,
        "Which of the sample's measurements an oil's curves go through; its bubble point with Bo "
        "and viscosity there if left out",
    )
    standard_conditions = conditions_field("Of solution_gor, and of the tables that it makes")
    temperature = sdk.quantity_field("temperature", 0, 260, "degC", "Of the reservoir")
    oil_gravity = sdk.number_field(
        0, 80, "Of the stock tank oil, degAPI", unit="degAPI", allow_none=True
    )
    gas_gravity = sdk.number_field(0.5, 3, "Of the gas, to air", unit="1", allow_none=True)
    solution_gor = sdk.quantity_field(
        "gas_oil_ratio", 0, 2_000, "Sm3/Sm3", "Gas in solution at the bubble point"
    )
    bubble_point = sdk.quantity_field(
        "absolute_pressure", 1, 2_000, "bara", "Measured; with solution_gor the table is held to it"
    )
    oil_volume = sdk.quantity_field(
        "formation_volume_factor", 1, 10, "m3/Sm3", "Bo at the bubble point, measured"
    )
    oil_viscosity = sdk.quantity_field(
        "viscosity", 0.001, 1e6, "cP", "At the bubble point, measured"
    )
    separator_pressure = sdk.quantity_field(
        "absolute_pressure", 0.5, 200, "bara", "Of the separator, for Vasquez and Beggs"
    )
    separator_temperature = sdk.quantity_field("temperature", -40, 150, "degC", "Of it")
    nitrogen = _share("Nitrogen")
    carbon_dioxide = _share("Carbon dioxide")
    hydrogen_sulfide = _share("Hydrogen sulfide")
    salinity = sdk.number_field(
        0, 35, "Salt, % of the brine's mass; 0 if left out", unit="%", allow_none=True
    )
    choices = sdk.Whole(CorrelationChoicesSchema, metadata=sdk.about("A correlation by property"))
    remark = sdk.prose_field("Why it is as it is")


class InputLineSchema(sdk.ResultLineSchema):
    standard_conditions = fields.String(
        allow_none=True, metadata=sdk.about("Of a volume of gas; null of all else")
    )
    source = fields.String(metadata=sdk.about("Where it was taken from"))


class SaturationLineSchema(sdk.ResultLineSchema):
    standard_conditions = fields.String(
        allow_none=True, metadata=sdk.about("Of a volume of gas; null of all else")
    )


class CorrelationWarningSchema(sdk.Schema):
    property = fields.String(metadata=sdk.about("Property that was calculated"))
    correlation = fields.String(metadata=sdk.about("By which correlation"))
    input = fields.String(metadata=sdk.about("What lies outside of its data"))
    message = fields.String(metadata=sdk.about("The range, and what it was used at"))


class PvtTableSchema(InReservoirSchema):
    reservoir_id = fields.UUID(dump_only=True, metadata=sdk.about("The reservoir"))
    correlation_set_id = fields.UUID(
        required=True, metadata=sdk.about("The set that it is made by; null once that is deleted")
    )
    sample_id = fields.UUID(
        dump_only=True, allow_none=True, metadata=sdk.about("The sample that it is held to")
    )
    pressure_from = sdk.quantity_field(
        "absolute_pressure", 0.5, 2_000, "bara", "First pressure", required=True, load_only=True
    )
    pressure_to = sdk.quantity_field(
        "absolute_pressure", 0.5, 2_000, "bara", "Last pressure", required=True, load_only=True
    )
    rows = fields.Integer(
        strict=True,
        load_default=40,
        load_only=True,
        validate=validate.Range(2, 400),
        metadata=sdk.about("Pressures at equal steps; one more at the bubble point")
        | {"x-unit": "1"},
    )
    version = fields.Integer(
        dump_only=True,
        metadata=sdk.about("From 1, of all tables of the reservoir") | {"x-unit": "1"},
    )
    name = fields.String(dump_only=True, metadata=sdk.about("Name of the set when it was made"))
    fluid = fields.String(dump_only=True, metadata=sdk.about("oil, gas or water"))
    held_to = fields.String(
        dump_only=True, metadata=sdk.about("Which of the sample's measurements it meets")
    )
    standard_conditions = conditions_field(
        "Of the rows, where nothing else is asked", dump_only=True
    )
    inputs = fields.List(
        fields.Nested(InputLineSchema),
        dump_only=True,
        metadata=sdk.about("What it was made from, and where that is from"),
    )
    choices = fields.Nested(
        CorrelationChoicesSchema,
        dump_only=True,
        metadata=sdk.about("The correlations that made it"),
    )
    warnings = fields.List(
        fields.Nested(CorrelationWarningSchema),
        dump_only=True,
        metadata=sdk.about("Where correlations were used outside of their data, or contradict"),
    )
    saturation = fields.List(
        fields.Nested(SaturationLineSchema),
        dump_only=True,
        metadata=sdk.about("Bubble point, and what the oil is there; empty without oil"),
    )
    row_count = fields.Integer(
        dump_only=True, metadata=sdk.about("How many rows it has") | {"x-unit": "1"}
    )
    remark = sdk.prose_field("What it is kept for")
    created_by = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("E-mail of the user")
    )


class RowsQuery(sdk.Schema):
    units = sdk.units_field()
    format = sdk.format_field()
    standard_conditions = sdk.choice_field(
        sdk.units.STANDARD_CONDITIONS,
        "Conditions that volumes of gas are restated at; the table's if left out",
    )


class PvtRowsSchema(sdk.Schema):
    standard_conditions = fields.String(
        metadata=sdk.about("Of the volumes of gas; stock tank oil is at 60 degF")
    )
    columns = fields.List(
        fields.Nested(PvtColumnSchema),
        metadata=sdk.about("pressure first; columns of fluids that it is not of are left out"),
    )


class PlotQuery(sdk.Schema):
    units = sdk.units_field()
    format = fields.String(
        validate=validate.OneOf(["svg", "png"]), metadata=sdk.about("File format of the plot")
    )
    fluid = sdk.choice_field(Phase, "Whose properties; the table's own if left out")
