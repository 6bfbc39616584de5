"""Users, what they are in which tenant, and their sessions; schema `platform`."""

import datetime as dt
import uuid

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from wellhead.database.extension import PlatformModel, RecordMixin, metadata
from wellhead.database.scope import PLATFORM_SCHEMA
from wellhead.tenancy.models import Tenant

MAX_EMAIL = 254


class User(RecordMixin, PlatformModel):
    """A person. The e-mail address is unique whatever its case; a disabled user has no access.

    platform_admin: may make and suspend tenants; says nothing about any tenant's data
    """

    __tablename__ = "user"
    __table_args__ = (
        Index("uq_user_email", func.lower(text("email")), unique=True),
        {"schema": PLATFORM_SCHEMA},
    )

    email: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text, info={"secret": True})
    disabled: Mapped[bool] = mapped_column(default=False, server_default=false())
    platform_admin: Mapped[bool] = mapped_column(default=False, server_default=false())


class Membership(PlatformModel):
    """A user's roles in one tenant. Without one the tenant does not exist for the user.

    disabled: the user has no access to this tenant, and keeps that to others

    roles: built-in ones, and the tenant's own (`Role`)
    assets: ids of the assets that the user is limited to, with all beneath them; None = no limit
    """

    __tablename__ = "membership"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(User.id, ondelete="CASCADE"), primary_key=True
    )
    tenant: Mapped[str] = mapped_column(
        ForeignKey(Tenant.name, ondelete="CASCADE"), primary_key=True, index=True
    )
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    assets: Mapped[list[uuid.UUID] | None] = mapped_column(ARRAY(Uuid))
    disabled: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Role(PlatformModel):
    """A role that one tenant made for itself, beside the built-in ones."""

    __tablename__ = "role"

    tenant: Mapped[str] = mapped_column(
        ForeignKey(Tenant.name, ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str | None]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class ApiKey(PlatformModel):
    """A key for programs: what its user may do in one tenant, cut to `scopes`, until `expires_at`.

    digest: SHA-256 of the key, which is shown once
    scopes: permissions; what the user may not do, no key of the user may
    """

    __tablename__ = "api_key"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "tenant"],
            [Membership.user_id, Membership.tenant],
            ondelete="CASCADE",
            name="fk_api_key_membership",
        ),
        Index("uq_api_key_digest", "digest", unique=True),
        Index("ix_api_key_user_id_tenant", "user_id", "tenant"),
        {"schema": PLATFORM_SCHEMA},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    user_id: Mapped[uuid.UUID]
    tenant: Mapped[str]
    name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, info={"secret": True})
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[dt.datetime]
    last_used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]


class LoginSession(PlatformModel):
    """One login, from password to logout: the family of all refresh tokens that follow each other.

    id: the `sid` of its access tokens
    refresh_digest: SHA-256 of the one refresh token that is good now; each use replaces it
    expires_at: moves on with each refresh
    revoked_at, revoked_for: set once, `logout`, `password`, `reuse`, `ended` or `disabled`
    """

    __tablename__ = "session"
    __table_args__ = (
        ForeignKeyConstraint(
            ["user_id", "tenant"],
            [Membership.user_id, Membership.tenant],
            ondelete="CASCADE",
            name="fk_session_membership",
        ),
        Index("ix_session_user_id_tenant", "user_id", "tenant"),
        {"schema": PLATFORM_SCHEMA},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID]
    tenant: Mapped[str]
    refresh_digest: Mapped[bytes] = mapped_column(LargeBinary, info={"secret": True})
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    revoked_for: Mapped[str | None]
    address: Mapped[str | None]
    user_agent: Mapped[str | None]


login_failure = Table(
    "login_failure",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False, index=True),
    schema=PLATFORM_SCHEMA,
)
"""Failed logins of the last minutes; key: SHA-256 of what `wellhead.auth.throttle` counts."""
