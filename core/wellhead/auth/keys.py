"""API keys: what a program shows instead of a login.

A key is `whk_`, eight digits that say which one it is, and 256 random bits. It is shown once; the
database holds its SHA-256 and finds it by that, so how long a refusal takes tells nothing of any
key, and guesses need no throttle. A key may do what its user may do now, cut to its scopes, and
ends with its user, its membership, its tenant, or by itself.
"""

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import Table, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from wellhead.auth.errors import key_invalid
from wellhead.auth.identity import Identity
from wellhead.auth.models import ApiKey, Membership, User
from wellhead.auth.rights import RIGHTS, identity_of
from wellhead.database.extension import platform_session
from wellhead.errors import WellheadError
from wellhead.settings.checking import did_you_mean
from wellhead.tenancy.models import Tenant

PREFIX = "whk_"
MAX_DAYS = 366
"""A key lives no longer."""
MAX_KEYS = 100
"""Of one user in one tenant at once."""
_KEEP = dt.timedelta(days=30)
_NOTE_EVERY = dt.timedelta(minutes=1)
_MAX_TEXT = 100
_table = cast(Table, ApiKey.__table__)
_open = and_(ApiKey.revoked_at.is_(None), ApiKey.expires_at > func.now())

_BY_DIGEST = (
    select(
        ApiKey.id,
        ApiKey.scopes,
        or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < func.now() - _NOTE_EVERY),
        *RIGHTS,
    )
    .join(User, User.id == ApiKey.user_id)
    .join(Membership, and_(Membership.user_id == User.id, Membership.tenant == ApiKey.tenant))
    .join(Tenant, Tenant.name == ApiKey.tenant)
    .where(ApiKey.digest == bindparam("digest"), _open)
    .where(~User.disabled, ~Membership.disabled, ~Tenant.suspended)
)


def is_key(token: str) -> bool:
    """Whether this is meant as an API key, and not as an access token."""
    return token.startswith(PREFIX)


def key_identity(text: str) -> Identity:
    """Whom the key acts for, as of now. Raises AuthError (401).

    One query; once a minute another notes that the key is in use, on the bare table: it is
    bookkeeping and leaves no audit row.
    """
    if len(text) > _MAX_TEXT:
        raise key_invalid()
    with platform_session() as session:
        row = session.execute(_BY_DIGEST, {"digest": _digest(text)}).one_or_none()
        if row is None:
            raise key_invalid()
        key, scopes, stale, *rights = row
        if stale:
            session.execute(
                update(_table).where(_table.c.id == key).values(last_used_at=func.now())
            )
    whole = identity_of(rights, key=key)
    return replace(whole, permissions=whole.permissions.intersection(scopes))


def create_key(
    owner: Identity, name: str, scopes: Sequence[str], expires_at: dt.datetime
) -> tuple[ApiKey, str]:
    """A new key of the caller, and its text, which nothing can show again.

    Raises WellheadError for a scope that is unknown or not the caller's, a time that has passed or
    is more than 366 days away, and more than 100 keys.
    """
    _check_scopes(owner, scopes)
    now = dt.datetime.now(dt.UTC)
    if not now < expires_at <= now + dt.timedelta(days=MAX_DAYS, minutes=1):
        raise WellheadError(
            "a key ends in the future, within a year",
            field="expires_at",
            value=expires_at.isoformat(),
            remedy=f"Choose a time at most {MAX_DAYS} days from now, and renew the key by then",
        )
    identifier = uuid.uuid4()
    text = f"{PREFIX}{identifier.hex[:8]}_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        id=identifier,
        user_id=owner.id,
        tenant=owner.tenant,
        name=name,
        digest=_digest(text),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    with platform_session() as session:
        _make_room(session, owner)
        session.add(key)
        session.flush()
        session.refresh(key)
    return key, text


def revoke_key(user: uuid.UUID, tenant: str, key: uuid.UUID) -> bool:
    """End a key of this user in this tenant; False when there is none."""
    with platform_session() as session:
        found = session.get(ApiKey, key, with_for_update=True)
        if found is None or (found.user_id, found.tenant) != (user, tenant):
            return False
        if found.revoked_at is None:
            found.revoked_at = func.now()
        return True


def _check_scopes(owner: Identity, scopes: Sequence[str]) -> None:
    for place, scope in enumerate(scopes):
        if not owner.may(scope):
            raise WellheadError(
                "not a permission that you have",
                field=f"scopes.{place}",
                value=scope,
                remedy=did_you_mean(scope, owner.permissions),
            )


def _make_room(session: Session, owner: Identity) -> None:
    """Forget keys that ended a month ago (bookkeeping, not audited), and count the others."""
    table = _table.c
    mine = and_(table.user_id == owner.id, table.tenant == owner.tenant)
    # of requests at the same moment each counts those before it
    session.execute(
        select(Membership.user_id)
        .where(Membership.user_id == owner.id, Membership.tenant == owner.tenant)
        .with_for_update(key_share=True)
    )
    ended = func.least(table.expires_at, table.revoked_at) < func.now() - _KEEP
    session.execute(delete(_table).where(mine, ended))
    held = session.scalar(select(func.count()).select_from(_table).where(mine, _open)) or 0
    if held >= MAX_KEYS:
        raise WellheadError(
            f"there are {held} keys already", field="name", remedy="Revoke those not in use"
        )


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
