"""What the API takes and gives for decline fits."""

from typing import Any

import numpy as np
from marshmallow import fields, post_load, validate

from wellhead import sdk
from wellhead_production.decline.arps import GREATEST_B
from wellhead_production.decline.choices import Choices, DeclineKind
from wellhead_production.decline.fit import ERRORS, MODELS
from wellhead_production.decline.history import RateBasis
from wellhead_production.schemas.common import RecordSchema, conditions_field
from wellhead_production.vocabulary import VOLUME_UNITS, Fluid

RATE_UNITS = tuple(f"{unit}/d" for unit in VOLUME_UNITS)
_MAX_RATE = 1e12
_MAX_DECLINE = 1e4
"""1/year: a rate that halves in an hour"""


def _rate(text: str) -> sdk.Measured:
    return sdk.Measured(
        unit_field="rate_unit",
        quantity_field="rate_quantity",
        allow_none=True,
        allow_nan=False,
        validate=validate.Range(0, _MAX_RATE, min_inclusive=False),
        metadata=sdk.about(f"{text}, in rate_unit"),
    )


def _decline(text: str) -> fields.Float:
    return sdk.number_field(
        0, _MAX_DECLINE, f"{text}, nominal, by the year", unit="1/yr", allow_none=True
    )


def _b(text: str) -> fields.Float:
    return sdk.number_field(0, GREATEST_B, text, unit="1", allow_none=True)


class ChoicesSchema(sdk.Schema):
    rate_unit = sdk.choice_field(
        RATE_UNITS, "Unit of rates, and of volumes by it; Sm3/d if left out"
    )
    rate_quantity = fields.String(
        dump_only=True, metadata=sdk.about("What rates measure, of GET /api/v1/units")
    )
    model = sdk.choice_field(
        MODELS,
        "Arps' curve: exponential (b = 0), harmonic (b = 1), hyperbolic, or modified_hyperbolic, "
        "which goes over into an exponential at terminal_decline; hyperbolic if left out",
    )
    rate_basis = sdk.choice_field(
        RateBasis,
        "Volume a calendar day, or of 24 hours on; calendar_day if left out",
    )
    minimum_hours = sdk.number_field(
        0, 25, "Days with fewer hours on are left out; 0 if left out", unit="h"
    )
    error = sdk.choice_field(
        ERRORS, "Which error of a rate is least in squares; relative if left out"
    )
    weigh_by_hours = fields.Boolean(
        metadata=sdk.about("A day counts as much as its hours on; no if left out")
    )
    outliers = sdk.number_field(
        1,
        100,
        "Days further from the curve than this many standard deviations are left out; null = none "
        "is; 5 if left out",
        unit="1",
        allow_none=True,
    )
    initial_rate_low = _rate("Lowest rate at the beginning of the first day")
    initial_rate_high = _rate("Highest rate at the beginning of the first day")
    decline_low = _decline("Lowest decline at the beginning of the first day")
    decline_high = _decline("Highest decline at the beginning of the first day")
    b_low = _b("Lowest b")
    b_high = _b("Highest b")
    terminal_decline = sdk.number_field(
        0, 1e4, "Percent a year at which a modified hyperbola becomes exponential",
        unit="%", allow_none=True,
    )  # fmt: skip
    terminal_decline_kind = sdk.choice_field(
        DeclineKind, "Which decline terminal_decline is; secant_effective if left out"
    )
    economic_limit = _rate("Rate at which production ends")
    horizon_years = sdk.number_field(
        0, 1_000, "Longest time after the last day to forecast; 50 if left out and there is an "
        "economic limit", unit="yr", allow_none=True,
    )  # fmt: skip
    on_time = sdk.number_field(
        0, 1, "Share of the coming time that the curve's rates are produced; that of the range if "
        "left out", unit="1", allow_none=True,
    )  # fmt: skip
    confidence = sdk.number_field(
        0.5, 0.999, "Probability that an interval covers; 0.9 if left out", unit="1"
    )
    bootstrap_draws = fields.Integer(
        strict=True,
        validate=validate.Range(0, 500),
        metadata=sdk.about(
            "Draws of a bootstrap that intervals are taken from, at least some hundred; 0, the "
            "default, takes them from the covariance"
        )
        | {"x-unit": "1"},
    )

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Choices:
        return Choices(**data)


