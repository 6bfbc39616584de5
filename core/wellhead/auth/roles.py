"""Roles that a tenant makes for itself, beside the built-in ones."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wellhead.auth.errors import AuthError, permission_denied
from wellhead.auth.identity import Identity
from wellhead.auth.members import lock_tenant
from wellhead.auth.models import Membership, Role, User
from wellhead.auth.state import auth_state
from wellhead.database.extension import platform_session
from wellhead.errors import WellheadError
from wellhead.plugins.contributions import ROLES

_SHOWN_HOLDERS = 10


def roles_of(tenant: str) -> list[dict[str, Any]]:
    """Name, description, permissions and `builtin` of each role: the built-in ones first."""
    permissions = auth_state().permissions
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "description": None,
            "permissions": sorted(permissions.granted([name])),
            "builtin": True,
        }
        for name in ROLES
    ]
    with platform_session() as session:
        own = session.scalars(select(Role).where(Role.tenant == tenant).order_by(Role.name))
        return found + [shown(role) for role in own]


def role_of(tenant: str, name: str) -> dict[str, Any]:
    """One role as `roles_of` lists it. Raises LookupError for one that is not there."""
    found = next((role for role in roles_of(tenant) if role["name"] == name), None)
    if found is None:
        raise LookupError(name)
    return found


def shown(role: Role) -> dict[str, Any]:
    """A role as `roles_of` lists it."""
    return {
        "name": role.name,
        "description": role.description,
        "permissions": sorted(role.permissions),
        "builtin": False,
    }


def create_role(
    by: Identity, name: str, description: str | None, permissions: Sequence[str]
) -> Role:
    """Raises WellheadError for a name that is a built-in role's or an unknown permission, AuthError
    403 for a permission that the caller lacks and 409 for a name that is taken."""
    _refuse_builtin(name)
    _check(by, permissions)
    role = Role(
        tenant=by.tenant,
        name=name,
        description=description,
        permissions=sorted(set(permissions)),
    )
    with platform_session() as session:
        lock_tenant(session, by.tenant)
        if session.get(Role, (by.tenant, name)) is not None:
            raise AuthError(
                409, "conflict", f"There is a role {name} already", remedy="Choose another name"
            )
        session.add(role)
    return role


def change_role(
    by: Identity, name: str, changes: dict[str, Any], check: Callable[[dict[str, Any]], None]
) -> Role:
    """Set `description` or `permissions`; who holds the role has them from the next request on.

    check: sees the role as it is shown, when nobody else can change it any more; an error of it is
        the caller's, and nothing is changed

    Raises LookupError for a role that is not there, else as `create_role`.
    """
    _refuse_builtin(name)
    with platform_session() as session:
        lock_tenant(session, by.tenant)
        role = _find(session, by, name)
        check(shown(role))
        if "permissions" in changes:
            # what the role had before may stay in it, whoever changes it
            _check(by, [p for p in changes["permissions"] if p not in role.permissions])
            _require_covered(by, set(role.permissions).difference(changes["permissions"]))
            role.permissions = sorted(set(changes["permissions"]))
        if "description" in changes:
            role.description = changes["description"]
    return role


def delete_role(by: Identity, name: str, check: Callable[[dict[str, Any]], None]) -> None:
    """check: as of `change_role`. Raises LookupError for a role that is not there, AuthError 409
    that names who holds it."""
    _refuse_builtin(name)
    with platform_session() as session:
        lock_tenant(session, by.tenant)
        role = _find(session, by, name)
        check(shown(role))
        holders = session.scalars(
            select(User.email)
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.tenant == by.tenant, Membership.roles.contains([name]))
            .order_by(User.email)
        ).all()
        if holders:
            more = len(holders) - _SHOWN_HOLDERS
            names = ", ".join(holders[:_SHOWN_HOLDERS]) + (f" and {more} more" if more > 0 else "")
            raise AuthError(
                409, "role_held", f"The role is held by {names}", remedy="Take it from them first"
            )
        _require_covered(by, role.permissions)
        session.delete(role)


def _find(session: Session, by: Identity, name: str) -> Role:
    role = session.get(Role, (by.tenant, name))
    if role is None:
        raise LookupError(name)
    return role


def _check(by: Identity, permissions: Sequence[str]) -> None:
    auth_state().permissions.require_assignable(permissions, "permissions")
    for permission in permissions:
        if not by.may(permission):
            raise permission_denied(permission)


def _require_covered(by: Identity, taken: Iterable[str]) -> None:
    """Nobody takes from others what they lack; what no plugin knows now, anybody may."""
    lacking = sorted(auth_state().permissions.granted((), taken) - by.permissions)
    if lacking:
        raise permission_denied(lacking[0])


def _refuse_builtin(name: str) -> None:
    if name in ROLES:
        raise WellheadError(
            "a built-in role",
            field="name",
            value=name,
            remedy="It cannot be changed; make a role of another name",
        )
