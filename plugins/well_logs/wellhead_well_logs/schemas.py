"""What the API takes and gives for logs and their curves, each number with its unit."""

from typing import Any

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_well_logs.service import MOST_CURVES
from wellhead_well_logs.vocabulary import DataType, Direction, LogKind
from wellhead_wells.vocabulary import DATUMS

_COUNT = {"x-unit": "1"}


def _index(text: str) -> sdk.Measured:
    return sdk.Measured(
        unit_field="index_unit",
        quantity="length",
        dump_only=True,
        allow_none=True,
        metadata=sdk.about(f"{text}, in index_unit (datetime: µs since 1970 UTC); null = no rows"),
    )


def _value(text: str) -> sdk.Measured:
    return sdk.Measured(
        unit_field="unit",
        quantity_field="quantity",
        dump_only=True,
        allow_none=True,
        metadata=sdk.about(f"{text}, in unit; null for texts and where all is null"),
    )


def whole(text: str, **options: Any) -> fields.Integer:
    """A count."""
    return fields.Integer(metadata=sdk.about(text) | _COUNT, **options)


class NewCurveSchema(sdk.Schema):
    mnemonic = sdk.line_field("Name of the curve, once in a log", required=True)
    unit = sdk.line_field("Unit, in any spelling", allow_none=True)
    description = sdk.line_field("What it is", most=500, allow_none=True)
    data_type = sdk.choice_field(
        DataType, "number or text; number if left out", load_default=DataType.NUMBER.value
    )


class LogSchema(sdk.Schema):
    id = fields.UUID(dump_only=True, metadata=sdk.about("The log: one revision of it"))
    wellbore_id = fields.UUID(required=True, metadata=sdk.about("The wellbore it was run in"))
    well_id = fields.UUID(dump_only=True, metadata=sdk.about("The well of that"))
    name = sdk.line_field("Name; with run, current once in a wellbore", required=True)
    kind = sdk.choice_field(LogKind, "What the index is", required=True)
    run = sdk.line_field("Run number, or BHA run that it belongs to", allow_none=True)
    index_mnemonic = sdk.line_field("Name of the index: DEPT, TIME", required=True)
    index_unit = fields.String(
        required=True,
        validate=validate.Length(1, 50),
        attribute="shown_unit",
        metadata=sdk.about(
            "Unit of the index: m, ft, s …, datetime, or as it came where it is not known"
        ),
    )
    index_unit_as_came = fields.String(
        dump_only=True, attribute="index_unit", metadata=sdk.about("As the source spells it")
    )
    depth_datum = sdk.choice_field(
        DATUMS,
        "What depths are measured from; the wellbore's if left out. Null: not known",
        allow_none=True,
    )
    direction = sdk.choice_field(
        Direction, "How the index ran when it was recorded", load_default=Direction.INCREASING.value
    )
    step = _index("From row to row where that is regular")
    service_company = sdk.line_field("Who logged it", allow_none=True)
    logged_on = sdk.line_field("When it was logged, as the source writes it", allow_none=True)
    null_value = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("What stood for null in the source")
    )
    source = fields.String(
        dump_only=True, metadata=sdk.about("Where it came from: las, csv, witsml or entered")
    )
    source_name = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Name of the source file")
    )
    source_sha256 = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("SHA-256 of the source file, hex")
    )
    growing = fields.Boolean(
        load_default=False,
        metadata=sdk.about("Rows are still added; false: rows sent make the next revision"),
    )
    revision = whole("From 1", dump_only=True)
    replaces = fields.UUID(
        dump_only=True, allow_none=True, metadata=sdk.about("The revision before this one")
    )
    reason = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Why there is this revision")
    )
    state = fields.String(
        dump_only=True,
        metadata=sdk.about("current, or superseded by a later revision; both are readable"),
    )
    created_by = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("E-mail of the user; null = the system")
    )
    rows = whole("How many", dump_only=True)
    first_index = _index("Least index")
    last_index = _index("Greatest index")
    curves = fields.List(
        sdk.Whole(NewCurveSchema),
        load_only=True,
        validate=validate.Length(1, MOST_CURVES),
        required=True,
        metadata=sdk.about("The curves beside the index"),
    )
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))


class LogHeaderSchema(sdk.Schema):
    header = fields.Dict(metadata=sdk.about("All that the source says beside its data"))


class LogCurveSchema(sdk.Schema):
    id = fields.UUID(metadata=sdk.about("The curve, of one revision of its log"))
    well_id = fields.UUID(metadata=sdk.about("The well"))
    wellbore_id = fields.UUID(metadata=sdk.about("The wellbore"))
    log_id = fields.UUID(metadata=sdk.about("The log"))
    log_name = fields.String(metadata=sdk.about("Its name"))
    mnemonic = fields.String(metadata=sdk.about("Name of the curve, as it came"))
    unit = fields.String(
        attribute="shown_unit",
        allow_none=True,
        metadata=sdk.about("Unit of the values; as it came where it is not known"),
    )
    unit_as_came = fields.String(
        attribute="unit", allow_none=True, metadata=sdk.about("As the source spells it")
    )
    quantity = fields.String(
        allow_none=True, metadata=sdk.about("What is measured; null where it is not recognised")
    )
    description = fields.String(allow_none=True, metadata=sdk.about("As the source has it"))
    data_type = fields.String(metadata=sdk.about("number or text"))
    dimension = whole("Elements of the array that it is one of; null = none", allow_none=True)
    element = whole("Which of those, from 1", allow_none=True)
    count = whole("Values that are no null")
    minimum = _value("Least value")
    maximum = _value("Greatest value")
    mean = _value("Mean of the values")
    index_unit = fields.String(metadata=sdk.about("Unit of first_index and last_index"))
    first_index = _index("Index of the first value")
    last_index = _index("Index of the last value")


class LogWarningSchema(sdk.Schema):
    field = fields.String(metadata=sdk.about("What of the file: a mnemonic, index, unit, data"))
    message = fields.String(metadata=sdk.about("What is odd, and what was done about it"))
    value = fields.String(allow_none=True, metadata=sdk.about("What was found there"))
    line = whole("Line of the file, from 1; null where it is of none", allow_none=True)


class LogImportSchema(sdk.Schema):
    dry_run = fields.Boolean(metadata=sdk.about("True: nothing was stored"))
    log = fields.Nested(LogSchema, metadata=sdk.about("The log made; of a dry run without an id"))
    curves = fields.List(
        fields.Nested(NewCurveSchema), metadata=sdk.about("Its curves, beside the index")
    )
    warnings = fields.List(
        fields.Nested(LogWarningSchema), metadata=sdk.about("What is odd about the file")
    )


class LogRowsSchema(sdk.Schema):
    index = fields.List(
        fields.Float(),
        required=True,
        validate=validate.Length(1, 100_000),
        metadata=sdk.about("In the log's index_unit (datetime: µs since 1970 UTC)")
        | {"x-unit-field": "index_unit"},
    )
    columns = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Raw(allow_none=True)),
        required=True,
        metadata=sdk.about("Mnemonic → a value an index, in the curve's unit; null = none"),
    )
    reason = sdk.prose_field("Why, of rows that make a new revision")
