"""What the API takes and gives for mud reports."""

from marshmallow import fields

from wellhead import sdk
from wellhead_drilling.schemas.common import InWellboreSchema, depth_field
from wellhead_drilling.vocabulary import MudType


def _dial(speed: int) -> fields.Float:
    return sdk.number_field(
        0, 1_000, f"Dial reading of the viscometer at {speed} rpm", unit="1", allow_none=True
    )


def _gel(time: str) -> fields.Nested:
    return sdk.quantity_field("yield_stress", 0, 500, "Pa", f"Gel strength after {time}")


def _percent(text: str) -> fields.Float:
    return sdk.number_field(0, 100, f"{text}, % of the volume", unit="%", allow_none=True)


class MudReportSchema(InWellboreSchema):
    run_id = fields.UUID(allow_none=True, metadata=sdk.about("The BHA run that was in the hole"))
    reported_at = sdk.Instant(required=True, metadata=sdk.about("When the mud was checked"))
    md = depth_field("Depth of the hole then")
    mud_type = sdk.choice_field(MudType, "What it is based on; other if left out")
    mud_name = sdk.line_field("What it is called: KCl polymer …", allow_none=True)
    density = sdk.quantity_field("mud_density", 1, 3_500, "kg/m3", "Mud weight", required=True)
    funnel_viscosity = sdk.quantity_field(
        "funnel_viscosity", 20, 600, "s/qt", "Marsh funnel viscosity"
    )
    theta600 = _dial(600)
    theta300 = _dial(300)
    theta200 = _dial(200)
    theta100 = _dial(100)
    theta6 = _dial(6)
    theta3 = _dial(3)
    rheology_temperature = sdk.quantity_field(
        "temperature", -40, 250, "degC", "Of the mud in the viscometer"
    )
    plastic_viscosity = sdk.quantity_field(
        "viscosity", 0, 1_000, "cP", "Calculated from theta600 and theta300 if left out"
    )
    yield_point = sdk.quantity_field(
        "yield_stress", 0, 500, "Pa", "Calculated from theta600 and theta300 if left out"
    )
    gel_10s = _gel("10 seconds")
    gel_10min = _gel("10 minutes")
    gel_30min = _gel("30 minutes")
    flowline_temperature = sdk.quantity_field("temperature", -40, 250, "degC", "At the flow line")
    filtrate = sdk.number_field(
        0, 200, "API filtrate in 30 minutes, mL", unit="mL", allow_none=True
    )
    filtrate_hthp = sdk.number_field(
        0, 200, "Filtrate at high temperature and pressure, mL", unit="mL", allow_none=True
    )
    filter_cake = sdk.quantity_field("diameter", 0, 50, "mm", "Thickness of the filter cake")
    ph = sdk.number_field(0, 14, "pH", unit="1", allow_none=True)
    solids = _percent("Solids")
    water = _percent("Water")
    oil = _percent("Oil")
    sand = _percent("Sand")
    bentonite = sdk.quantity_field(
        "density", 0, 500, "kg/m3", "Methylene blue capacity as bentonite, lb/bbl or kg/m3"
    )
    chlorides = sdk.number_field(0, 400_000, "Chlorides, mg/L", unit="mg/L", allow_none=True)
    calcium = sdk.number_field(0, 400_000, "Calcium, mg/L", unit="mg/L", allow_none=True)
    electrical_stability = sdk.number_field(
        0, 2_500, "Electrical stability of an oil mud, V", unit="V", allow_none=True
    )
    active_volume = sdk.quantity_field("liquid_volume", 0, 10_000, "m3", "In the active system")
    lost_volume = sdk.quantity_field("liquid_volume", 0, 10_000, "m3", "Lost since the last report")
    remark = sdk.prose_field("What the mud engineer says")
