"""The nodes of the plant tree."""

import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from wellhead.database.extension import CoreModel, RecordMixin


class Asset(RecordMixin, CoreModel):
    """A node: `kind` is one that a plugin or the core registered; no parent = a root."""

    __tablename__ = "core_asset"
    __table_args__ = (
        Index(
            "uq_core_asset_parent_id_kind_name",
            "parent_id",
            "kind",
            "name",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    kind: Mapped[str]
    name: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("core_asset.id", ondelete="RESTRICT"), index=True
    )
