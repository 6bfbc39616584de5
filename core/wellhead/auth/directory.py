"""Members to read: a user and a membership as one record."""

import datetime as dt
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session

from wellhead.auth.models import Membership, User
from wellhead.database.extension import PlatformModel

_rows = (
    select(
        User.id,
        User.email,
        Membership.tenant,
        Membership.roles,
        Membership.assets,
        Membership.disabled,
        Membership.created_at,
    )
    .join(Membership, Membership.user_id == User.id)
    .subquery("member")
)


class Member(PlatformModel):
    """A user in one tenant, to read only. disabled, created_at: of the membership"""

    __table__ = _rows
    __mapper_args__ = {"primary_key": [_rows.c.id, _rows.c.tenant]}  # noqa: RUF012

    id: Mapped[uuid.UUID]
    email: Mapped[str]
    tenant: Mapped[str]
    roles: Mapped[list[str]]
    assets: Mapped[list[uuid.UUID] | None]
    disabled: Mapped[bool]
    created_at: Mapped[dt.datetime]


def find_member(session: Session, tenant: str, user: uuid.UUID) -> Member | None:
    return session.scalar(select(Member).where(Member.tenant == tenant, Member.id == user))
