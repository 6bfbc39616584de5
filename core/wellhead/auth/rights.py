"""What somebody may do in a tenant: the columns that a query asks for, and what follows of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from wellhead.auth.identity import Identity
from wellhead.auth.models import Membership, Role, User
from wellhead.auth.state import auth_state

_OWN = func.array(
    select(func.unnest(Role.permissions))
    .where(Role.tenant == Membership.tenant, Role.name == func.any(Membership.roles))
    .correlate(Membership)
    .scalar_subquery(),
    type_=ARRAY(Text),
)
RIGHTS = (
    User.id,
    User.email,
    Membership.tenant,
    Membership.roles,
    Membership.assets,
    User.platform_admin,
    _OWN,
)
"""To select from User joined with Membership, for `identity_of`."""


def identity_of(
    row: Sequence[Any], *, session: UUID | None = None, key: UUID | None = None
) -> Identity:
    """The identity of a row of RIGHTS, with the session or API key that it acts by."""
    user, email, tenant, roles, assets, platform_admin, own = row
    return Identity(
        user,
        email,
        tenant,
        tuple(roles),
        auth_state().permissions.granted(roles, own, platform_admin),
        session,
        None if assets is None else tuple(assets),
        platform_admin,
        key,
    )
