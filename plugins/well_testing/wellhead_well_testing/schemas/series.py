"""What the API takes and gives for series of pressures."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_historian.query.downsample import FEWEST
from wellhead_well_testing.series_csv import ELAPSED


def _count(text: str) -> fields.Integer:
    return fields.Integer(dump_only=True, metadata=sdk.about(text) | {"x-unit": "1"})


class PressureSeriesSchema(sdk.Schema):
    id = fields.UUID(dump_only=True, metadata=sdk.about("The record"))
    gauge_run_id = fields.UUID(dump_only=True, metadata=sdk.about("The gauge run that it is of"))
    version = _count("From 1; the last one counts unless another is asked for")
    source = fields.String(dump_only=True, metadata=sdk.about("csv or tag"))
    source_name = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Of the file or the tag")
    )
    source_sha256 = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Digest of the file")
    )
    tag_id = fields.Integer(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("The tag that it was read from") | {"x-unit": "1"},
    )
    pressure_unit = fields.String(dump_only=True, metadata=sdk.about("Unit of its pressures"))
    count = _count("Readings")
    usable = _count("Readings that have a pressure and are not bad")
    first_at = sdk.Instant(dump_only=True, metadata=sdk.about("Time of the first reading, UTC"))
    last_at = sdk.Instant(dump_only=True, metadata=sdk.about("Time of the last reading, UTC"))
    minimum = sdk.Measured(
        unit_field="pressure_unit",
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Least usable pressure"),
    )
    maximum = sdk.Measured(
        unit_field="pressure_unit",
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Greatest usable pressure"),
    )
    reason = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Why there is a further version")
    )
    created_by = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("E-mail of who brought it")
    )
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was brought, UTC"))


class _NewSeriesSchema(sdk.Schema):
    dry_run = fields.Boolean(
        load_default=False, metadata=sdk.about("Only say what would become of it")
    )
    reason = sdk.prose_field(
        "Why there is a further version; required when there is one", allow_none=False
    )


class CsvQuery(_NewSeriesSchema):
    elapsed = sdk.choice_field(ELAPSED, "Unit of elapsed times; if left out the times are RFC 3339")
    starts_at = sdk.Instant(
        metadata=sdk.about("What elapsed times count from; the begin of the test if left out")
    )
    tz = sdk.line_field("IANA time zone of times that name no offset")
    unit = sdk.line_field("Unit of the pressures in the file; the gauge run's if left out", 20)
    time = sdk.line_field("Name of the column of times; the first if left out")
    pressure = sdk.line_field("Name of the column of pressures; the second if left out")
    quality = sdk.line_field("Name of a column of qualities; `quality` if there is one")
    file_name = sdk.line_field("Name of the file", 255)
    append = fields.Boolean(
        load_default=False,
        metadata=sdk.about("The rows follow those of the last version: for files sent in parts"),
    )
    on_error = sdk.choice_field(
        ["abort", "skip"],
        "abort: one row that cannot be, and nothing is stored; skip: the others are",
        load_default="abort",
    )


class TagSeriesSchema(_NewSeriesSchema):
    tag = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 2_147_483_647),
        metadata=sdk.about("Id of the tag, in a unit of pressure") | {"x-unit": "1"},
    )
    from_ = sdk.Instant(data_key="from", metadata=sdk.about("Begin; that of the test if left out"))
    to = sdk.Instant(metadata=sdk.about("End; that of the test, or now, if left out"))


class PressureRowSchema(sdk.Schema):
    index = _count("Which row, from 0")
    errors = fields.List(
        fields.Dict(keys=fields.String()),
        dump_only=True,
        metadata=sdk.about("Each with field, value, message and remedy"),
    )


class PressureImportSchema(sdk.Schema):
    series = fields.Nested(
        PressureSeriesSchema,
        allow_none=True,
        metadata=sdk.about("The new version; null: nothing was stored"),
    )
    rows = _count("Rows that are stored; of a dry run, that would be")
    failed = _count("Rows with errors")
    dry_run = fields.Boolean(metadata=sdk.about("Whether nothing was stored"))
    problems = fields.List(
        fields.Nested(PressureRowSchema),
        metadata=sdk.about("The rows with errors, the first thousand of them"),
    )


class PressuresQuery(sdk.Schema):
    version = fields.Integer(
        validate=validate.Range(1, 1_000_000),
        metadata=sdk.about("Version of the series; the last if left out") | {"x-unit": "1"},
    )
    from_ = sdk.Instant(data_key="from", metadata=sdk.about("First time; all if left out"))
    to = sdk.Instant(metadata=sdk.about("Time before which they are; all if left out"))
    points = fields.Integer(
        validate=validate.Range(FEWEST, 100_000),
        metadata=sdk.about(
            "At most so many: of more, the least and the greatest of each stretch of time. All "
            "readings if left out"
        )
        | {"x-unit": "1"},
    )
    units = sdk.units_field()
    format = sdk.format_field()


class PressuresMetaSchema(sdk.Schema):
    version = _count("Of the series")
    rows = _count("Readings here")
    of = _count("Readings of the series in this range of time")
    unit = fields.String(metadata=sdk.about("Unit of p"))
    pressure_kind = fields.String(metadata=sdk.about("gauge or absolute"))


class PressuresSchema(sdk.Schema):
    """Columns of equal length, by ascending time."""

    envelope_meta = PressuresMetaSchema

    t = fields.List(
        fields.Integer(), metadata=sdk.about("Time, µs since 1970 UTC") | {"x-unit": "us"}
    )
    p = fields.List(
        fields.Float(allow_none=True),
        metadata=sdk.about("Pressure, in meta.unit; null: none") | {"x-unit-field": "unit"},
    )
    q = fields.List(
        fields.Integer(),
        metadata=sdk.about("Quality, OPC code: 192 good, 64 uncertain, 0 bad") | {"x-unit": "1"},
    )
