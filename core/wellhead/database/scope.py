"""Whose data the code that runs now may touch: one tenant's, the platform's, or nobody's."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from wellhead.errors import WellheadError

PLATFORM_SCHEMA = "platform"
DEFAULT_TENANT = "default"
"""The tenant that is there from the first start."""
_TENANT_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")


@dataclass(frozen=True, slots=True)
class Scope:
    """tenant: its name, or None for the platform's own schema."""

    tenant: str | None

    @property
    def schema(self) -> str:
        return PLATFORM_SCHEMA if self.tenant is None else f"tenant_{self.tenant}"

    def role(self, prefix: str) -> str:
        """The PostgreSQL role that may touch this scope's schema and nothing else."""
        return f"{prefix}_platform" if self.tenant is None else f"{prefix}_t_{self.tenant}"


_scope: ContextVar[Scope | None] = ContextVar("wellhead_scope", default=None)


def check_tenant_name(name: str) -> str:
    """The name, when it can be one. Raises WellheadError."""
    if not _TENANT_NAME.fullmatch(name):
        raise WellheadError(
            "not a tenant name",
            field="tenant",
            value=name,
            remedy="Use 1 to 30 lower-case letters, digits and _, beginning with a letter",
        )
    return name


def current_scope() -> Scope | None:
    return _scope.get()


def current_tenant() -> str:
    """Name of the tenant set. Raises WellheadError when none is."""
    scope = _scope.get()
    if scope is None or scope.tenant is None:
        raise WellheadError("no tenant is set", remedy="Wrap the code in `with sdk.tenant(name):`")
    return scope.tenant


@contextmanager
def scoped(scope: Scope | None) -> Iterator[None]:
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


def set_scope(scope: Scope | None) -> None:
    """Set the scope for the rest of this context; for the HTTP kit, which sets it a request."""
    _scope.set(scope)
