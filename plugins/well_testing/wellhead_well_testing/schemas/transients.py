"""What the API takes for pressure transients: the layer, the engineer's choices, the readings."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from wellhead import sdk
from wellhead_well_testing.analyses.vocabulary import Phase
from wellhead_well_testing.calc.interpretation import Method
from wellhead_well_testing.schemas.analyses import KeptSchema, UnitsSchema, gas_table_field

_MOST_READINGS = 20_000


class TransientSchema(UnitsSchema):
    """The layer and the choices. Rates are at 60 °F and 14.696 psia, to which those of a test at
    other conditions are converted."""

    kind = sdk.choice_field(
        Method,
        "What the period is plotted against: elapsed time of a drawdown, or of a build-up after a "
        "long flow (mdh); Horner's time of a shut-in; superposition of all rates before",
        required=True,
    )
    phase = sdk.choice_field(Phase, "Which fluid's rates count", load_default=Phase.OIL.value)
    thickness = sdk.quantity_field("length", 0.01, 3_000, "m", "Net thickness", required=True)
    porosity = sdk.number_field(0.001, 1, "Porosity, fraction", unit="1", required=True)
    viscosity = sdk.quantity_field(
        "viscosity", 0.001, 100_000, "cP", "Viscosity in the reservoir", required=True
    )
    total_compressibility = sdk.quantity_field(
        "compressibility", 1e-9, 1, "1/psi", "Total compressibility, of fluids and rock",
        required=True,
    )  # fmt: skip
    wellbore_radius = sdk.quantity_field(
        "length", 0.01, 3, "m", "Radius of the wellbore", required=True
    )
    volume_factor = sdk.number_field(
        0.5, 10, "Volume factor of the liquid, RB/STB; not for gas", unit="1"
    )
    reservoir_temperature = sdk.quantity_field(
        "temperature", 0, 400, "degC", "Temperature of the reservoir; for gas"
    )
    gas_table = gas_table_field()
    pressure_before = sdk.quantity_field(
        "absolute_pressure", 0, 3_000, "bara",
        "Where the period begins: p_i of a drawdown, p_wf of a build-up; the last reading before "
        "if left out",
    )  # fmt: skip
    producing_time = sdk.number_field(
        0.001, 1e6, "Horner's producing time, h; by the rates before if left out", unit="h"
    )
    line_from = sdk.number_field(
        0, 1e6, "Elapsed hours where the straight line begins; proposed if left out", unit="h"
    )
    line_to = sdk.number_field(0, 1e6, "Elapsed hours where it ends", unit="h")
    smoothing = sdk.number_field(
        0, 2, "L of Bourdet's derivative, of ln t", unit="1", load_default=0.2
    )
    points_per_cycle = fields.Integer(
        strict=True,
        load_default=50,
        validate=validate.Range(5, 200),
        metadata=sdk.about("Readings that are kept of a log cycle of time") | {"x-unit": "1"},
    )

    @validates_schema
    def _complete(self, data: dict[str, Any], **_: Any) -> None:
        if ("line_from" in data) != ("line_to" in data):
            raise ValidationError("Give both ends of the line, or none.", "line_to")
        if data.get("line_from", 0) >= data.get("line_to", 1e7):
            raise ValidationError("Must be after line_from.", "line_to")
        gas = data.get("phase") == Phase.GAS
        for name in ("reservoir_temperature", "gas_table") if gas else ("volume_factor",):
            if data.get(name) is None:
                raise ValidationError(f"Needed for {data.get('phase')}.", name)


class TransientCalculationSchema(TransientSchema):
    """With readings and rates that are sent."""

    elapsed = fields.List(
        fields.Float(validate=validate.Range(0, 1e6)),
        required=True,
        validate=validate.Length(3, _MOST_READINGS),
        metadata=sdk.about("Hours since the period began, ascending") | {"x-unit": "h"},
    )
    pressures = fields.List(
        fields.Float(validate=validate.Range(0, 50_000)),
        required=True,
        validate=validate.Length(3, _MOST_READINGS),
        metadata=sdk.about("Absolute, as many as elapsed") | {"x-unit-field": "pressure_unit"},
    )
    pressure_unit = sdk.choice_field(
        ("psia", "bara", "kPaa", "MPaa"), "Unit of pressures", required=True
    )
    rate_starts = fields.List(
        fields.Float(validate=validate.Range(-1e6, 1e6)),
        required=True,
        validate=validate.Length(1, 1_000),
        metadata=sdk.about(
            "Hours of any clock, ascending, since when it flows at each of rates; the "
            "period begins with the last"
        )
        | {"x-unit": "h"},
    )
    rates = fields.List(
        fields.Float(validate=validate.Range(-1e7, 1e7)),
        required=True,
        metadata=sdk.about("0 while shut in, below 0 for injection; as many as rate_starts")
        | {"x-unit-field": "rate_unit"},
    )
    rate_unit = sdk.choice_field(
        ("STB/d", "Sm3/d", "Mscf/d"), "Unit of rates, at 60 °F and 14.696 psia", required=True
    )

    @validates_schema
    def _as_many(self, data: dict[str, Any], **_: Any) -> None:
        if len(data.get("elapsed", ())) != len(data.get("pressures", ())):
            raise ValidationError("Must be as many as elapsed.", "pressures")
        if len(data.get("rate_starts", ())) != len(data.get("rates", ())):
            raise ValidationError("Must be as many as rate_starts.", "rates")
        other = "STB/d" if data.get("phase") == Phase.GAS else "Mscf/d"
        if data.get("rate_unit") == other:
            raise ValidationError(f"Is no unit of a rate of {data.get('phase')}.", "rate_unit")


class TransientOfTestSchema(TransientSchema):
    """With the readings of a gauge and the rates of its test."""

    gauge_run_id = fields.UUID(
        required=True, metadata=sdk.about("The gauge that measured the pressures")
    )
    series_version = fields.Integer(
        strict=True,
        validate=validate.Range(1),
        metadata=sdk.about("Which version of them; the last if left out") | {"x-unit": "1"},
    )
    rate_step_id = fields.UUID(
        required=True,
        metadata=sdk.about("The rate step that the period is: it ends with the next, or the test"),
    )


class TransientAnalysisSchema(KeptSchema, TransientOfTestSchema):
    """One that is kept."""
