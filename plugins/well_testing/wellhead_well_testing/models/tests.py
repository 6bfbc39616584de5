"""Well tests, and what was validated of them."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wellhead import sdk
from wellhead_well_testing.models.base import Base, RatesMixin
from wellhead_wells.completions.models import Completion
from wellhead_wells.models import Well


class WellTest(sdk.RecordMixin, RatesMixin, Base):
    """A test of a well, or of one of its completions.

    effective_at: since when its rates stand for the well; None: since start_at
    oil_rate … : what it found, of all its time
    revision: from 1; each that was validated is kept whole in WellTestRevision
    revision_reason: why a validated or rejected test was opened again
    decided_at, decided_by, decision_reason: of the validation or rejection that it stands by
    """

    __tablename__ = "well_testing_test"
    __table_args__ = (
        CheckConstraint("end_at > start_at", name="times"),
        CheckConstraint("state IN ('planned', 'running', 'validated', 'rejected')", name="state"),
        Index("ix_well_testing_test_well_id_state", "well_id", "state", "end_at"),
    )

    well_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Well.id))
    completion_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Completion.id), index=True)
    kind: Mapped[str] = mapped_column(index=True)
    reference: Mapped[str | None]
    state: Mapped[str]
    start_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    end_at: Mapped[dt.datetime | None]
    effective_at: Mapped[dt.datetime | None]
    standard_conditions: Mapped[str]
    separator_pressure: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    separator_temperature: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    remark: Mapped[str | None]
    revision: Mapped[int]
    revision_reason: Mapped[str | None]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[str | None]
    decision_reason: Mapped[str | None]

    well: Mapped[Well] = relationship(Well, viewonly=True)

    asset_id: Mapped[uuid.UUID] = sdk.column_of(Well.asset_id, well_id)
    well_name: Mapped[str] = sdk.column_of(Well.name, well_id)

    @property
    def duration(self) -> float | None:
        """Hours; None while an end is missing."""
        if self.start_at is None or self.end_at is None:
            return None
        return (self.end_at - self.start_at) / dt.timedelta(hours=1)


class WellTestRevision(sdk.RecordMixin, Base):
    """A test as it was validated, whole; never edited.

    content: `{"test": …, "rate_steps": […], "gauge_runs": […]}`, as the API showed them then
    """

    __tablename__ = "well_testing_test_revision"
    __table_args__ = (UniqueConstraint("test_id", "revision"),)

    test_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(WellTest.id, ondelete="CASCADE"))
    revision: Mapped[int]
    revision_reason: Mapped[str | None]
    decided_at: Mapped[dt.datetime]
    decided_by: Mapped[str]
    decision_reason: Mapped[str | None]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
