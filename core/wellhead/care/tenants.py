"""Tenants from outside: made, listed, suspended, dropped, by whoever runs the server.

A tenant is listed when it is whole: schema, role and migrations come first, so what fails half-way
is nobody's tenant, and the same command again goes on from there.
"""

import datetime as dt
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from wellhead.auth.accounts import add_membership, check_email, find_user, new_user
from wellhead.auth.members import random_password
from wellhead.auth.models import Membership
from wellhead.auth.permissions import ADMIN
from wellhead.auth.state import auth_state
from wellhead.database.extension import platform_session
from wellhead.database.migrate import Migrator
from wellhead.database.scope import DEFAULT_TENANT, Scope, check_tenant_name
from wellhead.errors import WellheadError
from wellhead.settings.checking import did_you_mean
from wellhead.tenancy.models import Tenant


@dataclass(frozen=True, slots=True)
class TenantState:
    """size: bytes of its tables and indexes; members: users, those disabled too"""

    name: str
    title: str | None
    suspended: bool
    created_at: dt.datetime
    members: int
    size: int


def add_tenant(
    app: Flask, migrator: Migrator, name: str, title: str | None, admin: str | None
) -> str | None:
    """Make a tenant, and its first administrator when `admin` names one (e-mail).

    The password that was made for the administrator; None for one who has an account. Raises
    WellheadError for a name or address that cannot be, or a tenant that is there.
    """
    check_tenant_name(name)
    email = check_email(admin, "--admin") if admin is not None else None
    with app.app_context(), platform_session() as session:
        if session.get(Tenant, name) is not None:
            raise WellheadError(
                "there is a tenant of this name", field="NAME", value=name, remedy="Choose another"
            )
    migrator.prepare_tenant(name)
    with app.app_context(), platform_session() as session:
        session.add(Tenant(name=name, title=title, suspended=False))
        session.flush()
        return _make_administrator(session, name, email) if email is not None else None


def add_administrator(app: Flask, name: str, email: str) -> str | None:
    """Make somebody an administrator of a tenant, as `add_tenant` does."""
    email = check_email(email, "EMAIL")
    with app.app_context(), platform_session() as session:
        _find(session, name)
        return _make_administrator(session, name, email)


def require_tenant(app: Flask, name: str) -> str:
    """The name of a tenant that is there. Raises WellheadError."""
    with app.app_context(), platform_session() as session:
        return _find(session, name).name


def list_tenants(app: Flask) -> list[TenantState]:
    """All tenants by name."""
    with app.app_context(), platform_session() as session:
        sizes: dict[str, int] = dict(
            session.execute(
                text(
                    "SELECT nspname::text, sum(pg_total_relation_size(c.oid))::bigint"
                    " FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                    " WHERE relkind IN ('r', 'm') AND nspname LIKE 'tenant\\_%' GROUP BY 1"
                )
            ).all()
        )
        members = select(func.count()).where(Membership.tenant == Tenant.name).scalar_subquery()
        return [
            TenantState(
                tenant.name,
                tenant.title,
                tenant.suspended,
                tenant.created_at,
                count,
                sizes.get(Scope(tenant.name).schema, 0),
            )
            for tenant, count in session.execute(select(Tenant, members).order_by(Tenant.name))
        ]


def suspend_tenant(app: Flask, name: str, suspended: bool) -> None:
    """Lock the tenant's users out, or let them in again. Raises WellheadError for no tenant."""
    with app.app_context(), platform_session() as session:
        _find(session, name).suspended = suspended


def drop_tenant(app: Flask, migrator: Migrator, name: str) -> None:
    """Take away all that a tenant has; users stay, without this membership. After a failure
    half-way it is suspended, and can be dropped again. Raises WellheadError."""
    check_drop(app, name)
    suspend_tenant(app, name, True)
    migrator.drop_tenant(name)
    with app.app_context(), platform_session() as session:
        session.delete(_find(session, name))


def check_drop(app: Flask, name: str) -> None:
    """Raises WellheadError for a tenant that is not there, or that stays."""
    if check_tenant_name(name) == DEFAULT_TENANT:
        raise WellheadError(
            "the tenant that is there from the first start stays",
            field="NAME",
            value=name,
            remedy=f"Suspend it: `wellhead tenant suspend {name}`",
        )
    with app.app_context(), platform_session() as session:
        _find(session, name)


def _find(session: Session, name: str) -> Tenant:
    found = session.get(Tenant, name, with_for_update=True)
    if found is None:
        names = session.scalars(select(Tenant.name)).all()
        raise WellheadError(
            "there is no such tenant", field="NAME", value=name, remedy=did_you_mean(name, names)
        )
    return found


def _make_administrator(session: Session, tenant: str, email: str) -> str | None:
    user = find_user(session, email)
    password = None
    if user is None:
        password = random_password()
        passwords = auth_state().passwords
        with passwords.turn():
            user = new_user(session, email, passwords.hash(password))
    add_membership(session, user, tenant, [ADMIN])
    session.get_one(Membership, (user.id, tenant)).disabled = False
    return password
