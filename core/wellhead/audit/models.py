"""The audit tables: `core_audit` in each tenant, `platform.audit` for users and sessions.

They are written by `wellhead.audit.recorder` only, and the database refuses to change a row.
"""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wellhead.database.extension import CoreModel, PlatformModel
from wellhead.database.scope import PLATFORM_SCHEMA


class AuditColumns:
    """One write.

    at: begin of the transaction, UTC; action: insert, update or delete
    record_id: primary key as text, parts joined by a comma; None for a statement over many rows,
        whose `new` then says how many and which
    old, new: column → value; for an update only those that changed; secrets as `***`
    """

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor_id: Mapped[uuid.UUID | None]
    actor_email: Mapped[str | None]
    request_id: Mapped[str | None]
    source: Mapped[str]
    action: Mapped[str]
    table_name: Mapped[str]
    record_id: Mapped[str | None]
    old: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    new: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class AuditEntry(AuditColumns, CoreModel):
    """A write in the tenant's own tables."""

    __tablename__ = "core_audit"
    __table_args__ = (Index("ix_core_audit_table_name_record_id", "table_name", "record_id"),)


class PlatformAuditEntry(AuditColumns, PlatformModel):
    """A write in the tables that tenants share: users, memberships, sessions."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_table_name_record_id", "table_name", "record_id"),
        {"schema": PLATFORM_SCHEMA},
    )
