"""Which tenants there are, for what an administrator of the platform does in all of them."""

from sqlalchemy import select

from wellhead.database.extension import platform_session
from wellhead.tenancy.models import Tenant


def tenant_names() -> list[str]:
    """Names of all tenants, suspended ones too, sorted (needs an app context)."""
    with platform_session() as session:
        return list(session.scalars(select(Tenant.name).order_by(Tenant.name)))
