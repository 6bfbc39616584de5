"""Tables of what was imported: which record a store's object became, and the objects that have
no other home: messages, risks and mud logs' descriptions."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from wellhead import sdk
from wellhead_wells.models import Wellbore
from wellhead_witsml.models.stores import Base, Store


class ObjectLink(Base):
    """The record that an object of a store became; importing it again changes that record.

    kind: well, wellbore, trajectory, bhaRun; uid_well, uid_wellbore: '' where it has none
    digest: of the content that was imported, where the record is a version that is never changed
    """

    __tablename__ = "witsml_object"

    store_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Store.id, ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    uid_well: Mapped[str] = mapped_column(primary_key=True)
    uid_wellbore: Mapped[str] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[uuid.UUID] = mapped_column(index=True)
    digest: Mapped[str | None]


class ImportedMixin(sdk.RecordMixin):
    """An object of a wellbore of a store.

    source_name: of commonData; changed_at: when the store's object was last changed
    """

    uid: Mapped[str]
    name: Mapped[str | None]
    comments: Mapped[str | None]
    source_name: Mapped[str | None]
    changed_at: Mapped[dt.datetime | None]

    @declared_attr
    def store_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805 (SQLAlchemy calls it with the class)
        return mapped_column(ForeignKey(Store.id))

    @declared_attr
    def wellbore_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        return mapped_column(ForeignKey(Wellbore.id), index=True)

    @declared_attr
    def asset_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        """The wellbore's node of the plant tree, which decides who sees it."""
        return sdk.column_of(Wellbore.asset_id, cls.wellbore_id)


class Message(ImportedMixin, Base):
    """What was told from the rig. message_type: of WITSML's list, or as it came"""

    __tablename__ = "witsml_message"
    __table_args__ = (UniqueConstraint("store_id", "wellbore_id", "uid"),)

    time: Mapped[dt.datetime | None] = mapped_column(index=True)
    message_type: Mapped[str | None] = mapped_column(index=True)
    severity: Mapped[str | None]
    text: Mapped[str | None]
    md: Mapped[float | None]
    depth_unit: Mapped[str | None]


class Risk(ImportedMixin, Base):
    """A hazard that was met or is feared. severity, probability: 1 (least) to 5"""

    __tablename__ = "witsml_risk"
    __table_args__ = (UniqueConstraint("store_id", "wellbore_id", "uid"),)

    risk_type: Mapped[str | None] = mapped_column(index=True)
    category: Mapped[str | None] = mapped_column(index=True)
    sub_category: Mapped[str | None]
    begins_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    ends_at: Mapped[dt.datetime | None]
    md_begin: Mapped[float | None]
    md_end: Mapped[float | None]
    tvd_begin: Mapped[float | None]
    tvd_end: Mapped[float | None]
    depth_unit: Mapped[str | None]
    severity: Mapped[int | None] = mapped_column(index=True)
    probability: Mapped[int | None]
    affected_personnel: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default="{}")
    summary: Mapped[str | None]
    details: Mapped[str | None]
    contingency: Mapped[str | None]
    mitigation: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default="{}")


class MudLog(ImportedMixin, Base):
    """A mud logger's report of an interval, with what was found from depth to depth.

    intervals: list of objects with md_top, md_bottom (in depth_unit), description and lithologies
    """

    __tablename__ = "witsml_mud_log"
    __table_args__ = (UniqueConstraint("store_id", "wellbore_id", "uid"),)

    company: Mapped[str | None]
    engineers: Mapped[str | None]
    md_begin: Mapped[float | None]
    md_end: Mapped[float | None]
    depth_unit: Mapped[str | None]
    intervals: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
