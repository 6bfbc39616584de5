"""Cement jobs: what was pumped behind a casing or into the hole."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_drilling.models.base import Base, InWellbore


class CementJob(InWellbore, Base):
    """A cement job.

    slurries: in the order pumped, each with stage, purpose, density, volume, yield and sacks
    top_md: top of cement; excess: per cent of the open hole's annulus that was pumped more
    shoe_track: length of casing that cement stays in
    """

    __tablename__ = "drilling_cement_job"

    casing_string_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("drilling_casing_string.id"), index=True
    )
    job_type: Mapped[str]
    start_at: Mapped[dt.datetime]
    end_at: Mapped[dt.datetime | None]
    contractor: Mapped[str | None]
    planned_top_md: Mapped[float | None]
    top_md: Mapped[float | None]
    top_found_by: Mapped[str | None]
    hole_diameter: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    excess: Mapped[float | None]
    shoe_track: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    slurries: Mapped[list[dict[str, Any]]] = mapped_column(sdk.PartsColumn, default=list)
    returns: Mapped[str | None]
    plug_bumped: Mapped[bool | None]
    final_pressure: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    remark: Mapped[str | None]
