"""When wells did not flow, why, and what that cost."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_production.models.base import Base
from wellhead_production.models.facilities import Facility
from wellhead_wells.models import Well


class DowntimeEvent(sdk.RecordMixin, Base):
    """A well that is down from start_at to end_at; None while it is.

    facility_id: whose clock cuts it into production days
    potential_*: what the well would make, a rate; None = the newest validated test's
    """

    __tablename__ = "production_downtime"
    __table_args__ = (CheckConstraint("end_at > start_at", name="times"),)

    well_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Well.id), index=True)
    facility_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Facility.id), index=True)
    start_at: Mapped[dt.datetime]
    end_at: Mapped[dt.datetime | None]
    reason: Mapped[str]
    planned: Mapped[bool]
    potential_oil: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    potential_gas: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    potential_water: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    remark: Mapped[str | None]

    asset_id: Mapped[uuid.UUID] = sdk.column_of(Well.asset_id, well_id)
    well_name: Mapped[str] = sdk.column_of(Well.name, well_id)
