"""Volumetric estimates and material balances, kept as versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "reservoir_0004"
down_revision = "reservoir_0003"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def _analysis(name: str, *more: sa.Column[str]) -> None:
    op.create_table(
        f"reservoir_{name}",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", _AT, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", _AT, nullable=False, server_default=sa.func.now()),
        sa.Column(
            "reservoir_id",
            sa.Uuid,
            sa.ForeignKey("reservoir_reservoir.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("inputs", JSONB, nullable=False),
        sa.Column("made_from", JSONB, nullable=False),
        sa.Column("results", JSONB, nullable=False),
        sa.Column("rows", JSONB, nullable=False),
        sa.Column("warnings", JSONB, nullable=False),
        sa.Column("formula", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("remark", sa.Text),
        sa.Column("created_by", sa.Text),
        *more,
        sa.UniqueConstraint("reservoir_id", "version"),
    )


def upgrade() -> None:
    _analysis("volumetric_estimate", sa.Column("sensitivities", JSONB, nullable=False))
    _analysis("gas_balance")
    _analysis(
        "oil_balance",
        sa.Column("x_axis", sa.Text, nullable=False),
        sa.Column("y_axis", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for name in ("oil_balance", "gas_balance", "volumetric_estimate"):
        op.drop_table(f"reservoir_{name}")
