"""What the API takes and gives for gauge runs and their series of pressures."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_well_testing.gauges import tvd_of
from wellhead_well_testing.pressures import PressureKind
from wellhead_wells.vocabulary import DATUMS, LengthUnit

_MAX_DEPTH = 60_000.0


class GaugeRunSchema(sdk.Schema):
    volatile = ("depth_tvd",)

    id = fields.UUID(dump_only=True, metadata=sdk.about("The record"))
    test_id = fields.UUID(required=True, metadata=sdk.about("The test that it is of, for good"))
    gauge = sdk.line_field("What the gauge is called, or where it hangs", required=True)
    serial = sdk.line_field("Serial number", allow_none=True)
    wellbore_id = fields.UUID(
        allow_none=True, metadata=sdk.about("The wellbore of the well that its depth is along")
    )
    depth_md = sdk.Measured(
        unit_field="depth_unit",
        quantity="length",
        allow_none=True,
        validate=validate.Range(0, _MAX_DEPTH),
        metadata=sdk.about("Measured depth of the gauge, in depth_unit from depth_datum"),
    )
    depth_unit = sdk.choice_field(LengthUnit, "Unit of the depth: m or ft", allow_none=True)
    depth_datum = sdk.choice_field(
        DATUMS, "Datum of the depth; the well's if left out", allow_none=True
    )
    depth_tvd = sdk.Measured(
        unit_field="depth_unit",
        quantity="length",
        dump_only=True,
        allow_none=True,
        metadata=sdk.about(
            "True vertical depth, by the wellbore's definitive survey; null while there is none"
        ),
    )
    pressure_kind = sdk.choice_field(
        PressureKind, "gauge: above the atmosphere; absolute: above nothing", required=True
    )
    pressure_unit = sdk.line_field(
        "Unit of its series: psi, bar, kPa, MPa; shown with the kind in it: psig", required=True
    )
    atmospheric_pressure = sdk.quantity_field(
        "absolute_pressure",
        0.5,
        1.2,
        "bara",
        "Pressure of the atmosphere at the site; of a gauge that counts from it required",
    )
    remark = sdk.prose_field("What else is to be known")
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))

    def get_attribute(self, obj: object, attr: str, default: object) -> object:
        """The true vertical depth is worked out when a run is shown."""
        if attr == "depth_tvd":
            return tvd_of(obj)  # type: ignore[arg-type]  # what is dumped is a GaugeRun
        return super().get_attribute(obj, attr, default)
