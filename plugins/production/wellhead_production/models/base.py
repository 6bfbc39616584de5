"""What the plugin's records share."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from wellhead import sdk
from wellhead_production.models.facilities import Base, Facility

__all__ = ["Base", "OfFacility"]


class OfFacility(sdk.RecordMixin):
    """A record of one facility, seen by who sees that."""

    @declared_attr
    def facility_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805 (SQLAlchemy calls it with the class)
        return mapped_column(ForeignKey(Facility.id), index=True)

    @declared_attr
    def asset_id(cls) -> Mapped[Any]:  # noqa: N805
        return sdk.column_of(Facility.asset_id, cls.facility_id)
