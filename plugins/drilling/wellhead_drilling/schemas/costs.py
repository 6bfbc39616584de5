"""What the API gives of costs: exact decimals as text, a currency at a time."""

from marshmallow import fields

from wellhead import sdk
from wellhead_drilling.reports.money import DecimalText


class CostTotalSchema(sdk.Schema):
    currency = fields.String(metadata=sdk.about("ISO 4217 code"))
    amount = DecimalText(metadata=sdk.about("In currency"))


class CodeTotalSchema(CostTotalSchema):
    code = fields.String(attribute="key", metadata=sdk.about("Cost code"))


class AfeTotalSchema(CostTotalSchema):
    afe = fields.String(
        attribute="key", allow_none=True, metadata=sdk.about("AFE; null where none was named")
    )


class DayTotalSchema(CostTotalSchema):
    report_date = fields.Date(attribute="key", metadata=sdk.about("Date of the reports"))
    cumulative = DecimalText(metadata=sdk.about("In currency, from the first day to this one"))


class CostsSchema(sdk.Schema):
    totals = fields.List(
        fields.Nested(CostTotalSchema), metadata=sdk.about("All of it, by currency")
    )
    codes = fields.List(
        fields.Nested(CodeTotalSchema), metadata=sdk.about("By cost code and currency")
    )
    afes = fields.List(fields.Nested(AfeTotalSchema), metadata=sdk.about("By AFE and currency"))
    days = fields.List(fields.Nested(DayTotalSchema), metadata=sdk.about("By day and currency"))
