"""Casing strings and the pressure tests of them and of the rock below."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from wellhead import sdk
from wellhead_drilling.calc.hydraulics import equivalent_density
from wellhead_drilling.models.base import Base, InWellbore


class CasingString(InWellbore, Base):
    """A string of casing, a liner or a tieback.

    joints: the tally, from the shoe up: number, length, and what is known of each
    stick_up: what of the joints stands above top_md
    """

    __tablename__ = "drilling_casing_string"

    section_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("drilling_section.id"), index=True
    )
    name: Mapped[str | None]
    string_type: Mapped[str]
    size: Mapped[sdk.Quantity] = mapped_column(sdk.QuantityColumn)
    inner_diameter: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    weight: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    grade: Mapped[str | None]
    connection: Mapped[str | None]
    top_md: Mapped[float | None]
    shoe_md: Mapped[float | None]
    set_at: Mapped[dt.datetime | None]
    stick_up: Mapped[sdk.Quantity | None] = mapped_column(sdk.QuantityColumn)
    joints: Mapped[list[dict[str, Any]]] = mapped_column(sdk.PartsColumn, default=list)
    remark: Mapped[str | None]

    @property
    def tally_length(self) -> sdk.Quantity | None:
        """Length of all joints, in the record's depth_unit or the first joint's; None of none."""
        if not self.joints:
            return None
        unit = self.depth_unit or self.joints[0]["length"].unit
        return sdk.Quantity(sum(joint["length"].to(unit) for joint in self.joints), unit)

    @property
    def tally_difference(self) -> sdk.Quantity | None:
        """By how much the tally without stick-up is longer than from top to shoe."""
        tally = self.tally_length
        if tally is None or self.top_md is None or self.shoe_md is None:
            return None
        above = 0.0 if self.stick_up is None else self.stick_up.to(tally.unit)
        return sdk.Quantity(tally.value - above - (self.shoe_md - self.top_md), tally.unit)


class PressureTest(InWellbore, Base):
    """A pressure test of a casing, or of the rock below its shoe (FIT, LOT)."""

    __tablename__ = "drilling_pressure_test"

    casing_string_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("drilling_casing_string.id"), index=True
    )
    test_type: Mapped[str]
    tested_at: Mapped[dt.datetime]
    md: Mapped[float | None]
    tvd: Mapped[float | None]
    mud_density: Mapped[sdk.Quantity] = mapped_column(sdk.QuantityColumn)
    surface_pressure: Mapped[sdk.Quantity] = mapped_column(sdk.QuantityColumn)
    duration: Mapped[float | None]
    passed: Mapped[bool | None]
    remark: Mapped[str | None]

    @property
    def equivalent_density(self) -> sdk.Quantity | None:
        """The mud that would press as hard at tvd; None while that is not known."""
        if not self.tvd or self.depth_unit is None:
            return None
        found = equivalent_density(
            self.mud_density.to("kg/m3"),
            self.surface_pressure.to("Pa"),
            sdk.Quantity(self.tvd, self.depth_unit).to("m"),
        )
        unit = self.mud_density.unit
        return sdk.Quantity(sdk.Quantity(float(found), "kg/m3").to(unit), unit)
