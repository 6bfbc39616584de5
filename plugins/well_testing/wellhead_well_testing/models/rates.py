"""The rates of a test: steps, each of which lasts until the next."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_well_testing.models.base import Base, RatesMixin
from wellhead_well_testing.models.tests import WellTest


class RateStep(sdk.RecordMixin, RatesMixin, Base):
    """Constant rates from start_at until the next step, or the end of the test. All rates zero: the
    well is shut in. Steps before the test are the history that a pressure still remembers."""

    __tablename__ = "well_testing_rate_step"
    __table_args__ = (UniqueConstraint("test_id", "start_at"),)

    test_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(WellTest.id, ondelete="CASCADE"))
    start_at: Mapped[dt.datetime]
    remark: Mapped[str | None]

    asset_id: Mapped[uuid.UUID] = sdk.column_of(WellTest.asset_id, test_id)
    standard_conditions: Mapped[str] = sdk.column_of(WellTest.standard_conditions, test_id)