class MeasuredEstimateSchema(sdk.Schema):
    """A rate or a volume with its interval."""

    value = sdk.Measured(
        unit_field="unit", quantity_field="quantity", metadata=sdk.about("In unit")
    )
    low = sdk.Measured(
        unit_field="unit", quantity_field="quantity", metadata=sdk.about("Lowest, in unit")
    )
    high = sdk.Measured(
        unit_field="unit", quantity_field="quantity", metadata=sdk.about("Highest, in unit")
    )
    unit = fields.String(metadata=sdk.about("Unit of the three"))
    quantity = fields.String(metadata=sdk.about("What it is, of GET /api/v1/units"))


def _estimate_schema(name: str, unit: str) -> type[sdk.Schema]:
    def number(text: str) -> fields.Float:
        return fields.Float(allow_none=True, metadata=sdk.about(text) | {"x-unit": unit})

    return type(
        name,
        (sdk.Schema,),
        {
            "value": number("What the curve has"),
            "low": number("Lowest; null where it was not fitted"),
            "high": number("Highest; null where it was not fitted"),
        },
    )


NumberEstimateSchema = _estimate_schema("NumberEstimateSchema", "1")
NominalEstimateSchema = _estimate_schema("NominalEstimateSchema", "1/yr")
EffectiveEstimateSchema = _estimate_schema("EffectiveEstimateSchema", "%")


class DeclinesSchema(sdk.Schema):
    nominal = fields.Nested(
        NominalEstimateSchema, metadata=sdk.about("Slope of the rate's logarithm, by the year")
    )
    tangent_effective = fields.Nested(
        EffectiveEstimateSchema,
        metadata=sdk.about("Percent that a year would lose along the tangent"),
    )
    secant_effective = fields.Nested(
        EffectiveEstimateSchema, metadata=sdk.about("Percent that the curve loses in a year")
    )


def _estimate(schema: type[sdk.Schema], text: str, **options: Any) -> fields.Nested:
    return fields.Nested(schema, metadata=sdk.about(text), **options)


def _days(text: str) -> fields.Integer:
    return fields.Integer(metadata=sdk.about(text) | {"x-unit": "1"})


def _share(text: str) -> fields.Float:
    return fields.Float(metadata=sdk.about(text) | {"x-unit": "1"})


class ResultsSchema(sdk.Schema):
    initial_rate = _estimate(MeasuredEstimateSchema, "Rate at the beginning of the first day")
    initial_decline = _estimate(DeclinesSchema, "Decline at the beginning of the first day")
    b = _estimate(NumberEstimateSchema, "Arps' exponent")
    rate_at_end = _estimate(MeasuredEstimateSchema, "Rate of the curve after the last day")
    decline_at_end = _estimate(DeclinesSchema, "Decline after the last day")
    produced = _estimate(
        MeasuredEstimateSchema, "Volume of all days known to the last, those before the first too"
    )
    remaining = _estimate(
        MeasuredEstimateSchema,
        "Volume from then to the end of the forecast; null for a forecast without end",
        allow_none=True,
    )
    ultimate = _estimate(
        MeasuredEstimateSchema, "Estimated ultimate recovery: produced + remaining", allow_none=True
    )
    on_time = _share("Share of the coming time that the curve's rates are taken to be produced")
    days_known = _days("Days of the range with a volume")
    days_down = _days("Of them, left out without a rate or with too few hours on")
    days_outlying = _days("Of them, left out as too far from the curve")
    days_fitted = _days("Of them, those the curve was fitted to")
    r2 = _share("Share of the rates' variance that the curve explains; of their logarithms' where "
                "error is relative")  # fmt: skip
    deviation = fields.Float(
        metadata=sdk.about(
            "Standard deviation of the days about the curve, in deviation_unit"
        ) | {"x-unit-field": "deviation_unit"}
    )  # fmt: skip
    deviation_unit = fields.String(
        metadata=sdk.about("1 for relative errors, else the rates' unit")
    )
    correlation = _share("Correlation of a day's error with the next day's, -1 to 1")
    at_bound = fields.List(
        fields.String(),
        metadata=sdk.about("Parameters that a bound stopped, which has no interval"),
    )
    warnings = fields.List(fields.String(), metadata=sdk.about("What to look at before it is used"))


