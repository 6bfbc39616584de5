"""What the API takes and gives for volumetric estimates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, validate, validates

from wellhead import sdk
from wellhead_reservoir.calc.sampling import KINDS
from wellhead_reservoir.schemas.analyses import (
    AnalysisSchema,
    conditions_field,
    table_field,
    units_of_results,
)


@dataclass(frozen=True, slots=True)
class Input:
    """An uncertain input: what it measures (None: a fraction), and the unit it is calculated in,
    with the range that no value of it lies beyond."""

    text: str
    quantity: str | None
    unit: str
    low: float
    high: float


INPUTS: Mapping[str, Input] = {
    "area": Input("Area", "area", "acre", 0.0, 1e7),
    "thickness": Input("Gross thickness", "length", "ft", 0.0, 10_000.0),
    "net_to_gross": Input("Net over gross thickness", None, "1", 0.0, 1.0),
    "porosity": Input("Porosity of net rock", None, "1", 0.0, 0.6),
    "water_saturation": Input("Water in the pores of net rock", None, "1", 0.0, 1.0),
    "oil_volume_factor": Input(
        "Boi, of oil at the initial pressure", "formation_volume_factor", "bbl/STB", 0.9, 5.0
    ),
    "gas_volume_factor": Input(
        "Bgi, of gas at the initial pressure", "gas_formation_volume_factor", "ft3/scf", 0.0, 1.2
    ),
}
"""In the order of the formula; which of the last two is used goes by the fluid."""


def _schema(name: str, row: Input) -> type[sdk.Schema]:
    class Checked(sdk.Schema):
        @validates("unit")
        def _measures(self, unit: str, data_key: str) -> None:
            if row.quantity is None and unit == "1":
                return
            try:
                sdk.units.check_unit(unit, row.quantity)
                sdk.units.convert(0.0, unit, row.unit)
            except sdk.WellheadError as error:
                raise ValidationError(str(error)) from error

    usual = "1, or %" if row.quantity is None else sdk.units.QUANTITIES[row.quantity].oilfield
    words = {
        "value": "Of a constant",
        "low": "Least value, of a uniform or triangular distribution",
        "mode": "Likeliest value, of a triangular distribution",
        "high": "Greatest value, of a uniform or triangular distribution",
        "mean": "Mean, of a normal or lognormal distribution",
        "standard_deviation": "Standard deviation, of a normal or lognormal distribution",
    }
    made: dict[str, Any] = {
        word: sdk.Measured(
            unit_field="unit",
            quantity=row.quantity,
            allow_nan=False,
            metadata=sdk.about(f"{text}, in unit"),
        )
        for word, text in words.items()
    }
    unit = {"load_default": "1"} if row.quantity is None else {"required": True}
    made["unit"] = fields.String(metadata=sdk.about(f"Unit of the numbers: {usual} …"), **unit)
    made["distribution"] = sdk.choice_field(
        KINDS, "How its values are distributed", load_default="constant"
    )
    title = "".join(word.capitalize() for word in name.split("_"))
    return type(f"{title}DistributionSchema", (Checked,), made)


def _input(name: str) -> fields.Nested:
    text = INPUTS[name].text
    lacking = {
        "area": "",
        "thickness": "",
        "oil_volume_factor": "; of the fluid table at the reservoir's initial pressure if left out",
        "gas_volume_factor": "; of the fluid table at the reservoir's initial pressure if left out",
    }.get(name, "; of the reservoir's rock if left out")
    return sdk.Whole(
        _schema(name, INPUTS[name]),
        required=name in ("area", "thickness"),
        metadata=sdk.about(f"{text}{lacking}"),
    )


class VolumetricInputsSchema(sdk.Schema):
    fluid = sdk.choice_field(("oil", "gas"), "What is in place", required=True)
    standard_conditions = conditions_field(
        "Of the volume in place, and of a volume factor that is sent"
    )
    area = _input("area")
    thickness = _input("thickness")
    net_to_gross = _input("net_to_gross")
    porosity = _input("porosity")
    water_saturation = _input("water_saturation")
    oil_volume_factor = _input("oil_volume_factor")
    gas_volume_factor = _input("gas_volume_factor")
    rock_part = sdk.line_field("Part of the rock to take; all if left out", load_default="all")
    pvt_table_id = table_field()
    trials = fields.Integer(
        strict=True,
        load_default=10_000,
        validate=validate.Range(1_000, 200_000),
        metadata=sdk.about("Trials of the Monte Carlo simulation") | {"x-unit": "1"},
    )
    seed = fields.Integer(
        strict=True,
        load_default=1,
        validate=validate.Range(0, 2**31 - 1),
        metadata=sdk.about("The same seed draws the same trials") | {"x-unit": "1"},
    )
    units = units_of_results()


class ExceedanceSchema(sdk.Schema):
    probability = fields.Float(
        metadata=sdk.about("Probability that the volume is exceeded, %") | {"x-unit": "%"}
    )
    volume = sdk.Measured(unit_field="unit", metadata=sdk.about("Volume in place, in unit"))
    unit = fields.String(metadata=sdk.about("Unit of volume"))


class SensitivitySchema(sdk.Schema):
    input = fields.String(metadata=sdk.about("An input that is uncertain"))
    rank_correlation = fields.Float(
        metadata=sdk.about("Spearman's rank correlation of it with the volume") | {"x-unit": "1"}
    )


class VolumetricEstimateSchema(AnalysisSchema):
    inputs = fields.Nested(
        VolumetricInputsSchema, required=True, metadata=sdk.about("What goes in")
    )
    rows = fields.List(
        fields.Nested(ExceedanceSchema),
        dump_only=True,
        metadata=sdk.about("Volumes by the probability that they are exceeded, 1 to 99 %"),
    )
    sensitivities = fields.List(
        fields.Nested(SensitivitySchema),
        dump_only=True,
        metadata=sdk.about("What the spread comes from, the strongest first"),
    )
