"""What the API takes and gives for networks, allocation runs and their versions."""

from typing import Any

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_production.allocation.states import State
from wellhead_production.calc.allocation import MOST_DECIMALS
from wellhead_production.schemas.common import (
    RecordSchema,
    gas_unit_field,
    liquid_unit_field,
)
from wellhead_production.vocabulary import Fluid


def share_field(text: str, fluid: str = "liquid", **options: Any) -> sdk.Measured:
    """A volume of the network's rounding, shown only; null for a fluid that is not metered."""
    quantity = "gas_volume" if fluid == "gas" else "stock_tank_volume"
    unit = f"{fluid}_unit"
    return sdk.Measured(
        unit_field=unit,
        quantity=quantity,
        allow_none=True,
        metadata=sdk.about(f"{text}, in {unit}"),
        **{"dump_only": True} | options,
    )


def plain_count(text: str) -> fields.Integer:
    return fields.Integer(
        dump_only=True, allow_none=True, metadata=sdk.about(text) | {"x-unit": "1"}
    )


def who_field() -> fields.String:
    return fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("E-mail of the user; null = a job")
    )


class NetworkSchema(RecordSchema):
    facility_id = fields.UUID(required=True, metadata=sdk.about("The facility, for good"))
    name = sdk.line_field("Name, once a facility", required=True)
    liquid_unit = liquid_unit_field(required=True)
    gas_unit = gas_unit_field(required=True)
    decimals = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, MOST_DECIMALS),
        metadata=sdk.about("Decimals that volumes are rounded to: 2 = hundredths of the unit")
        | {"x-unit": "1"},
    )
    remark = sdk.prose_field("What else is to be known")


class _ConnectedSchema(RecordSchema):
    network_id = fields.UUID(required=True, metadata=sdk.about("The network, for good"))
    first_day = fields.Date(required=True, metadata=sdk.about("First production day"))
    last_day = fields.Date(
        allow_none=True,
        metadata=sdk.about("Last production day, included; null = until further notice"),
    )


class NetworkWellSchema(_ConnectedSchema):
    well_id = fields.UUID(required=True, metadata=sdk.about("The well, for good"))
    well_name = fields.String(dump_only=True, metadata=sdk.about("Name of the well"))


class NetworkMeterSchema(_ConnectedSchema):
    meter_id = fields.UUID(required=True, metadata=sdk.about("The meter, for good"))
    meter_name = fields.String(dump_only=True, metadata=sdk.about("Name of the meter"))
    fluid = sdk.choice_field(Fluid, "What the meter measures", dump_only=True)
    sign = fields.Integer(
        strict=True,
        validate=validate.OneOf([1, -1]),
        metadata=sdk.about(
            "1: what came from the wells; -1: what is to be taken off; 1 if left out"
        )
        | {"x-unit": "1"},
    )


class AllocateSchema(sdk.Schema):
    first_day = fields.Date(required=True, metadata=sdk.about("First production day"))
    last_day = fields.Date(required=True, metadata=sdk.about("Last production day, included"))
    all_days = fields.Boolean(
        load_default=False,
        metadata=sdk.about("Whether days whose inputs are what they were get a new version too"),
    )
    reason = sdk.line_field("Why it is done: a late test, a proving …", 300)


class AllocationRunSchema(RecordSchema):
    network_id = fields.UUID(metadata=sdk.about("The network"))
    facility_id = fields.UUID(metadata=sdk.about("Its facility"))
    number = plain_count("From 1, of this network")
    first_day = fields.Date(metadata=sdk.about("First production day asked for"))
    last_day = fields.Date(metadata=sdk.about("Last production day asked for"))
    days = plain_count("Days that became a new version")
    reason = fields.String(allow_none=True, metadata=sdk.about("Why it was done"))
    created_by = who_field()


class AllocationBalanceSchema(sdk.Schema):
    fluid = sdk.choice_field(Fluid, "The fluid")
    unit = fields.String(metadata=sdk.about("Unit of the volumes"))
    measured = sdk.Measured(
        unit_field="unit", metadata=sdk.about("By all meters, rounded; in unit")
    )
    theoretical = sdk.Measured(
        unit_field="unit", metadata=sdk.about("Of all wells: test rate x hours on / 24; in unit")
    )
    factor = fields.Float(
        allow_none=True,
        metadata=sdk.about("measured / theoretical; null where no well could have made any")
        | {"x-unit": "1"},
    )
    unallocated = sdk.Measured(
        unit_field="unit", metadata=sdk.about("What no well was given; 0 but for a null factor")
    )


class AllocationDaySchema(RecordSchema):
    run_id = fields.UUID(metadata=sdk.about("The run that made it"))
    network_id = fields.UUID(metadata=sdk.about("The network"))
    facility_id = fields.UUID(metadata=sdk.about("Its facility"))
    production_date = fields.Date(metadata=sdk.about("The production day"))
    version = plain_count("From 1, of this network and day")
    newest = fields.Boolean(metadata=sdk.about("Whether no version is later"))
    balances = fields.List(
        fields.Nested(AllocationBalanceSchema), metadata=sdk.about("A fluid that is metered each")
    )
    warnings = fields.List(fields.String(), metadata=sdk.about("What should be looked at"))
    created_by = who_field()


