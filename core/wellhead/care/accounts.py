"""Users from outside, for whoever runs the server and is locked out."""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from wellhead.auth.accounts import find_user
from wellhead.auth.members import random_password, replace_password
from wellhead.auth.models import LoginSession, Membership, User
from wellhead.auth.sessions import revoke
from wellhead.auth.state import auth_state
from wellhead.database.extension import platform_session
from wellhead.errors import WellheadError


@dataclass(frozen=True, slots=True)
class Account:
    """memberships: roles by tenant, `(off)` for one that is disabled"""

    email: str
    disabled: bool
    platform_admin: bool
    memberships: dict[str, str]


def list_accounts(app: Flask) -> list[Account]:
    """All users by address."""
    with app.app_context(), platform_session() as session:
        held: dict[object, dict[str, str]] = {}
        for member in session.scalars(select(Membership).order_by(Membership.tenant)):
            roles = ", ".join(member.roles) + (" (off)" if member.disabled else "")
            held.setdefault(member.user_id, {})[member.tenant] = roles
        return [
            Account(user.email, user.disabled, user.platform_admin, held.get(user.id, {}))
            for user in session.scalars(select(User).order_by(User.email))
        ]


def renew_password(app: Flask, email: str) -> str:
    """Give a user a random password, end all sessions, let a disabled one in again; the password.
    Raises WellheadError for no user."""
    password = random_password()
    with app.app_context():
        passwords = auth_state().passwords
        with passwords.turn():
            hashed = passwords.hash(password)
        with platform_session() as session:
            user = _find(session, email)
            user.disabled = False
            replace_password(session, user.id, hashed)
    return password


def disable_account(app: Flask, email: str) -> None:
    """Lock a user out of all tenants, until the password is renewed. Raises WellheadError."""
    with app.app_context(), platform_session() as session:
        user = _find(session, email)
        user.disabled = True
        session.flush()
        revoke(session, "disabled", LoginSession.user_id == user.id)


def set_platform_admin(app: Flask, email: str, is_one: bool) -> None:
    """Make a user an administrator of the platform, or no longer one. Raises WellheadError."""
    with app.app_context(), platform_session() as session:
        _find(session, email).platform_admin = is_one


def _find(session: Session, email: str) -> User:
    user = find_user(session, email)
    if user is None:
        raise WellheadError(
            "there is no such user", field="EMAIL", value=email, remedy="`wellhead user list`"
        )
    return user
