"""The register of gauges."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk

Base: Any = sdk.model_base("acme")


class Gauge(sdk.RecordMixin, Base):
    """One gauge. checked_at: None = never; overdue: as the job last found it"""

    __tablename__ = "acme_gauge"

    name: Mapped[str] = mapped_column(unique=True)
    tank_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("core_asset.id"))
    checked_at: Mapped[dt.datetime | None]
    overdue: Mapped[bool] = mapped_column(server_default="false")
