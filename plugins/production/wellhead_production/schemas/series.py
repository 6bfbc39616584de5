"""What the API takes and gives for production over time."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_production.schemas.common import conditions_field


class ProductionSeriesQuerySchema(sdk.Schema):
    first = fields.Date(
        data_key="from", metadata=sdk.about("First day; the first known if left out")
    )
    last = fields.Date(
        data_key="to", metadata=sdk.about("Last day, included; the last known if left out")
    )
    period = fields.String(
        load_default="day",
        validate=validate.OneOf(["day", "month"]),
        metadata=sdk.about("Days, or months of production days"),
    )
    standard_conditions = conditions_field(
        "Standard conditions to convert volumes to; as they are stated if left out"
    )
    units = sdk.units_field()
    format = sdk.format_field()


class ProductionPlotQuerySchema(ProductionSeriesQuerySchema):
    format = fields.String(
        validate=validate.OneOf(["svg", "png"]),
        metadata=sdk.about("File format of the plot; svg if left out"),
    )


def _column(text: str, unit_field: str | None = None, unit: str = "1") -> fields.List[float]:
    named = {"x-unit-field": unit_field} if unit_field else {"x-unit": unit}
    return fields.List(
        fields.Float(allow_none=True, metadata=sdk.about("One period") | named),
        metadata=sdk.about(f"{text}; null = not known") | named,
    )


def _unit(text: str) -> fields.String:
    return fields.String(metadata=sdk.about(f"Unit of {text}"))


class ProductionColumnsSchema(sdk.Schema):
    date = fields.List(
        fields.Date(metadata=sdk.about("One period")),
        metadata=sdk.about("Production day, or the first of the month"),
    )
    days = _column("Length of the period in days of 24 h", unit="d")
    hours_on = _column("Hours on, of all wells together", unit="h")
    oil = _column("Oil of the period", "liquid_unit")
    gas = _column("Gas of the period", "gas_unit")
    water = _column("Water of the period", "liquid_unit")
    oil_rate = _column("Oil a calendar day", "liquid_rate_unit")
    gas_rate = _column("Gas a calendar day", "gas_rate_unit")
    water_rate = _column("Water a calendar day", "liquid_rate_unit")
    oil_cumulative = _column("Oil since `from`", "liquid_unit")
    gas_cumulative = _column("Gas since `from`", "gas_unit")
    water_cumulative = _column("Water since `from`", "liquid_unit")
    gas_oil_ratio = _column("Gas by oil", "gas_oil_ratio_unit")
    water_oil_ratio = _column("Water by oil")
    water_cut = _column("Water in oil and water", unit="%")


class ProductionSeriesSchema(ProductionColumnsSchema):
    """Columns of one length, with their units."""

    liquid_unit = _unit("oil and water")
    gas_unit = _unit("gas")
    liquid_rate_unit = _unit("rates of oil and water")
    gas_rate_unit = _unit("rates of gas")
    gas_oil_ratio_unit = _unit("gas_oil_ratio")
    standard_conditions = fields.String(metadata=sdk.about("Conditions of the volumes"))
