"""What the API takes and gives for Havlena and Odeh's material balance of oil."""

from marshmallow import fields

from wellhead import sdk
from wellhead_reservoir.schemas.analyses import (
    AnalysisSchema,
    conditions_field,
    confidence_field,
    table_field,
    units_of_results,
)
from wellhead_reservoir.schemas.points import (
    PlotRowSchema,
    PointSchema,
    points_field,
    volume,
    volumes_from_field,
)
from wellhead_reservoir.vocabulary import AquiferModel, Regression, Sought


def _of_table(quantity: str, low: float, high: float, unit: str, text: str) -> fields.Nested:
    return sdk.quantity_field(
        quantity, low, high, unit, f"{text}; of the fluid table if the points have none"
    )


class OilBalancePointSchema(PointSchema):
    oil = volume("oil_volume", "Oil produced")
    gas = volume("gas_volume", "Gas produced, dissolved gas included")
    water = volume("oil_volume", "Water produced")
    water_injected = volume("oil_volume", "Water injected")
    gas_injected = volume("gas_volume", "Gas injected")
    bo = _of_table("formation_volume_factor", 0.9, 10, "bbl/STB", "Bo, of oil")
    rs = _of_table("gas_oil_ratio", 0, 20_000, "scf/STB", "Rs, gas in solution")
    bg = _of_table("gas_formation_volume_factor", 0, 1, "bbl/scf", "Bg, of gas")
    bw = _of_table("formation_volume_factor", 0.9, 2, "bbl/STB", "Bw, of water")


class AquiferSchema(sdk.Schema):
    model = sdk.choice_field(AquiferModel, "How it answers", required=True)
    strength_is = sdk.choice_field(
        Sought,
        "fitted, held at strength, or calculated from the aquifer's properties",
        load_default=Sought.FITTED.value,
    )
    strength = sdk.Measured(
        unit_field="strength_unit",
        allow_none=True,
        metadata=sdk.about(
            "To hold: bbl/psi, of Schilthuis bbl/d/psi; of Fetkovich the water a pressure, Wei/pi"
        ),
    )
    strength_unit = fields.String(
        allow_none=True, metadata=sdk.about("Unit of strength: bbl/psi, m3/bar, bbl/d/psi …")
    )
    td_per_day = sdk.number_field(
        0, 1e6, "Dimensionless time of a day; by the properties if left out", unit="1/d",
        allow_none=True,
    )  # fmt: skip
    time_constant = sdk.number_field(
        0, 1e7, "Fetkovich's Wei/(J·pi), days; by the properties if left out", unit="d",
        allow_none=True,
    )  # fmt: skip
    radius_ratio = sdk.number_field(
        1.05, 1e4, "Outer radius over that of the reservoir; null = infinite", unit="1",
        allow_none=True,
    )  # fmt: skip
    permeability = sdk.quantity_field("permeability", 1e-4, 1e5, "mD", "Of the aquifer")
    porosity = sdk.number_field(0.001, 0.6, "Of the aquifer, fraction", unit="1", allow_none=True)
    viscosity = sdk.quantity_field("viscosity", 0.05, 10, "cP", "Of its water")
    compressibility = sdk.quantity_field(
        "compressibility", 1e-8, 1e-2, "1/psi", "Of its water and rock together"
    )
    thickness = sdk.quantity_field("length", 0.1, 3_000, "m", "Of the aquifer")
    radius = sdk.quantity_field("length", 1, 300_000, "m", "Of the reservoir")
    angle = sdk.number_field(
        0.1, 360, "Of encroachment, degrees; 360 if left out", unit="deg", load_default=360.0
    )


class OilBalanceInputsSchema(sdk.Schema):
    standard_conditions = conditions_field(
        "Of volumes and fluid properties that are sent, and of the results"
    )
    points = points_field(OilBalancePointSchema)
    volumes_from = volumes_from_field()
    pvt_table_id = table_field()
    gas_cap_is = sdk.choice_field(
        (Sought.FITTED, Sought.HELD),
        "Whether the gas cap's size m is fitted, or held",
        load_default=Sought.HELD.value,
    )
    m = sdk.number_field(
        0, 100, "Gas cap over oil, both at reservoir conditions, to hold; none if left out",
        unit="1", load_default=0.0,
    )  # fmt: skip
    aquifer = fields.Nested(
        AquiferSchema, allow_none=True, metadata=sdk.about("The aquifer; null for none")
    )
    rock_compressibility = sdk.quantity_field(
        "compressibility", 0, 1e-3, "1/psi", "Of the pores; 0 if left out"
    )
    water_compressibility = sdk.quantity_field(
        "compressibility", 0, 1e-3, "1/psi", "Of connate water; 0 if left out"
    )
    water_saturation = sdk.number_field(
        0, 0.95, "Connate water, fraction", unit="1", load_default=0.0
    )
    regression = sdk.choice_field(
        Regression,
        "ratios: the line of the usual plots, where more than N is fitted; volumes: of F itself, "
        "in which late points count for more",
        load_default=Regression.RATIOS.value,
    )
    confidence = confidence_field()
    units = units_of_results()


def _index(text: str) -> fields.Float:
    return fields.Float(
        allow_none=True,
        metadata=sdk.about(f"Drive index, share of {text}; null at the first point")
        | {"x-unit": "1"},
    )


class OilBalanceRowSchema(PlotRowSchema):
    pressure = sdk.Measured(
        unit_field="pressure_unit", quantity="absolute_pressure", metadata=sdk.about("Pressure")
    )
    pressure_unit = fields.String(metadata=sdk.about("Unit of pressure"))
    withdrawal = sdk.Measured(
        unit_field="volume_unit",
        quantity="liquid_volume",
        metadata=sdk.about("F, what has left the reservoir on balance, at its conditions"),
    )
    influx = sdk.Measured(
        unit_field="volume_unit",
        quantity="liquid_volume",
        metadata=sdk.about("We, water from the aquifer, at reservoir conditions"),
    )
    fitted = sdk.Measured(
        unit_field="volume_unit",
        quantity="liquid_volume",
        metadata=sdk.about("N·Et + We of the fit"),
    )
    volume_unit = fields.String(metadata=sdk.about("Unit of withdrawal, influx and fitted"))
    oil_expansion = sdk.Measured(
        unit_field="expansion_unit",
        quantity="formation_volume_factor",
        metadata=sdk.about("Eo, of oil and the gas dissolved in it"),
    )
    gas_expansion = sdk.Measured(
        unit_field="expansion_unit",
        quantity="formation_volume_factor",
        metadata=sdk.about("Eg, of a gas cap as large as the oil"),
    )
    rock_expansion = sdk.Measured(
        unit_field="expansion_unit",
        quantity="formation_volume_factor",
        metadata=sdk.about("Efw, of rock and connate water"),
    )
    expansion_unit = fields.String(metadata=sdk.about("Unit of the expansions"))
    depletion = _index("oil and the gas dissolved in it")
    gas_cap = _index("the gas cap")
    rock_and_water = _index("rock and connate water")
    aquifer = _index("the aquifer")
    injection = _index("what was injected")


class OilBalanceSchema(AnalysisSchema):
    inputs = fields.Nested(
        OilBalanceInputsSchema, required=True, metadata=sdk.about("What goes in")
    )
    x_axis = fields.String(dump_only=True, metadata=sdk.about("What x of the rows is"))
    y_axis = fields.String(dump_only=True, metadata=sdk.about("What y of the rows is"))
    rows = fields.List(
        fields.Nested(OilBalanceRowSchema),
        dump_only=True,
        metadata=sdk.about("The points: the terms of the balance, the plot, the drive indices"),
    )