class DeclineFitSchema(RecordSchema):
    well_id = fields.UUID(allow_none=True, metadata=sdk.about("The well; or null, and facility_id"))
    facility_id = fields.UUID(
        allow_none=True,
        metadata=sdk.about("Facility whose wells are fitted together; or null, and well_id"),
    )
    owner_name = fields.String(dump_only=True, metadata=sdk.about("Name of the well or facility"))
    fluid = sdk.choice_field(Fluid, "What is fitted", required=True)
    version = fields.Integer(
        dump_only=True,
        metadata=sdk.about("From 1, of this fluid of the well or facility") | {"x-unit": "1"},
    )
    first_day = fields.Date(
        metadata=sdk.about("First production day of the range; the first known if left out")
    )
    last_day = fields.Date(
        metadata=sdk.about("Last production day of the range; the last known if left out")
    )
    standard_conditions = conditions_field(
        "Conditions of the volumes; as the daily records say if left out and they say one"
    )
    choices = sdk.Whole(ChoicesSchema, metadata=sdk.about("How it is fitted; usual if left out"))
    results = fields.Nested(
        ResultsSchema, dump_only=True, metadata=sdk.about("What came out, with its intervals")
    )
    last_forecast_day = fields.Date(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about(
            "Day on which the economic limit or the horizon is met; null where a terminal decline "
            "alone ends it"
        ),
    )
    remark = sdk.prose_field("What it is kept for")
    created_by = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("E-mail of the user")
    )


class _Column(fields.List[Any]):
    """An array of numbers; null for what is none."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> list[Any]:
        return [one if np.isfinite(one) else None for one in value.tolist()]


def _column(text: str, unit_field: str) -> fields.List[Any]:
    return _Column(
        fields.Float(allow_none=True), metadata=sdk.about(text) | {"x-unit-field": unit_field}
    )


class HistoryCurveSchema(sdk.Schema):
    date = fields.List(fields.Date(), metadata=sdk.about("Production days that are known"))
    rate = _column("Rate of the day when it was fitted, null where it has none", "rate_unit")
    used = _Column(fields.Boolean(), metadata=sdk.about("Whether the curve was fitted to the day"))
    fitted = _column("Rate of the curve", "rate_unit")
    low = _column("Lowest of its interval", "rate_unit")
    high = _column("Highest of its interval", "rate_unit")
    cumulative = _column("Volume produced by the end of the day", "volume_unit")


class ForecastCurveSchema(sdk.Schema):
    date = fields.List(
        fields.Date(),
        metadata=sdk.about("The day after the last, the first of each month, and the end"),
    )
    rate = _column("Rate of the curve", "rate_unit")
    low = _column("Lowest of its interval", "rate_unit")
    high = _column("Highest of its interval", "rate_unit")
    cumulative = _column("Volume of all days by then, those that are known too", "volume_unit")


class DeclineCurveSchema(sdk.Schema):
    rate_unit = fields.String(metadata=sdk.about("Unit of all rates"))
    volume_unit = fields.String(metadata=sdk.about("Unit of all volumes"))
    history = fields.Nested(HistoryCurveSchema, metadata=sdk.about("The days of the range"))
    forecast = fields.Nested(
        ForecastCurveSchema,
        metadata=sdk.about("From then to the end of the forecast; ten years of one without an end"),
    )
