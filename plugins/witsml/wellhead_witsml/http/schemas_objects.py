"""What the API takes and gives for browsing stores and importing from them."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_witsml.importing.run import KINDS

MOST_XML = 10_000_000
TYPES = (*KINDS, "log")
_UID = validate.Length(1, 200)


def _uid(text: str) -> fields.String:
    return fields.String(validate=_UID, metadata=sdk.about(text))


class BrowseQuerySchema(sdk.Schema):
    object_type = sdk.choice_field(TYPES, "Type of the objects to list", required=True)
    uid_well = _uid("Only objects of the store's well with this uid")
    uid_wellbore = _uid("Only objects of the store's wellbore with this uid")


class FoundObjectSchema(sdk.Schema):
    """An object that a store holds."""

    object_type = fields.String(metadata=sdk.about("Its type, as WITSML calls it"))
    uid_well = fields.String(allow_none=True, metadata=sdk.about("uid of its well in the store"))
    uid_wellbore = fields.String(
        allow_none=True, metadata=sdk.about("uid of its wellbore in the store")
    )
    uid = fields.String(metadata=sdk.about("Its own uid in the store"))
    name = fields.String(metadata=sdk.about("Its name"))
    name_well = fields.String(allow_none=True, metadata=sdk.about("Name of its well"))
    name_wellbore = fields.String(allow_none=True, metadata=sdk.about("Name of its wellbore"))
    index_type = fields.String(
        allow_none=True, metadata=sdk.about("Of a log: date time, measured depth …")
    )
    growing = fields.Boolean(
        allow_none=True, metadata=sdk.about("Of a log: whether the store still adds rows")
    )
    record_id = fields.UUID(
        allow_none=True, metadata=sdk.about("Record that it was imported as, or followed log")
    )


class WitsmlImportSchema(sdk.Schema):
    object_type = fields.String(
        required=True,
        validate=validate.OneOf(
            tuple(KINDS),
            error="Must be one of: {choices}. Logs are followed: name one at POST /witsml/logs.",
        ),
        metadata=sdk.about("Type of the objects"),
    )
    uid_well = _uid("Only objects of the store's well with this uid")
    uid_wellbore = _uid("Only objects of the store's wellbore with this uid")
    uid = _uid("Only the object with this uid")
    xml = fields.String(
        allow_none=True,
        load_default=None,
        validate=validate.Length(1, MOST_XML),
        metadata=sdk.about(
            "A document of such objects, of 1.3.1.1, 1.4.1.1 or 2.0, in place of asking the store"
        ),
    )
    parent_asset_id = fields.UUID(
        allow_none=True,
        load_default=None,
        metadata=sdk.about("Field, pad or facility that new wells hang under"),
    )
    dry_run = fields.Boolean(
        load_default=False, metadata=sdk.about("Only say what would become of each object")
    )
    on_error = sdk.choice_field(
        ("abort", "skip"),
        "abort: one object that cannot be, and none is stored; skip: the others are",
        load_default="abort",
    )


class ObjectProblemSchema(sdk.Schema):
    field = fields.String(allow_none=True, metadata=sdk.about("Element or field it is about"))
    value = fields.Raw(allow_none=True, metadata=sdk.about("What stood there"))
    message = fields.String(metadata=sdk.about("What is wrong with it, or was made of it"))
    remedy = fields.String(allow_none=True, metadata=sdk.about("What to do about it"))


class ImportedObjectSchema(sdk.Schema):
    index = fields.Integer(metadata=sdk.about("Which object, from 0") | {"x-unit": "1"})
    object_type = fields.String(metadata=sdk.about("Its type, as WITSML calls it"))
    uid_well = fields.String(allow_none=True, metadata=sdk.about("uid of its well in the store"))
    uid_wellbore = fields.String(
        allow_none=True, metadata=sdk.about("uid of its wellbore in the store")
    )
    uid = fields.String(metadata=sdk.about("Its own uid in the store"))
    name = fields.String(metadata=sdk.about("Its name"))
    outcome = fields.String(metadata=sdk.about("created, updated, unchanged or failed"))
    id = fields.UUID(allow_none=True, metadata=sdk.about("Record that it is now; null = none"))
    errors = fields.List(
        fields.Nested(ObjectProblemSchema), metadata=sdk.about("Why it became none; empty: it did")
    )
    warnings = fields.List(
        fields.Nested(ObjectProblemSchema),
        metadata=sdk.about("What was left out, or kept as it came although it is malformed"),
    )


def _count(text: str) -> fields.Integer:
    return fields.Integer(metadata=sdk.about(text) | {"x-unit": "1"})


class WitsmlImportResultSchema(sdk.Schema):
    created = _count("Objects that are new; of a dry run, would be")
    updated = _count("Objects whose record was changed")
    unchanged = _count("Objects that are as they were")
    failed = _count("Objects with errors")
    dry_run = fields.Boolean(metadata=sdk.about("Whether nothing was stored"))
    objects = fields.List(
        fields.Nested(ImportedObjectSchema), metadata=sdk.about("In the order of the store")
    )
