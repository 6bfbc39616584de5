"""The table of tenants."""

import datetime as dt

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from wellhead.database.extension import PlatformModel


class Tenant(PlatformModel):
    """One company's data. A suspended tenant's users cannot log in."""

    __tablename__ = "tenant"

    name: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    suspended: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
