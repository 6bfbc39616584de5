"""Tables of wells and wellbores.

Each well and wellbore is also a node of the core's plant tree, so tags, access and live values
reach it without this plugin's help. Its name is the node's, kept there alone, so that renaming
either renames both. What belongs to a well (identifiers, aliases, datums, status history) goes with
it; wellbores do not, they are removed first.
"""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wellhead import sdk
from wellhead_wells.crs import unit_of
from wellhead_wells.depths import from_metres, subsea, to_metres
from wellhead_wells.vocabulary import GROUND_DATUM, SEA_LEVEL_DATUMS

Base: Any = sdk.model_base("wells")


class Well(sdk.RecordMixin, Base):
    """A hole's surface point and all that is drilled from it.

    asset_id: the well's node of the plant tree; name: that node's; parent_asset_id: what the node
        hangs under
    latitude, longitude: WGS84 degrees; source_crs, source_x, source_y: the coordinates as they
        came, in the unit of the named CRS
    location_operation, location_accuracy (m): how the first were converted from the others, None
        when they were entered; location_warning: what is to be known about that
    ground_elevation: of the ground (offshore: of the sea floor, negative), above mean sea level,
        in elevation_unit
    depth_datum: what depths of this well are measured from unless they say otherwise
    """

    __tablename__ = "wells_well"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("elevation_unit IN ('m', 'ft')", name="elevation_unit"),
        Index("ix_wells_well_longitude_latitude", "longitude", "latitude"),
    )

    asset_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(sdk.Asset.id), unique=True)
    status: Mapped[str] = mapped_column(index=True)
    country: Mapped[str | None]
    field: Mapped[str | None] = mapped_column(index=True)
    operator: Mapped[str | None] = mapped_column(index=True)
    well_type: Mapped[str | None]
    purpose: Mapped[str | None]
    fluid: Mapped[str | None]
    spud_date: Mapped[dt.date | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    source_crs: Mapped[str | None]
    source_x: Mapped[float | None]
    source_y: Mapped[float | None]
    location_operation: Mapped[str | None]
    location_accuracy: Mapped[float | None]
    location_warning: Mapped[str | None]
    ground_elevation: Mapped[float | None]
    elevation_unit: Mapped[str | None]
    depth_datum: Mapped[str | None]

    asset: Mapped[sdk.Asset] = relationship(sdk.Asset)
    identifiers: Mapped[list["WellIdentifier"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="WellIdentifier.position"
    )
    aliases: Mapped[list["WellAlias"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="WellAlias.name"
    )
    datums: Mapped[list["WellDatum"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="WellDatum.code"
    )
    status_changes: Mapped[list["StatusChange"]] = relationship(
        cascade="all, delete-orphan", order_by="StatusChange.effective_at"
    )

    name: Mapped[str] = sdk.column_of(sdk.Asset.name, asset_id)
    parent_asset_id: Mapped[uuid.UUID | None] = sdk.column_of(sdk.Asset.parent_id, asset_id)

    @property
    def source_unit(self) -> str | None:
        """The unit of source_x and source_y; None for an unknown CRS."""
        return None if self.source_crs is None else unit_of(self.source_crs)

    def elevations(self) -> dict[str, float]:
        """Elevation above mean sea level in metres of each datum that is known, by code."""
        known = dict.fromkeys(SEA_LEVEL_DATUMS, 0.0)
        if self.ground_elevation is not None and self.elevation_unit is not None:
            known[GROUND_DATUM] = to_metres(self.ground_elevation, self.elevation_unit)
        for datum in self.datums:
            known[datum.code] = to_metres(datum.elevation, datum.unit)
        return known


class IdentifierMixin(sdk.RecordMixin):
    """A number some authority gave, as `identifiers.Identifier` describes it.

    position: its place in the list, from 0
    key: what no other record may have; None for a malformed one and for those of kind other
    """

    position: Mapped[int]
    kind: Mapped[str]
    value: Mapped[str]
    normalised: Mapped[str | None]
    key: Mapped[str | None]
    warning: Mapped[str | None]


class WellIdentifier(IdentifierMixin, Base):
    """An identifier of a well; of a US number the first ten digits are the key."""

    __tablename__ = "wells_well_identifier"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    well_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("wells_well.id", ondelete="CASCADE"), index=True
    )


class WellAlias(sdk.RecordMixin, Base):
    """Another name the well goes by, and in whose naming system."""

    __tablename__ = "wells_well_alias"
    __table_args__ = (UniqueConstraint("well_id", "name"),)

    well_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wells_well.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(index=True)
    system: Mapped[str | None]


class WellDatum(sdk.RecordMixin, Base):
    """A point depths are measured from; elevation above mean sea level in `unit` (m or ft)."""

    __tablename__ = "wells_well_datum"
    __table_args__ = (
        UniqueConstraint("well_id", "code"),
        CheckConstraint("unit IN ('m', 'ft')", name="unit"),
    )

    well_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wells_well.id", ondelete="CASCADE"))
    code: Mapped[str]
    elevation: Mapped[float]
    unit: Mapped[str]


class StatusChange(sdk.RecordMixin, Base):
    """One step of a well's status; never edited, only added.

    from_status: None for the first. effective_at: when it was so in the field; created_at: when
    it was recorded. changed_by: e-mail of the user, None for the system itself
    """

    __tablename__ = "wells_status_change"
    __table_args__ = (UniqueConstraint("well_id", "effective_at"),)

    well_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wells_well.id", ondelete="CASCADE"))
    from_status: Mapped[str | None]
    to_status: Mapped[str]
    effective_at: Mapped[dt.datetime]
    remark: Mapped[str | None]
    changed_by: Mapped[str | None]


class Wellbore(sdk.RecordMixin, Base):
    """A path drilled from the surface point to one bottom.

    md, tvd: total measured and true vertical depth; kickoff_md: where it leaves its parent. All in
    depth_unit, from depth_datum, as entered
    """

    __tablename__ = "wells_wellbore"
    __table_args__ = (
        UniqueConstraint("id", "well_id"),
        ForeignKeyConstraint(
            ["parent_id", "well_id"], ["wells_wellbore.id", "wells_wellbore.well_id"]
        ),
        Index(
            "uq_wells_wellbore_initial",
            "well_id",
            unique=True,
            postgresql_where=text("wellbore_type = 'initial'"),
        ),
        CheckConstraint("depth_unit IN ('m', 'ft')", name="depth_unit"),
        CheckConstraint("parent_id <> id", name="parent"),
    )

    well_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("wells_well.id"), index=True)
    asset_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(sdk.Asset.id), unique=True)
    number: Mapped[str | None]
    wellbore_type: Mapped[str]
    status: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    kickoff_md: Mapped[float | None]
    md: Mapped[float | None]
    tvd: Mapped[float | None]
    depth_unit: Mapped[str | None]
    depth_datum: Mapped[str | None]

    well: Mapped[Well] = relationship(lazy="selectin")
    asset: Mapped[sdk.Asset] = relationship(sdk.Asset)
    identifiers: Mapped[list["WellboreIdentifier"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="WellboreIdentifier.position"
    )

    name: Mapped[str] = sdk.column_of(sdk.Asset.name, asset_id)

    @property
    def tvd_subsea(self) -> float | None:
        """TVD below mean sea level in depth_unit; None while TVD or the datum is not known."""
        if self.tvd is None or self.depth_unit is None or self.depth_datum is None:
            return None
        elevation = self.well.elevations().get(self.depth_datum)
        if elevation is None:
            return None
        return from_metres(subsea(to_metres(self.tvd, self.depth_unit), elevation), self.depth_unit)


class WellboreIdentifier(IdentifierMixin, Base):
    """An identifier of a wellbore; its normalised form is the key."""

    __tablename__ = "wells_wellbore_identifier"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    wellbore_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("wells_wellbore.id", ondelete="CASCADE"), index=True
    )


MODELS = (
    Well,
    WellIdentifier,
    WellAlias,
    WellDatum,
    StatusChange,
    Wellbore,
    WellboreIdentifier,
)
