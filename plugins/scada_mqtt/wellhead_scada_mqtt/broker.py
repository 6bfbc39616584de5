"""How to reach a broker: the options that all MQTT drivers share, and what a connection needs."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from wellhead import sdk

VERSIONS = ("5", "3.1.1")
MOST_WINDOW = 65535
"""Greatest Receive Maximum, and number of packet identifiers (MQTT 5.0, section 3.1.2.11.3)."""


class NotConfigured(sdk.DeviceError):
    """The broker, or the device's options, rule the connection out until somebody changes them."""

    quality = sdk.quality.BAD_CONFIGURATION


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker publishes, with QoS 1, when the connection ends without a goodbye."""

    topic: str
    payload: bytes
    retain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectOptions:
    """One connection to a broker.

    host: also the name that the broker's certificate must have
    session_expiry: seconds the broker keeps subscriptions and unacknowledged messages after the
        connection ended; 0 = none, a clean session. With MQTT 3.1.1 the broker decides how long.
    window: messages of QoS 1 that the broker may send before the first is acknowledged (Receive
        Maximum; with MQTT 3.1.1 the broker's own limit holds)
    """

    host: str
    port: int
    client_id: str
    version: str = "5"
    keepalive: int = 30
    session_expiry: int = 0
    window: int = 1000
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None
    will: Will | None = None


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class BrokerSchema(sdk.Schema):
    """Device options of every MQTT driver."""

    host = fields.String(
        required=True,
        validate=validate.Length(1, 253),
        metadata=_about("IP address or name of the broker; its certificate must have it"),
    )
    port = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 65535),
        metadata=_about("TCP port; 1883, with TLS 8883 when left out"),
    )
    version = fields.String(
        load_default="5", validate=validate.OneOf(VERSIONS), metadata=_about("MQTT version")
    )
    client_id = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 200),
        metadata=_about("Client identifier, one a broker; made of the device's id when left out"),
    )
    keepalive_s = fields.Integer(
        load_default=30,
        strict=True,
        validate=validate.Range(1, 3600),
        metadata=_about("Seconds without a packet after which the broker is asked for a sign"),
    )
    session_expiry_s = fields.Integer(
        load_default=7 * 86400,
        strict=True,
        validate=validate.Range(0, 2**32 - 1),
        metadata=_about(
            "Seconds the broker keeps messages for a gateway that is away; 0 = no session. "
            "With 3.1.1 the broker decides"
        ),
    )
    window = fields.Integer(
        load_default=1000,
        strict=True,
        validate=validate.Range(1, MOST_WINDOW),
        metadata=_about("QoS 1 messages on the way before the first is on disk (5 only)"),
    )
    username = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 200),
        metadata=_about("User name at the broker"),
    )
    password_env = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(
            r"MQTT_PASSWORD[A-Z0-9_]{0,60}\Z", error="Begin with MQTT_PASSWORD, MQTT_PASSWORD_PAD7"
        ),
        metadata=_about("The gateway's environment variable with the password: MQTT_PASSWORD…"),
    )
    password_file = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(
            r"/.{1,500}\.password\Z", error="Give an absolute path that ends with .password"
        ),
        metadata=_about("File on the gateway with the password; its name ends with .password"),
    )
    tls = fields.Boolean(load_default=False, metadata=_about("Whether the line is encrypted"))
    tls_min_version = fields.String(
        load_default="1.2",
        validate=validate.OneOf(["1.2", "1.3"]),
        metadata=_about("Oldest version of TLS that is spoken"),
    )
    ca_file = fields.String(
        load_default=None,
        allow_none=True,
        metadata=_about("PEM file on the gateway with the CAs to trust; the system's if left out"),
    )
    cert_file = fields.String(
        load_default=None,
        allow_none=True,
        metadata=_about("PEM file on the gateway with the client's certificate"),
    )
    key_file = fields.String(
        load_default=None,
        allow_none=True,
        metadata=_about("PEM file on the gateway with the certificate's key"),
    )

    @validates_schema
    def _fits(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("password_env") and data.get("password_file"):
            raise ValidationError("Give password_env or password_file, not both.", "password_file")
        if (data.get("password_env") or data.get("password_file")) and not data.get("username"):
            raise ValidationError("A password needs a user name.", "username")
        if bool(data.get("cert_file")) != bool(data.get("key_file")):
            missing = "key_file" if data.get("cert_file") else "cert_file"
            raise ValidationError("cert_file and key_file belong together.", missing)
        for key in ("ca_file", "cert_file"):
            if data.get(key) and not data.get("tls"):
                raise ValidationError("Has no meaning without tls = true.", key)


def connect_options(
    options: Mapping[str, Any], client_id: str, will: Will | None = None
) -> ConnectOptions:
    """What `BrokerSchema` loaded, with password and certificates read from where it names them.

    client_id: where the options have none. Raises NotConfigured. Reads files, and the system's CAs
    take some 20 ms: not on an event loop.
    """
    tls = _tls(options) if options["tls"] else None
    return ConnectOptions(
        host=options["host"],
        port=options["port"] or (8883 if tls else 1883),
        client_id=options["client_id"] or client_id,
        version=options["version"],
        keepalive=options["keepalive_s"],
        session_expiry=options["session_expiry_s"],
        window=options["window"],
        username=options["username"],
        password=_password(options),
        tls=tls,
        will=will,
    )


def _password(options: Mapping[str, Any]) -> str | None:
    variable, path = options["password_env"], options["password_file"]
    if variable:
        if variable not in os.environ:
            raise NotConfigured(
                "the gateway has no such environment variable",
                field="options.password_env",
                value=variable,
                remedy="Set it where the gateway is started, and restart the gateway",
            )
        return os.environ[variable]
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise _unusable("password_file", path, error) from None
    return None


def _tls(options: Mapping[str, Any]) -> ssl.SSLContext:
    """Verifies chain, dates and host name; there is no option that switches that off."""
    try:
        context = ssl.create_default_context(cafile=options["ca_file"])
    except (OSError, ValueError) as error:
        raise _unusable("ca_file", options["ca_file"], error) from None
    newest = options["tls_min_version"] == "1.3"
    context.minimum_version = ssl.TLSVersion.TLSv1_3 if newest else ssl.TLSVersion.TLSv1_2
    if options["cert_file"]:
        try:
            context.load_cert_chain(options["cert_file"], options["key_file"], password="")
        except (OSError, ValueError) as error:
            raise _unusable("cert_file", options["cert_file"], error) from None
    return context


def _unusable(key: str, path: str, error: Exception) -> NotConfigured:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return NotConfigured(
        f"the gateway cannot use this file: {reason}",
        field=f"options.{key}",
        value=path,
        remedy="Put it on the gateway's machine, readable for its user",
    )
