"""Months that are closed, and what is booked later of them."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wellhead import sdk
from wellhead_production.models.allocation import Exact, Network
from wellhead_production.models.base import Base, OfFacility
from wellhead_wells.models import Well


class ClosedMonth(OfFacility, Base):
    """A month of a facility whose numbers are final; the database refuses any change of them, and
    of this record.

    month: its first day; content: what was reported, as the API showed it then
    fingerprint: of all rows that the close froze, a table each (`months.frozen`)
    """

    __tablename__ = "production_closed_month"
    __table_args__ = (
        UniqueConstraint("facility_id", "month"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
    )

    month: Mapped[dt.date]
    closed_at: Mapped[dt.datetime]
    closed_by: Mapped[str]
    remark: Mapped[str | None]
    accepted: Mapped[list[str]] = mapped_column(JSONB)
    content: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    fingerprint: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Adjustment(OfFacility, Base):
    """What is booked in an open month of a closed one; never changed, another one puts it right.

    month: first day of the closed month; booked_month: first day of the open one
    source: `calculated` = what its allocation would be now less what was reported, or `entered`
    days: of a calculated one, the fingerprint of the inputs that each day was worked out from
    """

    __tablename__ = "production_adjustment"
    __table_args__ = (
        UniqueConstraint("network_id", "number"),
        CheckConstraint("booked_month > month", name="later"),
    )

    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Network.id))
    number: Mapped[int]
    month: Mapped[dt.date]
    booked_month: Mapped[dt.date]
    source: Mapped[str]
    reason: Mapped[str]
    created_by: Mapped[str | None]
    days: Mapped[dict[str, str]] = mapped_column(JSONB)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)

    lines: Mapped[list["AdjustmentLine"]] = relationship(
        viewonly=True, lazy="selectin", order_by="AdjustmentLine.well_id"
    )


class AdjustmentLine(OfFacility, Base):
    """What a well gets more or less, in the network's units of then."""

    __tablename__ = "production_adjustment_line"
    __table_args__ = (UniqueConstraint("adjustment_id", "well_id"),)

    adjustment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Adjustment.id))
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Network.id), index=True)
    booked_month: Mapped[dt.date]
    well_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Well.id), index=True)
    oil: Mapped[Decimal | None] = mapped_column(Exact)
    gas: Mapped[Decimal | None] = mapped_column(Exact)
    water: Mapped[Decimal | None] = mapped_column(Exact)
    liquid_unit: Mapped[str]
    gas_unit: Mapped[str]
    standard_conditions: Mapped[str]

    well_name: Mapped[str] = sdk.column_of(Well.name, well_id)
    month: Mapped[dt.date] = sdk.column_of(Adjustment.month, adjustment_id)
