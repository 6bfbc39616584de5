"""The shapes of /api/v1/tags/imports."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_historian.imports.times import EPOCHS, FOLDS


class ImportColumnsSchema(sdk.Schema):
    """A body of JSON, for the documentation: it is read as columns, without a schema a reading."""

    tag = fields.List(
        fields.Raw(),
        required=True,
        metadata={
            "description": "Ids or names, one a reading; or one for all",
            "type": ["array", "string", "integer"],
        },
    )
    t = fields.List(fields.Raw(), required=True, metadata={"description": "Times, as `time` says"})
    v = fields.List(
        fields.Raw(),
        required=True,
        metadata={"description": "Numbers, texts, names of states; null = none"},
    )
    q = fields.List(fields.Raw(), metadata={"description": "OPC codes, or good, uncertain, bad"})


class ImportQuery(sdk.Schema):
    """How a body is to be read, and under which id."""

    id = fields.String(
        validate=validate.Regexp(
            r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}\Z",
            error="Must be 1 to 100 letters, digits, '.', '_', ':' and '-'.",
        ),
        metadata={
            "description": "Yours to choose, a UUID for example; the same again changes nothing. "
            "Needed but for a dry run",
            "example": "old-historian-2019",
        },
    )
    part = fields.Integer(
        load_default=1,
        validate=validate.Range(1, 1_000_000),
        metadata={"description": "Which of an import's bodies this is, in any order"},
    )
    dry_run = fields.Boolean(
        load_default=False,
        metadata={"description": "Only say what would be stored and what is wrong"},
    )
    on_error = fields.String(
        load_default="abort",
        validate=validate.OneOf(["abort", "skip"]),
        metadata={"description": "abort: one wrong row, and none is stored; skip: the others are"},
    )
    tag = fields.String(
        validate=validate.Length(1, 200),
        metadata={
            "description": "Name or id of the tag of all readings, where the body does not say it",
            "example": "W-01.PT-101",
        },
    )
    time = fields.String(
        load_default="rfc3339",
        validate=validate.OneOf(["rfc3339", *EPOCHS]),
        metadata={"description": "How times are written: text, or numbers since 1970 UTC"},
    )
    tz = fields.String(
        metadata={
            "description": "Time zone of texts without an offset, of the IANA's",
            "example": "Europe/Oslo",
        }
    )
    fold = fields.String(
        validate=validate.OneOf(list(FOLDS)),
        metadata={
            "description": "Which is meant by a local time that a clock set back shows twice"
        },
    )
    unit = fields.List(
        fields.String(validate=validate.Length(1, 300)),
        load_default=list,
        metadata={
            "description": "Unit of the values, where it is not the tag's: psi for all, TAG=psi "
            "for one; may be given several times",
            "example": ["W-01.PT-101=psi"],
        },
    )


class ImportErrorSchema(sdk.Schema):
    """One thing that is wrong in a body."""

    row = fields.Integer(
        metadata={"description": "Line of the file, its first is 1; of JSON the place, from 0"}
    )
    column = fields.String(metadata={"description": "Name of the column"})
    value = fields.String(metadata={"description": "What is there"})
    message = fields.String(metadata={"description": "What is wrong with it"})


class TooOldSchema(sdk.Schema):
    """Readings that are not kept: the next run of the job `historian.remove` takes them away."""

    tag_class = fields.String(metadata={"description": "Class of their tags"})
    readings = fields.Integer(metadata={"description": "How many there are"})
    kept_from = fields.String(
        metadata={"description": "Time since when the class keeps readings, by its keep_days"}
    )


class ImportResultSchema(sdk.Schema):
    """What became of a body."""

    id = fields.String(allow_none=True, metadata={"description": "Of the import"})
    part = fields.Integer(metadata={"description": "Of the import"})
    dry_run = fields.Boolean(metadata={"description": "Whether nothing was stored"})
    readings = fields.Integer(metadata={"description": "Stored; of a dry run, those that could be"})
    tags = fields.Integer(metadata={"description": "Tags that the body names"})
    first = fields.String(allow_none=True, metadata={"description": "Time of the oldest reading"})
    last = fields.String(allow_none=True, metadata={"description": "Time of the newest reading"})
    too_old = fields.List(
        fields.Nested(TooOldSchema),
        metadata={"description": "Readings that are older than their tags' classes keep any"},
    )
    in_future = fields.Integer(
        metadata={"description": "Stored as uncertain since they lie ahead of the clock"}
    )
    wrong_rows = fields.Integer(metadata={"description": "Rows with errors, left out"})
    errors = fields.List(
        fields.Nested(ImportErrorSchema),
        metadata={"description": "What is wrong, the first 1,000 things"},
    )


class HistoryImportSchema(sdk.Schema):
    """An import: the sum of its parts that are stored."""

    id = fields.String(metadata={"description": "As it was given"})
    user_email = fields.String(allow_none=True, metadata={"description": "Who began it"})
    parts = fields.Integer(metadata={"description": "Bodies that are stored"})
    readings = fields.Integer(metadata={"description": "Readings that are stored"})
    skipped = fields.Integer(metadata={"description": "Rows that were wrong and left out"})
    created_at = sdk.Instant(metadata={"description": "When it began, UTC"})
    updated_at = sdk.Instant(metadata={"description": "When its last part was stored, UTC"})


class ImportDetailSchema(HistoryImportSchema):
    """An import with its parts."""

    results = fields.List(
        fields.Nested(ImportResultSchema),
        metadata={"description": "What was answered to each part, the first 1,000"},
    )
