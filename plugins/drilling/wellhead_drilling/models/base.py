"""What the plugin's tables have in common: the registry, and a place in a wellbore."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from wellhead import sdk
from wellhead_wells.models import Wellbore

Base: Any = sdk.model_base("drilling")


class InWellbore(sdk.RecordMixin):
    """A record of one wellbore, with depths along it.

    depth_unit, depth_datum: of all depths of the record, which are kept as entered
    asset_id: the wellbore's node of the plant tree, which decides who sees the record
    """

    depth_unit: Mapped[str | None]
    depth_datum: Mapped[str | None]

    @declared_attr
    def wellbore_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805 (SQLAlchemy calls it with the class)
        return mapped_column(ForeignKey(Wellbore.id), index=True)

    @declared_attr
    def asset_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805
        return sdk.column_of(Wellbore.asset_id, cls.wellbore_id)
