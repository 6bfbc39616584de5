"""The members of a tenant, as its administrators manage them.

A person is one user in all tenants, so an administrator of one changes the membership, never what
other tenants share: the account, and its password unless the user belongs to this tenant alone.
Nobody gives or touches what they may not do themselves, and each tenant keeps an administrator.
"""

import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wellhead.auth.accounts import add_membership, check_email, find_user, new_user
from wellhead.auth.directory import Member, find_member
from wellhead.auth.errors import AuthError, permission_denied
from wellhead.auth.identity import Identity
from wellhead.auth.models import LoginSession, Membership, Role, User
from wellhead.auth.passwords import check_new_password
from wellhead.auth.permissions import ADMIN
from wellhead.auth.rights import RIGHTS, identity_of
from wellhead.auth.sessions import revoke
from wellhead.auth.state import auth_state
from wellhead.database.extension import platform_session
from wellhead.errors import WellheadError
from wellhead.plugins.contributions import ROLES
from wellhead.settings.checking import did_you_mean
from wellhead.tenancy.models import Tenant


def add_member(
    by: Identity,
    email: str,
    roles: Sequence[str],
    assets: Sequence[uuid.UUID] | None,
    password: str | None,
) -> tuple[uuid.UUID, str | None]:
    """The id of the new member, and the password to hand over: None when it is the one given, or
    when the user has an account already, which keeps its own.

    Raises WellheadError for roles, address or password that cannot be, AuthError 403 for a role
    that the caller may not give and 409 for a user who is a member.
    """
    email = check_email(email, "email")
    if password is not None:
        check_new_password(password, email)
    generated = password is None
    chosen = password or random_password()
    passwords = auth_state().passwords
    with passwords.turn():  # for a known address too: time tells nothing
        hashed = passwords.hash(chosen)
    with platform_session() as session:
        lock_tenant(session, by.tenant)
        _check_roles(session, by, roles)
        user = find_user(session, email)
        known = user is not None
        if user is None:
            user = new_user(session, email, hashed)
        elif session.get(Membership, (user.id, by.tenant)) is not None:
            raise AuthError(
                409, "conflict", f"{email} is a member already", remedy="Change that membership"
            )
        add_membership(session, user, by.tenant, dict.fromkeys(roles))
        session.get_one(Membership, (user.id, by.tenant)).assets = _unique(assets)
    return user.id, chosen if generated and not known else None


def change_member(
    by: Identity, user: uuid.UUID, changes: dict[str, Any], check: Callable[[Member], None]
) -> None:
    """Set `roles`, `assets` or `disabled` of a membership.

    check: sees the member as they are, when nobody else can change them any more; an error of it
        is the caller's, and nothing is changed

    Roles and assets hold from the next request on; who is disabled has no session left. Raises
    LookupError for one who is no member, else as `add_member`.
    """
    with platform_session() as session:
        lock_tenant(session, by.tenant)
        member = _touchable(session, by, user)
        _show(session, by, user, check)
        if "roles" in changes:
            _check_roles(session, by, changes["roles"])
            member.roles = list(dict.fromkeys(changes["roles"]))
        if "assets" in changes:
            member.assets = _unique(changes["assets"])
        if "disabled" in changes:
            member.disabled = changes["disabled"]
        session.flush()
        if member.disabled:
            revoke(session, "disabled", *_sessions(user, by.tenant))
        _keep_an_administrator(session, by.tenant)


def remove_member(by: Identity, user: uuid.UUID, check: Callable[[Member], None]) -> None:
    """End a membership, with its sessions and API keys; the user's account stays.

    check: as of `change_member`

    Raises LookupError for one who is no member, AuthError 403 or 409."""
    with platform_session() as session:
        lock_tenant(session, by.tenant)
        member = _touchable(session, by, user)
        _show(session, by, user, check)
        session.delete(member)
        session.flush()
        _keep_an_administrator(session, by.tenant)


def set_password(by: Identity, user: uuid.UUID, password: str | None) -> str | None:
    """Set another's password and end all their sessions; the password when it was made here.

    Raises LookupError for one who is no member, AuthError 403 for oneself, and for a user of other
    tenants too unless the caller administers the platform.
    """
    if user == by.id:
        raise AuthError(
            403,
            "password_own",
            "One's own password is changed by who knows it",
            remedy="POST /api/v1/auth/password",
        )
    with platform_session() as session:
        _may_set_password(session, by, user)
        email = session.get_one(User, user).email
    if password is not None:
        check_new_password(password, email)
    chosen = password or random_password()
    passwords = auth_state().passwords
    with passwords.turn():
        hashed = passwords.hash(chosen)
    with platform_session() as session:
        lock_tenant(session, by.tenant)
        _may_set_password(session, by, user)
        replace_password(session, user, hashed)
    return None if password is not None else chosen


