"""Sessions: opened by a login, looked at by every request, ended at once for all processes.

A request costs one query, which answers all that may have changed since the token was issued: is
the session revoked or over, the user disabled, the tenant suspended, and which roles are held now.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from wellhead.auth.errors import token_invalid, token_missing, token_revoked
from wellhead.auth.identity import Identity
from wellhead.auth.keys import is_key, key_identity
from wellhead.auth.models import LoginSession, Membership, User
from wellhead.auth.question import Question
from wellhead.auth.rights import RIGHTS, identity_of
from wellhead.auth.state import auth_state
from wellhead.auth.tokens import RefreshToken
from wellhead.database.extension import platform_session
from wellhead.tenancy.models import Tenant

SESSIONS_A_USER = 1000
"""Open at once; one more login ends the one unused longest."""
_KEEP = timedelta(days=1)
_MAX_AGENT = 300
_table = cast(Table, LoginSession.__table__)

# built once: every request runs it, and building costs as much as asking
_LIVE = (
    select(LoginSession.id, *RIGHTS)
    .join(User, User.id == LoginSession.user_id)
    .join(
        Membership,
        and_(Membership.user_id == User.id, Membership.tenant == LoginSession.tenant),
    )
    .join(Tenant, Tenant.name == LoginSession.tenant)
    .where(LoginSession.revoked_at.is_(None), LoginSession.expires_at > func.now())
    .where(~User.disabled, ~Membership.disabled, ~Tenant.suspended)
)
_LIVE_ONE = Question(
    _LIVE.where(
        LoginSession.id == bindparam("session"),
        LoginSession.user_id == bindparam("user"),
        LoginSession.tenant == bindparam("tenant"),
    )
)
_LIVE_MANY = _LIVE.where(LoginSession.id.in_(bindparam("sessions", expanding=True)))


def identify(authorization: str | None) -> Identity:
    """Who sent this Authorization header, with an access token or an API key, as of now. Raises
    AuthError (401)."""
    if not authorization:
        raise token_missing()
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise token_invalid("the header must be `Authorization: Bearer <access_token>`")
    if is_key(token.strip()):
        return key_identity(token.strip())
    claims = auth_state().tokens.read_access(token.strip())
    asked = {"session": claims.session, "user": claims.user, "tenant": claims.tenant}
    row = _LIVE_ONE.first(asked)
    if row is None:
        raise token_revoked()
    return _identity(row)


def live_identities(sessions: Iterable[uuid.UUID]) -> dict[uuid.UUID, Identity]:
    """Which of these sessions live, and as whom: for connections that outlast a request. One query;
    a session that is missing from the answer has ended."""
    with platform_session() as session:
        rows = session.execute(_LIVE_MANY, {"sessions": list(sessions)})
        return {row[0]: _identity(row) for row in rows}


def open_session(
    session: Session, user: User, tenant: str, address: str, user_agent: str
) -> RefreshToken:
    """A new login of a user whose row the caller holds locked; its first refresh token."""
    state = auth_state()
    _tidy(session, user.id)
    token = state.tokens.issue_refresh(uuid.uuid4())
    session.add(
        LoginSession(
            id=token.session,
            user_id=user.id,
            tenant=tenant,
            refresh_digest=token.digest,
            expires_at=func.now() + state.refresh_life,
            address=address,
            user_agent=user_agent[:_MAX_AGENT],
        )
    )
    session.flush()
    return token


def rotate(session: Session, presented: RefreshToken) -> tuple[LoginSession, RefreshToken] | None:
    """Swap a refresh token for the next; None when it is not the good one (any more), and then
    the session is ended if the token was used before.

    Of any number of attempts with one token one wins: the swap is an UPDATE on the condition that
    the token is still the good one. It is bookkeeping on the bare table and leaves no audit row.
    """
    found = session.execute(
        select(LoginSession)
        .join(User, User.id == LoginSession.user_id)
        .join(Tenant, Tenant.name == LoginSession.tenant)
        .join(
            Membership,
            and_(Membership.user_id == User.id, Membership.tenant == LoginSession.tenant),
        )
        .where(~Membership.disabled)
        .where(LoginSession.id == presented.session, LoginSession.revoked_at.is_(None))
        .where(LoginSession.expires_at > func.now(), ~User.disabled, ~Tenant.suspended)
        .with_for_update(of=LoginSession)
    ).scalar_one_or_none()
    if found is None:
        return None
    state = auth_state()
    following = state.tokens.issue_refresh(found.id)
    swapped = session.execute(
        update(_table)
        .where(_table.c.id == found.id, _table.c.refresh_digest == presented.digest)
        .where(_table.c.revoked_at.is_(None))
        .values(
            refresh_digest=following.digest,
            last_used_at=func.now(),
            expires_at=func.now() + state.refresh_life,
        )
        .returning(_table.c.id)
    ).one_or_none()
    if swapped is not None:
        return found, following
    found.revoked_at = func.now()
    found.revoked_for = "reuse"
    session.flush()
    return None


def revoke(session: Session, reason: str, *conditions: ColumnElement[bool]) -> None:
    """End the open sessions that meet the conditions."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.revoked_at.is_(None), *conditions)
        .values(revoked_at=func.now(), revoked_for=reason)
    )


def _identity(row: Sequence[Any]) -> Identity:
    session, *rights = row
    return identity_of(rights, session=session)


def _tidy(session: Session, user: uuid.UUID) -> None:
    """Forget sessions that ended a day ago, and those too many; bookkeeping, not audited."""
    table = _table.c
    mine = table.user_id == user
    day_ago = func.now() - _KEEP
    surplus = (
        select(table.id)
        .where(mine, table.revoked_at.is_(None))
        .order_by(table.last_used_at.desc())
        .offset(SESSIONS_A_USER - 1)
    )
    over = or_(table.expires_at < day_ago, table.revoked_at < day_ago, table.id.in_(surplus))
    session.execute(delete(_table).where(mine, over))
