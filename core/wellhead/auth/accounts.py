"""Users and what they are in which tenant."""

import re
import uuid
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wellhead.auth.models import MAX_EMAIL, Membership, User
from wellhead.auth.passwords import check_new_password
from wellhead.auth.state import auth_state
from wellhead.database.extension import platform_session
from wellhead.errors import WellheadError
from wellhead.plugins.contributions import ROLES
from wellhead.settings.checking import did_you_mean

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")


def create_user(email: str, password: str, tenant: str, roles: Iterable[str]) -> uuid.UUID:
    """A new user with these roles in one tenant; the id.

    Raises WellheadError for an address, password or role that is not acceptable or an address that
    is taken, and IntegrityError for a tenant that does not exist.
    """
    email = check_email(email, "email")
    held = check_roles(roles)
    check_new_password(password, email)
    passwords = auth_state().passwords
    with passwords.turn():
        hashed = passwords.hash(password)
    with platform_session() as session:
        if find_user(session, email) is not None:
            raise WellheadError(
                "there is a user with this address",
                field="email",
                value=email,
                remedy="Choose another address, or change that user",
            )
        user = new_user(session, email, hashed)
        add_membership(session, user, tenant, held)
        return user.id


def find_user(session: Session, email: str) -> User | None:
    """The user of this address in whatever case."""
    query = select(User).where(func.lower(User.email) == func.lower(email.strip()))
    return session.execute(query).scalar_one_or_none()


def new_user(session: Session, email: str, password_hash: str) -> User:
    user = User(email=email, password_hash=password_hash)
    session.add(user)
    session.flush()
    return user


def add_membership(session: Session, user: User, tenant: str, roles: Iterable[str]) -> None:
    """Give the user these roles in the tenant, beside those already held."""
    membership = session.get(Membership, (user.id, tenant))
    if membership is None:
        session.add(Membership(user_id=user.id, tenant=tenant, roles=list(roles)))
    else:
        membership.roles = list(dict.fromkeys([*membership.roles, *roles]))
    session.flush()


def check_email(email: str, field: str) -> str:
    """The address without spaces around it. Raises WellheadError when it is none."""
    trimmed = email.strip()
    if len(trimmed) > MAX_EMAIL or not _EMAIL.fullmatch(trimmed):
        raise WellheadError(
            "not an e-mail address",
            field=field,
            value=email[:MAX_EMAIL],
            remedy="Write it as name@example.com",
        )
    return trimmed


def check_roles(roles: Iterable[str]) -> list[str]:
    """The roles, each once. Raises WellheadError for one that does not exist."""
    held = list(dict.fromkeys(roles))
    for role in held:
        if role not in ROLES:
            raise WellheadError(
                "unknown role", field="roles", value=role, remedy=did_you_mean(role, ROLES)
            )
    return held
