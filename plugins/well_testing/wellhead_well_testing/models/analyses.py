"""Analyses that are kept with a test: each a version of its own, with what went into it."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_well_testing.models.base import Base
from wellhead_well_testing.models.tests import WellTest


class Analysis(sdk.RecordMixin, Base):
    """An analysis as an engineer made it; never changed, the next one is the next version.

    inputs: as its schema shows them; system: units of its results; tables: the columns of its plots
    """

    __tablename__ = "well_testing_analysis"
    __table_args__ = (UniqueConstraint("test_id", "kind", "version"),)

    test_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(WellTest.id, ondelete="CASCADE"))
    kind: Mapped[str]
    version: Mapped[int]
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_from: Mapped[list[str]] = mapped_column(JSONB)
    results: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    warnings: Mapped[list[str]] = mapped_column(JSONB)
    tables: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, deferred=True)
    system: Mapped[str]
    source: Mapped[str]
    remark: Mapped[str | None]
    created_by: Mapped[str | None]

    asset_id: Mapped[uuid.UUID] = sdk.column_of(WellTest.asset_id, test_id)
    standard_conditions: Mapped[str] = sdk.column_of(WellTest.standard_conditions, test_id)
    well_name: Mapped[str] = sdk.column_of(WellTest.well_name, test_id)
