"""What can be configured of the core, and its defaults."""

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema


class DatabaseSchema(Schema):
    """[database]"""

    url = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "PostgreSQL server of the application; none = embedded"},
    )
    admin_url = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "The same database as its owner, for migrations"},
    )
    pool_size = fields.Integer(
        strict=True,
        load_default=10,
        validate=validate.Range(1, 500),
        metadata={"description": "Connections a web worker keeps"},
    )

    role_prefix = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"^[a-z][a-z0-9_]{0,24}$"),
        metadata={"description": "Begin of the names of PostgreSQL roles; none = by database name"},
    )

    @validates_schema
    def _admin_needs_url(self, values: dict[str, Any], **_: Any) -> None:
        if values.get("admin_url") and not values.get("url"):
            raise ValidationError("has no use without database.url", "admin_url")


def _is_network(text: str) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        raise ValidationError(f'{error}; write it like "10.0.0.0/24".') from error


def _is_rate(text: str) -> None:
    from limits import parse_many

    if text:
        try:
            parse_many(text)
        except ValueError:
            raise ValidationError('Write a rate like "600/minute" or "20/second".') from None


class WebSchema(Schema):
    """[web]"""

    host = fields.String(load_default="127.0.0.1", metadata={"description": "Address to listen on"})
    port = fields.Integer(
        strict=True,
        load_default=8080,
        validate=validate.Range(1, 65535),
        metadata={"description": "Port to listen on; also WELLHEAD_PORT"},
    )
    workers = fields.Integer(
        strict=True,
        load_default=1,
        validate=validate.Range(1, 64),
        metadata={"description": "Web processes"},
    )
    origins = fields.List(
        fields.String(),
        load_default=list,
        metadata={
            "description": "Other origins whose pages may call the API and open the live WebSocket"
        },
    )
    proxies = fields.List(
        fields.String(validate=_is_network),
        load_default=list,
        metadata={
            "description": "Networks of reverse proxies, whose X-Forwarded-For, -Proto and -Host "
            "are believed"
        },
    )
    metrics_port = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 65535),
        metadata={"description": "Loopback port that serves /metrics without a login; none = off"},
    )

    @validates_schema
    def _two_ports(self, values: dict[str, Any], **_: Any) -> None:
        if values["metrics_port"] == values["port"]:
            raise ValidationError("must be another port than [web] port", "metrics_port")


LISTENING = ("host", "port", "metrics_port")
"""Keys of [web] that hold from the start of the web process to its end."""


class LimitsSchema(Schema):
    """[limits]"""

    per_address = fields.String(
        load_default="6000/minute",
        validate=_is_rate,
        metadata={"description": "Requests of one address; empty = no limit"},
    )
    per_user = fields.String(
        load_default="6000/minute",
        validate=_is_rate,
        metadata={"description": "Requests of one user in one tenant; empty = no limit"},
    )
    redis_url = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Redis that counts for all web processes; none = each for itself"},
    )
    body_mb = fields.Integer(
        strict=True,
        load_default=16,
        validate=validate.Range(1, 1024),
        metadata={"description": "Megabytes of a request's body at most"},
    )


class AuthSchema(Schema):
    """[auth]"""

    access_minutes = fields.Integer(
        strict=True,
        load_default=10,
        validate=validate.Range(1, 60),
        metadata={"description": "Life of an access token"},
    )
    refresh_days = fields.Integer(
        strict=True,
        load_default=30,
        validate=validate.Range(1, 365),
        metadata={"description": "Life of a session without use"},
    )


class LogSchema(Schema):
    """[log]"""

    level = fields.String(
        load_default="info",
        validate=validate.OneOf(["debug", "info", "warning", "error"]),
        metadata={"description": "Least severity that is written"},
    )
    format = fields.String(
        load_default="text",
        validate=validate.OneOf(["text", "json"]),
        metadata={"description": "One line of text, or one JSON object, an event"},
    )


class RootSchema(Schema):
    """The top level of wellhead.toml."""

    data_dir = fields.String(
        load_default="wellhead-data",
        metadata={"description": "Where everything is kept; also WELLHEAD_DATA_DIR"},
    )
    database = fields.Dict(load_default=dict)
    web = fields.Dict(load_default=dict)
    limits = fields.Dict(load_default=dict)
    auth = fields.Dict(load_default=dict)
    log = fields.Dict(load_default=dict)
    plugins = fields.Dict(keys=fields.String(), values=fields.Dict(), load_default=dict)


SECTIONS: dict[str, type[Schema]] = {
    "database": DatabaseSchema,
    "web": WebSchema,
    "limits": LimitsSchema,
    "auth": AuthSchema,
    "log": LogSchema,
}


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """The URLs carry passwords, so they stay out of `repr`."""

    url: str | None = field(default=None, repr=False)
    admin_url: str | None = field(default=None, repr=False)
    pool_size: int = 10
    role_prefix: str | None = None


@dataclass(frozen=True, slots=True)
class WebSettings:
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    origins: list[str] = field(default_factory=list)
    proxies: list[str] = field(default_factory=list)
    metrics_port: int | None = None

    @property
    def bind(self) -> str:
        """Host and port as one, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class LimitsSettings:
    """The URL may carry a password, so it stays out of `repr`."""

    per_address: str = "6000/minute"
    per_user: str = "6000/minute"
    redis_url: str | None = field(default=None, repr=False)
    body_mb: int = 16


@dataclass(frozen=True, slots=True)
class AuthSettings:
    access_minutes: int = 10
    refresh_days: int = 30


@dataclass(frozen=True, slots=True)
class LogSettings:
    level: str = "info"
    format: str = "text"


@dataclass(frozen=True, slots=True)
class Settings:
    """The checked configuration of the core; plugins' sections are kept raw until they load.

    plugins: section `[plugins.<name>]` by name, as written
    source: the file it came from, if any
    """

    data_dir: Path = Path("wellhead-data")
    database: DatabaseSettings = DatabaseSettings()
    web: WebSettings = WebSettings()
    limits: LimitsSettings = LimitsSettings()
    auth: AuthSettings = AuthSettings()
    log: LogSettings = LogSettings()
    plugins: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    source: Path | None = None

    def plugin_enabled(self, name: str) -> bool:
        """A plugin takes part unless its section says `enabled = false`."""
        return bool(self.plugins.get(name, {}).get("enabled", True))
