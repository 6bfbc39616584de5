"""Decline fits that are kept: each a version of its own, with what it was fitted to."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_production.models.base import Base
from wellhead_production.models.facilities import Facility
from wellhead_wells.models import Well


class DeclineFit(sdk.RecordMixin, Base):
    """A curve through the rates of one well, or of a facility's wells together; never changed.

    asset_id: the well's or the facility's, which decides who sees it
    first_day, last_day: of what it was fitted to
    choices: the engineer's, as their schema shows them; results: what came out, as theirs does
    outlook: what the curve and its intervals are drawn from again (`decline.outlook.kept`)
    days, volumes, rates, used: little-endian int32, float64, float64 and bool of each day: its
        ordinal, its volume and rate in the units chosen, and whether the curve was fitted to it.
        The records may be corrected later; what this version was made from stays
    """

    __tablename__ = "production_decline_fit"
    __table_args__ = (
        CheckConstraint("num_nonnulls(well_id, facility_id) = 1", name="of_one"),
        UniqueConstraint("asset_id", "fluid", "version"),
    )

    well_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Well.id), index=True)
    facility_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Facility.id), index=True)
    asset_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(sdk.Asset.id))
    fluid: Mapped[str]
    version: Mapped[int]
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    standard_conditions: Mapped[str]
    last_forecast_day: Mapped[dt.date | None]
    choices: Mapped[dict[str, Any]] = mapped_column(JSONB)
    results: Mapped[dict[str, Any]] = mapped_column(JSONB)
    outlook: Mapped[dict[str, Any]] = mapped_column(JSONB, deferred=True)
    days: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    volumes: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    rates: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    used: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    remark: Mapped[str | None]
    created_by: Mapped[str | None]

    owner_name: Mapped[str] = sdk.column_of(sdk.Asset.name, asset_id)
