"""Results that are kept with a run: each a version of its own, with what went into it."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_drilling.models.base import Base
from wellhead_drilling.models.runs import Run


class RunResult(sdk.RecordMixin, Base):
    """A calculation that was kept; never changed, the next one is the next version.

    inputs: as its schema shows them; made_from: what of the run they were taken from, in words
    """

    __tablename__ = "drilling_run_result"
    __table_args__ = (UniqueConstraint("run_id", "calculation", "version"),)

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drilling_run.id", ondelete="CASCADE"))
    calculation: Mapped[str]
    version: Mapped[int]
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_from: Mapped[list[str]] = mapped_column(JSONB)
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    formula: Mapped[str]
    source: Mapped[str]
    remark: Mapped[str | None]
    created_by: Mapped[str | None]

    asset_id: Mapped[uuid.UUID] = sdk.column_of(Run.asset_id, run_id)
