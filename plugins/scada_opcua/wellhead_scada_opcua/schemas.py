"""What an OPC UA device, the address of an OPC UA tag and a look around are made of."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

POLICIES = ("None", "Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss")
MODES = ("Sign", "SignAndEncrypt")
DEADBANDS = ("absolute", "percent")

_file = validate.And(
    validate.Length(1, 100),
    validate.Regexp(r"[A-Za-z0-9_][A-Za-z0-9._-]*\Z", error="Give a file's name, without a folder"),
)


def _text(description: str, longest: int, *, required: bool = False) -> fields.String:
    if required:
        return fields.String(
            required=True,
            validate=validate.Length(1, longest),
            metadata={"description": description},
        )
    return fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, longest),
        metadata={"description": description},
    )


def _name_of_file(description: str) -> fields.String:
    return fields.String(
        load_default=None,
        allow_none=True,
        validate=_file,
        metadata={"description": description},
    )


class OpcUaDeviceSchema(Schema):
    """Options of a device."""

    host = fields.String(
        required=True,
        validate=validate.Length(1, 253),
        metadata={"description": "IP address or name of the server"},
    )
    port = fields.Integer(
        load_default=4840,
        strict=True,
        validate=validate.Range(1, 65535),
        metadata={"description": "TCP port"},
    )
    path = fields.String(
        load_default="",
        validate=validate.Length(0, 500),
        metadata={"description": "What follows the port in the endpoint's URL, `/server` say"},
    )
    security_policy = fields.String(
        load_default="Basic256Sha256",
        validate=validate.OneOf(POLICIES),
        metadata={"description": "How the connection is secured; None: not at all"},
    )
    security_mode = fields.String(
        load_default="SignAndEncrypt",
        validate=validate.OneOf(MODES),
        metadata={"description": "Messages are signed, or signed and encrypted"},
    )
    certificate = _name_of_file(
        "File of the client's certificate below own/; without it Wellhead makes one"
    )
    private_key = _name_of_file("File of the key to `certificate` below own/, PEM")
    user = _text("Name to log in with; without it and `user_certificate`: anonymous", 200)
    password_file = _name_of_file("File below passwords/ whose first line is the user's password")
    password_env = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"OPCUA_[A-Z0-9_]{1,100}\Z", error="Must begin with OPCUA_"),
        metadata={"description": "Environment variable of the gateway with the user's password"},
    )
    allow_plain_password = fields.Boolean(
        load_default=False,
        metadata={"description": "Send the password even where nothing encrypts it"},
    )
    user_certificate = _name_of_file("File of a user's certificate below users/, to log in with")
    user_key = _name_of_file("File of the key to `user_certificate` below users/, PEM")
    sampling = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, 86400),
        metadata={
            "description": "Seconds between the server's own looks at a value; 0: as fast as it "
            "can. Without it: the period of the scan group"
        },
    )
    queue_size = fields.Integer(
        load_default=10,
        strict=True,
        validate=validate.Range(1, 100_000),
        metadata={"description": "Values of one tag that the server keeps until it sends them"},
    )
    timestamps = fields.String(
        load_default="source",
        validate=validate.OneOf(["source", "server"]),
        metadata={"description": "Whose clock dates readings: the value's source, or the server"},
    )
    clock_tolerance = fields.Float(
        load_default=60.0,
        validate=validate.Range(min=0, min_inclusive=False),
        metadata={"description": "Seconds that the two clocks may part before it is logged"},
    )
    items_per_request = fields.Integer(
        load_default=1000,
        strict=True,
        validate=validate.Range(1, 10_000),
        metadata={"description": "Nodes that one request names at most, if the server allows"},
    )

    @validates_schema
    def fits_together(self, data: dict[str, Any], **_: Any) -> None:
        """The options that only make sense together."""
        _both(data, "certificate", "private_key")
        _both(data, "user_certificate", "user_key")
        if data.get("password_file") and data.get("password_env"):
            raise ValidationError("Give this or password_file, not both", "password_env")
        password = data.get("password_file") or data.get("password_env")
        if password and not data.get("user"):
            raise ValidationError("A password needs a user", "user")
        if data.get("user") and data.get("user_certificate"):
            raise ValidationError("Give this or user, not both", "user_certificate")
        if data.get("security_policy") == "None":
            if password and not data.get("allow_plain_password"):
                raise ValidationError(
                    "Without security_policy the password would cross the network readable; choose "
                    "a security policy, or say allow_plain_password = true",
                    "security_policy",
                )
            if data.get("user_certificate"):
                raise ValidationError("Needs a security_policy other than None", "user_certificate")


class OpcUaAddressSchema(Schema):
    """Address of a tag: a variable's node, a method, or both."""

    node = _text("Node id of the variable, `nsu=<namespace URI>;s=<name>`", 2000)
    index = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"\d{1,9}(,\d{1,9}){0,7}\Z", error="Write 3, or 1,2 of a matrix"),
        metadata={"description": "Of an array: which element, counted from 0; `1,2` of a matrix"},
    )
    deadband = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=0, min_inclusive=False),
        metadata={"description": "Change below which the server sends nothing"},
    )
    deadband_type = fields.String(
        load_default="absolute",
        validate=validate.OneOf(DEADBANDS),
        metadata={"description": "absolute: in the value's unit; percent: of its EURange"},
    )
    object = _text("Node id of the object whose method is called to write", 2000)
    method = _text("Node id of the method that is called to write, with the value it takes", 2000)

    @validates_schema
    def fits_together(self, data: dict[str, Any], **_: Any) -> None:
        """A node, or a method of an object."""
        _both(data, "object", "method")
        if not data.get("node") and not data.get("method"):
            raise ValidationError("Give the node id of a variable, or object and method", "node")


class OpcUaBrowseSchema(Schema):
    """What to look for at a server."""

    start = _text("Node id to look below; without it the Objects folder", 2000)
    depth = fields.Integer(
        load_default=1,
        strict=True,
        validate=validate.Range(1, 20),
        metadata={"description": "Levels below it to look into"},
    )
    limit = fields.Integer(
        load_default=1000,
        strict=True,
        validate=validate.Range(1, 100_000),
        metadata={"description": "Things found after which to stop"},
    )


def _both(data: dict[str, Any], first: str, second: str) -> None:
    for one, other in ((first, second), (second, first)):
        if data.get(one) and not data.get(other):
            raise ValidationError(f"{one} needs {other}", other)
