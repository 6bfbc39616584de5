"""Tickets: what a page shows as the first message of its WebSocket instead of an access token.

A browser cannot set headers on a WebSocket, and a token in the URL would end up in logs and
histories. A ticket is good once, for 30 seconds, in any web process of this database, which holds
its SHA-256 only. What it opens is what its session may see when it is used.
"""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, LargeBinary, Table, delete, func, insert

from wellhead.auth.identity import Identity
from wellhead.auth.models import LoginSession
from wellhead.auth.sessions import live_identities
from wellhead.database.extension import metadata, platform_session
from wellhead.database.scope import PLATFORM_SCHEMA

TICKET_SECONDS = 30
PERMISSION = "live.read"
_MAX_TICKET = 100

live_ticket = Table(
    "live_ticket",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column(
        "session_id",
        ForeignKey(LoginSession.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    schema=PLATFORM_SCHEMA,
)


def issue_ticket(session_id: UUID) -> str:
    """A new ticket of a login session; those that have expired are forgotten."""
    ticket = secrets.token_urlsafe(32)
    life = timedelta(seconds=TICKET_SECONDS)
    with platform_session() as session:
        session.execute(delete(live_ticket).where(live_ticket.c.expires_at < func.now()))
        session.execute(
            insert(live_ticket).values(
                digest=_digest(ticket), session_id=session_id, expires_at=func.now() + life
            )
        )
    return ticket


def redeem_ticket(ticket: object) -> Identity | None:
    """Whom the ticket lets in, as of now; None when it is unknown, used, too old, or its session
    has ended or lost the permission. Of any number of attempts one succeeds."""
    if not isinstance(ticket, str) or len(ticket) > _MAX_TICKET:
        return None
    with platform_session() as session:
        found = session.execute(
            delete(live_ticket)
            .where(live_ticket.c.digest == _digest(ticket))
            .returning(live_ticket.c.session_id, live_ticket.c.expires_at > func.now())
        ).one_or_none()
    if found is None or not found[1]:
        return None
    identity = live_identities([found[0]]).get(found[0])
    return identity if identity is not None and identity.may(PERMISSION) else None


def _digest(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).digest()
