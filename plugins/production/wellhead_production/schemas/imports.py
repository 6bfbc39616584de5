"""What the API takes and gives for imports of daily records."""

from marshmallow import fields, validate

from wellhead import sdk


class DailyImportQuerySchema(sdk.Schema):
    dry_run = fields.Boolean(
        load_default=False, metadata=sdk.about("Only say what would become of the rows")
    )
    on_error = fields.String(
        load_default="abort",
        validate=validate.OneOf(["abort", "skip"]),
        metadata=sdk.about(
            "abort: one row that cannot be, and none is stored; skip: the others are"
        ),
    )
    existing = fields.String(
        load_default="error",
        validate=validate.OneOf(["error", "skip", "replace"]),
        metadata=sdk.about(
            "What becomes of a row whose well, day and disposition have a record: error, skip the "
            "row, or replace the whole record by it: what the row leaves out is not known then"
        ),
    )


def _count(text: str) -> fields.Integer:
    return fields.Integer(metadata=sdk.about(text) | {"x-unit": "1"})


class ProblemSchema(sdk.Schema):
    field = fields.String(metadata=sdk.about("Column"))
    value = fields.Raw(metadata=sdk.about("What was found there"))
    message = fields.String(metadata=sdk.about("What is wrong with it"))
    remedy = fields.String(metadata=sdk.about("What to do about it"))


class DailyImportRowSchema(sdk.Schema):
    index = _count("Which row of data, from 0")
    line = _count("Line of the file that it begins in, from 1")
    id = fields.String(allow_none=True, metadata=sdk.about("Always null"))
    errors = fields.List(
        fields.Nested(ProblemSchema), metadata=sdk.about("Why it cannot be stored")
    )
    warnings = fields.List(
        fields.Nested(ProblemSchema), metadata=sdk.about("What should be looked at")
    )


class DailyImportSchema(sdk.Schema):
    created = _count("Records that are new; of a dry run, that would be")
    replaced = _count("Records that were changed")
    skipped = _count("Rows left out since their day has a record")
    failed = _count("Rows with errors")
    dry_run = fields.Boolean(metadata=sdk.about("Whether nothing was stored"))
    rows = fields.List(
        fields.Nested(DailyImportRowSchema),
        metadata=sdk.about("Rows with errors or warnings, the first thousand of them"),
    )