class WholeAllocationDaySchema(AllocationDaySchema):
    inputs = fields.Dict(
        keys=fields.String(),
        metadata=sdk.about(
            "What it was allocated from: wells with hours_on (h) and test rates (Sm3/d), meters "
            "with their corrected volume in its unit"
        ),
    )
    fingerprint = fields.String(metadata=sdk.about("SHA-256 of the inputs that count"))
    replaced = fields.List(
        fields.Dict(keys=fields.String()),
        metadata=sdk.about("What the daily records said before, where it was not allocated"),
    )


class AllocatedVolumeSchema(sdk.Schema):
    id = fields.UUID(metadata=sdk.about("The share"))
    network_id = fields.UUID(metadata=sdk.about("The network"))
    production_date = fields.Date(metadata=sdk.about("The production day"))
    version = plain_count("Of the network's day")
    newest = fields.Boolean(metadata=sdk.about("Whether no version is later"))
    day_id = fields.UUID(metadata=sdk.about("The version it is part of"))
    run_id = fields.UUID(metadata=sdk.about("The run that made it"))
    well_id = fields.UUID(metadata=sdk.about("The well"))
    well_name = fields.String(metadata=sdk.about("Name of the well"))
    hours_on = fields.Float(
        allow_none=True,
        metadata=sdk.about("Hours on production; null = not known") | {"x-unit": "h"},
    )
    oil = share_field("Oil")
    gas = share_field("Gas", "gas")
    water = share_field("Water")
    theoretical_oil = share_field("Oil that it would have made by its test")
    theoretical_gas = share_field("Gas that it would have made by its test", "gas")
    theoretical_water = share_field("Water that it would have made by its test")
    liquid_unit = fields.String(metadata=sdk.about("Unit of oil and water"))
    gas_unit = fields.String(metadata=sdk.about("Unit of gas"))
    standard_conditions = fields.String(metadata=sdk.about("What the volumes are stated at"))


class InputChangeSchema(sdk.Schema):
    of = fields.String(attribute="of", metadata=sdk.about("network, well or meter"))
    name = fields.String(allow_none=True, metadata=sdk.about("Which well or meter"))
    field = fields.String(metadata=sdk.about("What of it: hours_on, a test's rate, a volume …"))
    was = fields.String(allow_none=True, metadata=sdk.about("As it went in, in unit; null = not"))
    now = fields.String(allow_none=True, metadata=sdk.about("As it is known, in unit; null = not"))
    unit = fields.String(allow_none=True, metadata=sdk.about("Unit of the two"))


class DayStateSchema(sdk.Schema):
    production_date = fields.Date(metadata=sdk.about("The production day"))
    state = sdk.choice_field(
        State,
        "none: never allocated; current; stale: what is known is not what it was allocated from; "
        "closed: final, a difference takes an adjustment",
    )
    version = plain_count("Newest version; null = none")
    allocation_day_id = fields.UUID(allow_none=True, metadata=sdk.about("That version"))
    changes = fields.List(
        fields.Nested(InputChangeSchema),
        metadata=sdk.about(
            "How what is known differs from what it was allocated, or adjusted, from"
        ),
    )
    overwritten = fields.List(
        fields.String(),
        metadata=sdk.about("Wells whose daily record no longer says what was allocated"),
    )
    missing = fields.List(fields.String(), metadata=sdk.about("Meters without a total of the day"))
    unallocated = fields.Boolean(metadata=sdk.about("Whether a volume was given to no well"))
    warnings = fields.List(fields.String(), metadata=sdk.about("Of the newest version"))


class ShareChangeSchema(sdk.Schema):
    well_name = fields.String(metadata=sdk.about("The well"))
    fluid = sdk.choice_field(Fluid, "The fluid")
    was = sdk.Measured(
        unit_field="unit", allow_none=True, metadata=sdk.about("In the version before, in unit")
    )
    now = sdk.Measured(
        unit_field="unit", allow_none=True, metadata=sdk.about("In this version, in unit")
    )
    unit = fields.String(metadata=sdk.about("Unit of the volumes"))


class DayChangesSchema(sdk.Schema):
    version = plain_count("This version")
    before = plain_count("The version before; null = this is the first")
    inputs = fields.List(
        fields.Nested(InputChangeSchema), metadata=sdk.about("What went in that was another before")
    )
    volumes = fields.List(
        fields.Nested(ShareChangeSchema), metadata=sdk.about("Shares that were others before")
    )


class StatementLineSchema(sdk.Schema):
    well_id = fields.UUID(metadata=sdk.about("The well"))
    well_name = fields.String(metadata=sdk.about("Name of the well"))
    days = plain_count("Days that it was allocated")
    hours_on = fields.Float(metadata=sdk.about("Hours on production in them") | {"x-unit": "h"})
    oil = share_field("Oil allocated")
    gas = share_field("Gas allocated", "gas")
    water = share_field("Water allocated")
    oil_adjustment = share_field("Oil of closed months, booked in this one")
    gas_adjustment = share_field("Gas of closed months, booked in this one", "gas")
    water_adjustment = share_field("Water of closed months, booked in this one")
    oil_total = share_field("Oil in all")
    gas_total = share_field("Gas in all", "gas")
    water_total = share_field("Water in all")
    liquid_unit = fields.String(metadata=sdk.about("Unit of oil and water"))
    gas_unit = fields.String(metadata=sdk.about("Unit of gas"))
    standard_conditions = fields.String(metadata=sdk.about("What the volumes are stated at"))