def end_sessions(by: Identity, user: uuid.UUID) -> None:
    """End all sessions of a member in this tenant. Raises LookupError for one who is none."""
    with platform_session() as session:
        _touchable(session, by, user)
        revoke(session, "ended", *_sessions(user, by.tenant))


def require_touchable(by: Identity, user: uuid.UUID) -> None:
    """Raises LookupError for one who is no member of the caller's tenant, AuthError 403 for one
    who may do what the caller may not."""
    with platform_session() as session:
        _touchable(session, by, user)


def lock_tenant(session: Session, tenant: str) -> None:
    """Changes of one tenant's members and roles wait for each other: two that are well each by
    itself could leave the tenant with no administrator, or a role that is not there."""
    session.execute(
        select(Tenant.name).where(Tenant.name == tenant).with_for_update(key_share=True)
    )


def replace_password(session: Session, user: uuid.UUID, hashed: str) -> None:
    """Set the hash and end every session that the old password opened."""
    session.get_one(User, user, with_for_update=True).password_hash = hashed
    session.flush()
    revoke(session, "password", LoginSession.user_id == user)


def random_password() -> str:
    """128 bits; to be shown once."""
    return secrets.token_urlsafe(24)


def _touchable(session: Session, by: Identity, user: uuid.UUID) -> Membership:
    member = session.get(Membership, (user, by.tenant), with_for_update=True)
    if member is None:
        raise LookupError(user)
    row = session.execute(
        select(*RIGHTS)
        .join(Membership, Membership.user_id == User.id)
        .where(User.id == user, Membership.tenant == by.tenant)
    ).one()
    _require_covered(by, identity_of(row).permissions)
    return member


def _show(session: Session, by: Identity, user: uuid.UUID, check: Callable[[Member], None]) -> None:
    member = find_member(session, by.tenant, user)
    assert member is not None  # its membership is locked
    check(member)


def _may_set_password(session: Session, by: Identity, user: uuid.UUID) -> None:
    _touchable(session, by, user)
    if by.platform_admin:
        return
    elsewhere = select(Membership.tenant).where(
        Membership.user_id == user, Membership.tenant != by.tenant
    )
    if session.scalar(select(elsewhere.exists())):
        raise AuthError(
            403,
            "password_shared",
            "The user is a member of other tenants too",
            remedy="They change it themselves, or an administrator of the platform sets it",
        )


def _require_covered(by: Identity, permissions: Iterable[str]) -> None:
    """Who could hand out or take over more than they have would have it soon."""
    missing = sorted(set(permissions) - by.permissions)
    if missing:
        raise permission_denied(missing[0])


def _check_roles(session: Session, by: Identity, names: Sequence[str]) -> None:
    own = dict(
        session.execute(select(Role.name, Role.permissions).where(Role.tenant == by.tenant)).all()
    )
    for place, name in enumerate(names):
        if name not in ROLES and name not in own:
            raise WellheadError(
                "unknown role",
                field=f"roles.{place}",
                value=name,
                remedy=did_you_mean(name, (*ROLES, *own)),
            )
    if ADMIN in names and ADMIN not in by.roles:
        raise AuthError(
            403, "permission_denied", "Only an administrator makes one", remedy="Ask one of them"
        )
    custom = [permission for name in names for permission in own.get(name, [])]
    _require_covered(by, auth_state().permissions.granted(names, custom))


def _keep_an_administrator(session: Session, tenant: str) -> None:
    left = session.scalar(
        select(func.count())
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .where(Membership.tenant == tenant, Membership.roles.contains([ADMIN]))
        .where(~Membership.disabled, ~User.disabled)
        .where(Membership.assets.is_(None))  # who is limited to assets manages no users
    )
    if not left:
        raise AuthError(
            409,
            "last_administrator",
            "The tenant would have no administrator without a limit to assets left",
            remedy="Make somebody else one first",
        )


def _sessions(user: uuid.UUID, tenant: str) -> tuple[Any, Any]:
    return LoginSession.user_id == user, LoginSession.tenant == tenant


def _unique(assets: Sequence[uuid.UUID] | None) -> list[uuid.UUID] | None:
    return None if assets is None else list(dict.fromkeys(assets))
