"""Bit records: which bit drilled what, and how it came out."""

import uuid
from typing import Any

import numpy as np
from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_drilling.calc.hydraulics import total_flow_area
from wellhead_drilling.dull import in_words
from wellhead_drilling.models.base import Base, InWellbore


class BitRecord(InWellbore, Base):
    """A bit on a run; nozzles: count and size of each sort; dull_grade: IADC's eight fields."""

    __tablename__ = "drilling_bit_record"

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drilling_run.id"), index=True)
    number: Mapped[str | None]
    bit_type: Mapped[str]
    iadc_code: Mapped[str | None]
    manufacturer: Mapped[str | None]
    model: Mapped[str | None]
    serial: Mapped[str | None] = mapped_column(index=True)
    size: Mapped[sdk.Quantity] = mapped_column(sdk.QuantityColumn)
    nozzles: Mapped[list[dict[str, Any]]] = mapped_column(sdk.PartsColumn, default=list)
    depth_in: Mapped[float | None]
    depth_out: Mapped[float | None]
    hours: Mapped[float | None]
    dull_grade: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    remark: Mapped[str | None]

    @property
    def total_flow_area(self) -> sdk.Quantity | None:
        """Of all nozzles, mm² where the first is given in mm and in² elsewhere; None of none."""
        if not self.nozzles:
            return None
        sizes = [part["size"].to("m") for part in self.nozzles for _ in range(part["count"])]
        unit = "mm2" if self.nozzles[0]["size"].unit == "mm" else "in2"
        return sdk.Quantity(sdk.Quantity(total_flow_area(np.array(sizes)), "m2").to(unit), unit)

    @property
    def rate_of_penetration(self) -> sdk.Quantity | None:
        """Depth drilled over the hours on bottom; None while one is not known."""
        if self.depth_in is None or self.depth_out is None or not self.hours:
            return None
        return sdk.Quantity((self.depth_out - self.depth_in) / self.hours, f"{self.depth_unit}/h")

    @property
    def dull_grade_text(self) -> str | None:
        """The grade as it is written on a bit record: 1-2-WT-A-X-I-CT-TD."""
        return None if self.dull_grade is None else in_words(self.dull_grade)
