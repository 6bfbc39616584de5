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
    """A person. The e-mail address is unique whatever its case; a disabled user has no access."""

    __tablename__ = "user"
    __table_args__ = (
        Index("uq_user_email", func.lower(text("email")), unique=True),
        {"schema": PLATFORM_SCHEMA},
    )

    email: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text, info={"secret": True})
    disabled: Mapped[bool] = mapped_column(default=False, server_default=false())


class Membership(PlatformModel):
    """A user's roles in one tenant. Without one the tenant does not exist for the user."""

    __tablename__ = "membership"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(User.id, ondelete="CASCADE"), primary_key=True
    )
    tenant: Mapped[str] = mapped_column(
        ForeignKey(Tenant.name, ondelete="CASCADE"), primary_key=True, index=True
    )
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class LoginSession(PlatformModel):
    """One login, from password to logout: the family of all refresh tokens that follow each other.

    id: the `sid` of its access tokens
    refresh_digest: SHA-256 of the one refresh token that is good now; each use replaces it
    expires_at: moves on with each refresh
    revoked_at, revoked_for: set once, `logout`, `password` or `reuse`
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
