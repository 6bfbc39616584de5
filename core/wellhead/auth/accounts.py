"""Users and what they are in which tenant."""

import re
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wellhead.auth.models import MAX_EMAIL, Membership, User
from wellhead.errors import WellheadError

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")


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
