"""Facilities: where wells flow to, whose clock says what a day is.

A facility is also a node of the core's plant tree, so its tags hang on it. Its name is the node's,
kept there alone.
"""

import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wellhead import sdk

Base: Any = sdk.model_base("production")


class Facility(sdk.RecordMixin, Base):
    """A battery, separator, platform …

    time_zone, production_day_start: the IANA zone and the local time (HH:MM) at which a production
        day begins; it is called by the date on which it begins
    standard_conditions: what its volumes are stated at, of `sdk.units.STANDARD_CONDITIONS`
    """

    __tablename__ = "production_facility"

    asset_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(sdk.Asset.id), unique=True)
    kind: Mapped[str]
    time_zone: Mapped[str]
    production_day_start: Mapped[str]
    standard_conditions: Mapped[str]
    remark: Mapped[str | None]

    asset: Mapped[sdk.Asset] = relationship(sdk.Asset)

    name: Mapped[str] = sdk.column_of(sdk.Asset.name, asset_id)
    parent_asset_id: Mapped[uuid.UUID | None] = sdk.column_of(sdk.Asset.parent_id, asset_id)
