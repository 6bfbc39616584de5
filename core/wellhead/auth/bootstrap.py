"""The first administrator: there is no default account and no default password.

Unattended, `WELLHEAD_ADMIN_EMAIL` and `WELLHEAD_ADMIN_PASSWORD_FILE` say who; else one is made with
a random password, which is printed once and kept in a file only its owner can read.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from wellhead.audit.actor import Actor, acting
from wellhead.auth.accounts import add_membership, check_email, find_user, new_user
from wellhead.auth.models import Membership, User
from wellhead.auth.passwords import check_new_password
from wellhead.auth.permissions import ADMIN
from wellhead.auth.secret_files import replace_secret, secrets_folder
from wellhead.auth.state import auth_state
from wellhead.database.extension import platform_session
from wellhead.database.scope import DEFAULT_TENANT
from wellhead.errors import ConfigError, WellheadError
from wellhead.settings import Settings

EMAIL_VARIABLE = "WELLHEAD_ADMIN_EMAIL"
FILE_VARIABLE = "WELLHEAD_ADMIN_PASSWORD_FILE"
DEFAULT_EMAIL = "admin@wellhead.local"
_LOCK = 0x61646D696E  # "admin"
_MAX_FILE = 4096
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Administrator:
    """Who can log in after a start.

    password: of an administrator just made with a random one, to be shown this once
    path: the file with the random password, when there is one
    """

    email: str
    password: str | None = None
    path: Path | None = None

    def how_to_log_in(self) -> list[str]:
        """Lines to print when everything is up."""
        if self.password is not None:
            return [
                f"Log in as {self.email} with the password {self.password}",
                f"It is shown this once, and kept in {self.path}",
            ]
        where = f"; the first password is in {self.path}" if self.path else ""
        return [f"Log in as {self.email}{where}"]


def ensure_administrator(settings: Settings, environ: Mapping[str, str]) -> Administrator:
    """The oldest administrator of the tenant `default`, made first if there is none, and then an
    administrator of the platform too.

    Needs an app context. Raises ConfigError naming the variable or file that cannot be used.
    """
    path = secrets_folder(settings.data_dir) / "admin-password"
    with acting(Actor("bootstrap")), platform_session() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        existing = session.execute(
            select(User.email)
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.tenant == DEFAULT_TENANT, Membership.roles.contains([ADMIN]))
            .order_by(User.created_at, User.id)
            .limit(1)
        ).scalar_one_or_none()
        if existing is not None:
            generated = path.exists() and existing.lower() == DEFAULT_EMAIL
            return Administrator(existing, path=path if generated else None)
        email, password = _given(environ)
        if password is None:
            return _make_random(session, email, path)
        _make(session, email, password)
        log.info("administrator created", email=email, source=FILE_VARIABLE)
        return Administrator(email)


def _given(environ: Mapping[str, str]) -> tuple[str, str | None]:
    email, file = environ.get(EMAIL_VARIABLE), environ.get(FILE_VARIABLE)
    if not email and not file:
        return DEFAULT_EMAIL, None
    if not email or not file:
        absent, present = (
            (FILE_VARIABLE, EMAIL_VARIABLE) if email else (EMAIL_VARIABLE, FILE_VARIABLE)
        )
        raise ConfigError(
            f"not set, though {present} is", field=absent, remedy="Set both of them, or none"
        )
    try:
        email = check_email(email, EMAIL_VARIABLE)
        password = _read_password(Path(file))
        check_new_password(password, email, FILE_VARIABLE)
    except ConfigError:
        raise
    except WellheadError as error:
        raise ConfigError(
            error.message, field=error.field, value=error.value, remedy=error.remedy
        ) from None
    return email, password


def _read_password(path: Path) -> str:
    def refused(problem: str, remedy: str) -> ConfigError:
        return ConfigError(problem, field=FILE_VARIABLE, value=str(path), remedy=remedy)

    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_FILE + 1)
    except FileNotFoundError:
        raise refused("the file does not exist", "Write the password into it") from None
    except OSError as error:
        raise refused(
            f"the file cannot be read: {error.strerror}", "Name a file this user can read"
        ) from None
    if len(raw) > _MAX_FILE:
        raise refused("the file is too long for a password", "It holds the password alone")
    try:
        password = raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise refused("the file is not UTF-8 text", "It holds the password alone") from None
    if not password.strip():
        raise refused("the file is empty", "Write the password into it")
    return password


def _make_random(session: Session, email: str, path: Path) -> Administrator:
    password = secrets.token_urlsafe(18)
    # first the file, then the commit: an administrator whose password nobody has would be worse
    # than a file with a password nobody needs, which the next start replaces
    replace_secret(path, password + "\n")
    _make(session, email, password)
    log.info("administrator created", email=email, password_file=str(path))
    return Administrator(email, password, path)


def _make(session: Session, email: str, password: str) -> None:
    passwords = auth_state().passwords
    with passwords.turn():
        hashed = passwords.hash(password)
    user = find_user(session, email)
    if user is None:
        user = new_user(session, email, hashed)
    else:
        user.password_hash, user.disabled = hashed, False
    user.platform_admin = True
    add_membership(session, user, DEFAULT_TENANT, [ADMIN])
