"""What the API takes and gives for stores, what they hold, and writes to them."""

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import ValidationError, fields, validate

from wellhead import sdk

VERSIONS = ("1.3.1.1", "1.4.1.1")
FILE_NAME = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\Z"
MOST_XML = 1_000_000
FUNCTIONS = ("add", "update", "delete")


def _known_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError("Must be an IANA time zone: UTC, Europe/Oslo.") from None


def _endpoint(url: str) -> None:
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname)
        secret = parts.username is not None or parts.password is not None
        _ = parts.port
    except ValueError:
        whole, secret = False, False
    if not whole or not url.isprintable() or " " in url:
        raise ValidationError("Must be the address of the endpoint: https://host/path.")
    if secret:
        raise ValidationError("Must hold no user or password: they have fields of their own.")


def _file_field(text: str) -> fields.String:
    return fields.String(
        allow_none=True,
        validate=validate.Regexp(FILE_NAME, error="Must be the name of a file, without a folder."),
        metadata=sdk.about(text),
    )


class CapabilitiesSchema(sdk.Schema):
    """What a store said it can do (GetCap), in its own words."""

    versions = fields.List(
        fields.String(), metadata=sdk.about("Data versions it speaks (GetVersion)")
    )
    name = fields.String(allow_none=True, metadata=sdk.about("Name of the server"))
    vendor = fields.String(allow_none=True, metadata=sdk.about("Who made it"))
    software_version = fields.String(allow_none=True, metadata=sdk.about("Version of its software"))
    max_data_nodes = fields.Integer(
        allow_none=True,
        metadata=sdk.about("Rows of a log it gives at most in one answer") | {"x-unit": "1"},
    )
    max_data_points = fields.Integer(
        allow_none=True,
        metadata=sdk.about("Rows times curves it gives at most in one answer") | {"x-unit": "1"},
    )
    change_detection_period_s = fields.Float(
        allow_none=True,
        metadata=sdk.about("Seconds after which asking again may bring something new")
        | {"x-unit": "s"},
    )
    growing_timeout_period_s = fields.Float(
        allow_none=True,
        metadata=sdk.about("Seconds without a row after which a log counts as ended")
        | {"x-unit": "s"},
    )
    compression = fields.String(
        allow_none=True, metadata=sdk.about("Method of compression it speaks: gzip")
    )
    functions = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata=sdk.about("Types of objects each function takes"),
    )


class WitsmlStoreStateSchema(sdk.Schema):
    state = fields.String(
        metadata=sdk.about("connected, down, disabled, or unknown while no process reads it")
    )
    since = sdk.Instant(allow_none=True, metadata=sdk.about("When it came to be so"))
    reason = fields.String(allow_none=True, metadata=sdk.about("Why"))
    capabilities = fields.Nested(
        CapabilitiesSchema, allow_none=True, metadata=sdk.about("What it said it can do")
    )


class WitsmlStoreSchema(sdk.Schema):
    volatile = ("status",)

    id = fields.UUID(dump_only=True, metadata=sdk.about("The store"))
    name = sdk.line_field("Name, unique", required=True)
    url = fields.String(
        required=True,
        validate=[validate.Length(1, 500), _endpoint],
        metadata=sdk.about("Address of its SOAP endpoint"),
    )
    version = sdk.choice_field(VERSIONS, "Data version to speak", load_default="1.4.1.1")
    user_name = sdk.line_field("User, for Basic authentication", allow_none=True)
    password_file = _file_field(
        "File with the password, in data_dir/witsml/passwords of the process `witsml`"
    )
    ca_file = _file_field(
        "PEM file of the authority to trust, in data_dir/witsml/authorities; the system's if null"
    )
    allow_plain = fields.Boolean(
        load_default=False,
        metadata=sdk.about("Speak http://, over which everybody on the way can read the password"),
    )
    zone = fields.String(
        load_default="UTC",
        validate=_known_zone,
        metadata=sdk.about("IANA time zone of times that come without one (1.3.1.1)"),
    )
    timeout_s = sdk.number_field(1, 300, "Seconds an answer may take", unit="s", load_default=30.0)
    enabled = fields.Boolean(load_default=True, metadata=sdk.about("Whether it is talked to"))
    follow_growing = fields.Boolean(
        load_default=False,
        metadata=sdk.about(
            "Follow every growing log by itself, and import its well and wellbore; needs wells.edit"
        ),
    )
    description = sdk.prose_field("For people")
    status = fields.Nested(
        WitsmlStoreStateSchema, dump_only=True, metadata=sdk.about("How it does")
    )
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))


class WitsmlWriteSchema(sdk.Schema):
    """An object that was added to, changed in or deleted from a store, and what became of it."""

    id = fields.UUID(dump_only=True, metadata=sdk.about("The write"))
    store_id = fields.UUID(dump_only=True, metadata=sdk.about("The store"))
    function = sdk.choice_field(FUNCTIONS, "What to do with the object", required=True)
    object_type = fields.String(
        dump_only=True, metadata=sdk.about("Type of the object: well, log, message …")
    )
    xml = fields.String(
        required=True,
        validate=validate.Length(1, MOST_XML),
        metadata=sdk.about(
            "Document with one object, in the store's version: "
            "<wells …><well uid=…>…</well></wells>"
        ),
    )
    state = fields.String(
        dump_only=True,
        metadata=sdk.about(
            "pending, sent, done, refused (the store answered an error), withdrawn (nobody sent "
            "it in time) or unknown: it was sent and no answer came; it is never sent again"
        ),
    )
    result = fields.Integer(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Number the store answered: 1 done, above 1 with a warning, negative no")
        | {"x-unit": "1"},
    )
    message = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("What the store said about it")
    )
    user_email = fields.String(dump_only=True, metadata=sdk.about("Who had it written"))
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was asked for, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When its state changed, UTC"))
