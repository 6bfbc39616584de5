"""Reservoirs, and the wells that are open in them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "reservoir_0001"
down_revision = None
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def _record() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", _AT, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", _AT, nullable=False, server_default=sa.func.now()),
    ]


def upgrade() -> None:
    op.create_table(
        "reservoir_reservoir",
        *_record(),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("asset_id", sa.Uuid, sa.ForeignKey("core_asset.id"), index=True),
        sa.Column("formation", sa.Text, index=True),
        sa.Column("fluid", sa.Text, nullable=False),
        sa.Column("drive", sa.Text, nullable=False),
        sa.Column("depth_unit", sa.Text),
        sa.Column("datum_depth", sa.Float),
        sa.Column("initial_pressure", JSONB),
        sa.Column("temperature", JSONB),
        sa.Column("remark", sa.Text),
    )
    op.create_table(
        "reservoir_well",
        *_record(),
        sa.Column(
            "reservoir_id",
            sa.Uuid,
            sa.ForeignKey("reservoir_reservoir.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("well_id", sa.Uuid, sa.ForeignKey("wells_well.id"), nullable=False, index=True),
        sa.Column("since", sa.Date),
        sa.Column("until", sa.Date),
        sa.Column("remark", sa.Text),
        sa.CheckConstraint("since < until", name="days"),
    )


def downgrade() -> None:
    op.drop_table("reservoir_well")
    op.drop_table("reservoir_reservoir")
