"""The user on whose behalf the code runs."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from wellhead.auth.errors import login_needed, permission_denied, token_missing


@dataclass(frozen=True, slots=True)
class Identity:
    """A user inside a tenant, as of this request.

    tenant: its name
    session: the login that the access token belongs to; None for an API key, see `key`
    assets: ids of the assets that the user is limited to, with all beneath; None = no limit
    platform_admin: may make and suspend tenants
    """

    id: uuid.UUID
    email: str
    tenant: str
    roles: tuple[str, ...]
    permissions: frozenset[str]
    session: uuid.UUID | None
    assets: tuple[uuid.UUID, ...] | None = None
    platform_admin: bool = False
    key: uuid.UUID | None = None

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    @property
    def login(self) -> uuid.UUID:
        """The session. Raises AuthError (403) for an API key, which has none."""
        if self.session is None:
            raise login_needed()
        return self.session

    def require(self, permission: str) -> None:
        """Raises AuthError (403) without it."""
        if not self.may(permission):
            raise permission_denied(permission)


_current: ContextVar[Identity | None] = ContextVar("wellhead_identity", default=None)


def set_identity(identity: Identity | None) -> None:
    """Say who the code from here on runs for; the HTTP kit does it for each request."""
    _current.set(identity)


def identified() -> Identity | None:
    """Who the request comes from; None outside a request that is logged in."""
    return _current.get()


@contextmanager
def acting_as(identity: Identity) -> Iterator[None]:
    """Run the block for this user: for connections that outlast a request."""
    token = _current.set(identity)
    try:
        yield
    finally:
        _current.reset(token)


def asset_limit() -> tuple[uuid.UUID, ...] | None:
    """Ids of the assets that the code is limited to, with all beneath; None = no limit, as for code
    that runs for no user."""
    identity = identified()
    return None if identity is None else identity.assets


def current_user() -> Identity:
    """Who the request comes from. Raises AuthError (401) outside a request that is logged in."""
    identity = _current.get()
    if identity is None:
        raise token_missing()
    return identity
