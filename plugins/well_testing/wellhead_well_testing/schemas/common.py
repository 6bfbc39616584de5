"""What the schemas of tests and of their steps share: rates, and what follows from them."""

from marshmallow import fields

from wellhead import sdk


class RatesSchema(sdk.Schema):
    """Rates are at the standard conditions that the test names."""

    id = fields.UUID(dump_only=True, metadata=sdk.about("The record"))
    choke = sdk.quantity_field("diameter", 0, 300, "mm", "Opening of the choke, in64 say")
    oil_rate = sdk.quantity_field("oil_rate", 0, 50_000, "Sm3/d", "Rate of oil")
    gas_rate = sdk.quantity_field("gas_rate", 0, 50_000_000, "Sm3/d", "Rate of gas")
    water_rate = sdk.quantity_field("liquid_rate", 0, 50_000, "m3/d", "Rate of water")
    wellhead_pressure = sdk.quantity_field(
        "gauge_pressure", -1, 2_000, "barg", "Pressure of the tubing at the wellhead"
    )
    bottomhole_pressure = sdk.quantity_field(
        "absolute_pressure", 0, 3_000, "bara", "Pressure at the bottom of the well"
    )
    gas_oil_ratio = sdk.quantity_field(
        "gas_oil_ratio", 0, 1e9, "Sm3/Sm3", "Gas rate over oil rate; null: not known",
        dump_only=True,
    )  # fmt: skip
    water_oil_ratio = fields.Float(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Water rate over oil rate; null: not known") | {"x-unit": "1"},
    )
    water_cut = fields.Float(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Water rate over that of all liquid; null: not known") | {"x-unit": "%"},
    )
    remark = sdk.prose_field("What else is to be known")
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))
