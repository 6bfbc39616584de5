"""The table of directional surveys.

A version of a survey is one row with its stations as arrays: it is written once and never changed,
read whole, and the audit trail has it whole in one entry.
"""

import datetime as dt
import uuid
from enum import StrEnum

import numpy as np
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wellhead import sdk
from wellhead_wells.models import Base, Wellbore
from wellhead_wells.surveys.calc import Stations


class SurveyKind(StrEnum):
    """How the stations came to be."""

    PLAN = "plan"
    MWD = "mwd"
    GYRO = "gyro"
    SINGLE_SHOT = "single shot"
    MULTI_SHOT = "multi shot"
    INCLINOMETER = "inclinometer"
    COMPOSITE = "composite"
    UNKNOWN = "unknown"


class Survey(sdk.RecordMixin, Base):
    """One version of a directional survey, or of a plan.

    version: counts all surveys of the wellbore; replaces: the version that this one corrects
    tool: the instrument or its error model, as a surveyor names it (`MWD+IFR1+MS`)
    md, inclination, azimuth: the stations as entered: md in depth_unit from depth_datum, azimuth in
        degrees from azimuth_reference's north
    magnetic_declination, grid_convergence: degrees, east positive, at the wellhead
    vertical_section_azimuth: degrees, from azimuth_reference's north
    definitive: the one that counts for the wellbore; definitive_since, definitive_by and
        definitive_reason tell of the last time it was made that
    created_by: e-mail of the user, None for the system itself
    """

    __tablename__ = "wells_survey"
    __table_args__ = (
        UniqueConstraint("wellbore_id", "version"),
        UniqueConstraint("replaces_id"),
        UniqueConstraint("id", "wellbore_id"),
        ForeignKeyConstraint(
            ["replaces_id", "wellbore_id"], ["wells_survey.id", "wells_survey.wellbore_id"]
        ),
        Index(
            "uq_wells_survey_definitive",
            "wellbore_id",
            unique=True,
            postgresql_where=text("definitive"),
        ),
        CheckConstraint("depth_unit IN ('m', 'ft')", name="depth_unit"),
        CheckConstraint("NOT (definitive AND kind = 'plan')", name="definitive"),
        CheckConstraint(
            "cardinality(md) > 0 AND cardinality(md) = cardinality(inclination)"
            " AND cardinality(md) = cardinality(azimuth)",
            name="stations",
        ),
    )

    wellbore_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wells_wellbore.id"))
    version: Mapped[int]
    replaces_id: Mapped[uuid.UUID | None]
    name: Mapped[str]
    kind: Mapped[str]
    tool: Mapped[str | None]
    azimuth_reference: Mapped[str]
    magnetic_declination: Mapped[float | None]
    grid_convergence: Mapped[float | None]
    depth_unit: Mapped[str]
    depth_datum: Mapped[str]
    vertical_section_azimuth: Mapped[float | None]
    source: Mapped[str | None]
    remark: Mapped[str | None]
    md: Mapped[list[float]] = mapped_column(ARRAY(Float))
    inclination: Mapped[list[float]] = mapped_column(ARRAY(Float))
    azimuth: Mapped[list[float]] = mapped_column(ARRAY(Float))
    definitive: Mapped[bool]
    definitive_since: Mapped[dt.datetime | None]
    definitive_by: Mapped[str | None]
    definitive_reason: Mapped[str | None]
    created_by: Mapped[str | None]

    wellbore: Mapped[Wellbore] = relationship(Wellbore)

    @property
    def stations(self) -> Stations:
        """The stations as entered."""
        return Stations(np.array(self.md), np.array(self.inclination), np.array(self.azimuth))

    @property
    def station_count(self) -> int:
        return len(self.md)

    @property
    def title(self) -> str:
        """What people are told of it: its name and version."""
        return f"survey {self.name} (version {self.version})"
