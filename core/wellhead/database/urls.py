"""Which database: the server of the configuration, or the embedded one of the data directory."""

import hashlib
import re
from dataclasses import dataclass

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from wellhead.database.embedded import EmbeddedPostgres
from wellhead.errors import ConfigError
from wellhead.settings import Settings

EMBEDDED_DATABASE = "wellhead"


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """app: what the processes connect with; admin: what migrates and owns the tables.

    role_prefix: begin of the names of this database's roles. Roles are cluster-wide, so they carry
    the database's name, or databases on one server would share them.
    """

    app: URL
    admin: URL
    role_prefix: str
    embedded: bool

    def libpq(self, url: URL) -> str:
        """The URL as psycopg takes it."""
        return url.set(drivername="postgresql").render_as_string(hide_password=False)


def database_urls(settings: Settings) -> DatabaseUrls:
    """The two URLs. Raises ConfigError when `database.url` is not one of PostgreSQL."""
    configured = settings.database
    if configured.url is None:
        server = EmbeddedPostgres(settings.data_dir)
        prefix = configured.role_prefix or _prefix(EMBEDDED_DATABASE)
        return DatabaseUrls(
            app=_parse(server.url(f"{prefix}_app", EMBEDDED_DATABASE), "data_dir"),
            admin=_parse(server.url("postgres", EMBEDDED_DATABASE), "data_dir"),
            role_prefix=prefix,
            embedded=True,
        )
    app = _parse(configured.url, "[database] url")
    admin = _parse(configured.admin_url or configured.url, "[database] admin_url")
    prefix = configured.role_prefix or _prefix(app.database or "")
    return DatabaseUrls(app=app, admin=admin, role_prefix=prefix, embedded=False)


def _parse(text: str, field: str) -> URL:
    remedy = "Write postgresql://user:password@host:5432/database"
    try:
        url = make_url(text)
    except ArgumentError:
        raise ConfigError("not a database URL", field=field, remedy=remedy) from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise ConfigError(
            "PostgreSQL is the only database", field=field, value=url.drivername, remedy=remedy
        )
    if not url.database:
        raise ConfigError("names no database", field=field, value=str(url), remedy=remedy)
    return url.set(drivername="postgresql+psycopg")


def _prefix(database: str) -> str:
    name = re.sub(r"[^a-z0-9_]", "_", database.lower())
    if len(name) > 20 or name != database:
        name = f"{name[:12]}_{hashlib.sha256(database.encode()).hexdigest()[:6]}"
    return f"wh_{name}"
