"""Login, refresh, logout and the change of one's password."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wellhead.audit.actor import acting, current_actor
from wellhead.auth.accounts import find_user
from wellhead.auth.errors import AuthError, login_failed, token_revoked
from wellhead.auth.identity import Identity
from wellhead.auth.models import LoginSession, Membership, User
from wellhead.auth.passwords import Passwords, check_new_password
from wellhead.auth.permissions import Permissions
from wellhead.auth.sessions import open_session, revoke, rotate
from wellhead.auth.signing import signing_key
from wellhead.auth.state import EXTENSION, AuthState, auth_state
from wellhead.auth.throttle import Throttle
from wellhead.auth.tokens import AccessClaims, Tokens
from wellhead.database.extension import platform_session
from wellhead.errors import WellheadError
from wellhead.settings import Settings
from wellhead.tenancy.models import Tenant

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a login or refresh hands out. expires_in: seconds the access token lives."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105 (the name of a scheme)


@dataclass(frozen=True, slots=True)
class Caller:
    """Where an attempt comes from: the true peer's address and what it calls itself."""

    address: str
    user_agent: str = ""


def init_auth(app: Flask, settings: Settings, permissions: Permissions) -> None:
    """Give the app its keys and permissions. Raises ConfigError for a weak or exposed key."""
    key = signing_key(settings.data_dir)
    app.extensions[EXTENSION] = AuthState(
        tokens=Tokens(key, settings.auth.access_minutes * 60),
        passwords=Passwords(),
        permissions=permissions,
        refresh_life=timedelta(days=settings.auth.refresh_days),
    )


def login(email: str, password: str, tenant: str | None, caller: Caller) -> Grant:
    """Tokens for a user who knows the password.

    tenant: None for the one the user has been a member of longest
    Raises AuthError: 401 alike for an unknown or disabled user and a wrong password, 403 for a
    tenant that is not the user's, 429 after too many failures.
    """
    passwords = auth_state().passwords
    throttle = Throttle(email, caller.address)
    with passwords.turn():
        with platform_session() as session:
            throttle.check(session)
            user = find_user(session, email)
        stored = user.password_hash if user and not user.disabled else None
        if not passwords.verify(stored, password) or user is None:
            with platform_session() as session:
                throttle.failed(session)
            known = {"user": user.email} if user else {}  # what else was typed may be a password
            log.warning("login refused", peer=caller.address, **known)
            raise login_failed()
    actor = replace(current_actor(), user_id=user.id, email=user.email)
    with acting(actor), platform_session() as session:
        throttle.succeeded(session)
        # the row is locked, and the password still the one just verified: a change of password at
        # the same moment either sees the new session and ends it, or is seen here
        current = session.execute(
            select(User)
            .where(User.id == user.id, User.password_hash == stored, ~User.disabled)
            .with_for_update()
        ).scalar_one_or_none()
        if current is None:
            raise login_failed()
        chosen = _choose_tenant(session, current, tenant)
        token = open_session(session, current, chosen, caller.address, caller.user_agent)
    log.info("login", user=user.email, tenant=chosen, peer=caller.address)
    return _grant(user.id, token.session, chosen, token.text)


def refresh(text: str) -> Grant:
    """The next tokens for a refresh token, which is good once.

    Raises AuthError (401). A token used before ends its session: somebody has a copy of it.
    """
    presented = auth_state().tokens.read_refresh(text)
    with platform_session() as session:
        outcome = rotate(session, presented)
    if outcome is None:
        log.warning("refresh refused", session=str(presented.session))
        raise token_revoked()
    found, following = outcome
    return _grant(found.user_id, found.id, found.tenant, following.text)


def logout(identity: Identity) -> None:
    """End the session of the caller."""
    with platform_session() as session:
        own = session.get(LoginSession, identity.login, with_for_update=True)
        if own is not None and own.revoked_at is None:
            own.revoked_at = func.now()
            own.revoked_for = "logout"


def change_password(identity: Identity, current: str, new: str, caller: Caller) -> None:
    """Set the caller's own password and end all other sessions of the caller.

    Raises AuthError (401, 429) when `current` is wrong, WellheadError for a new password that
    breaks the rules or is the old one.
    """
    check_new_password(new, identity.email, "new_password")
    if new == current:
        raise WellheadError(
            "the new password is the old one", field="new_password", remedy="Choose another"
        )
    passwords = auth_state().passwords
    throttle = Throttle(identity.email, caller.address)
    with passwords.turn():
        with platform_session() as session:
            throttle.check(session)
            stored = session.execute(
                select(User.password_hash).where(User.id == identity.id)
            ).scalar_one_or_none()
        if not passwords.verify(stored, current):
            with platform_session() as session:
                throttle.failed(session)
            raise AuthError(
                403, "password_wrong", "The current password is wrong", remedy="Check it"
            )
        hashed = passwords.hash(new)
    with platform_session() as session:
        user = session.get(User, identity.id, with_for_update=True)
        if user is None or user.password_hash != stored:
            raise token_revoked()
        user.password_hash = hashed
        session.flush()
        revoke(
            session,
            "password",
            LoginSession.user_id == identity.id,
            LoginSession.id != identity.login,
        )


def _choose_tenant(session: Session, user: User, wanted: str | None) -> str:
    query = (
        select(Membership.tenant)
        .join(Tenant, Tenant.name == Membership.tenant)
        .where(Membership.user_id == user.id, ~Membership.disabled, ~Tenant.suspended)
        .order_by(Membership.created_at, Membership.tenant)
        .limit(1)
    )
    if wanted is not None:
        query = query.where(Membership.tenant == wanted)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        which = "of no tenant" if wanted is None else "not of this tenant"
        raise AuthError(
            403,
            "tenant_forbidden",
            f"The user is a member {which}",
            remedy="Ask an administrator of the tenant",
        )
    return found


def _grant(user: uuid.UUID, session: uuid.UUID, tenant: str, refresh_token: str) -> Grant:
    tokens = auth_state().tokens
    access = tokens.issue_access(AccessClaims(user, session, tenant))
    return Grant(access, refresh_token, tokens.access_seconds)
