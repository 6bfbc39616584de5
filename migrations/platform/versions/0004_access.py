"""Custom roles, API keys, administrators of the platform, and users limited to assets."""

import datetime as dt

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "platform_0004"
down_revision = "platform_0003"
branch_labels = None
depends_on = None

SCHEMA = "platform"


def upgrade() -> None:
    op.add_column(
        "user",
        sa.Column("platform_admin", sa.Boolean, nullable=False, server_default=sa.false()),
        schema=SCHEMA,
    )
    op.add_column(
        "membership", sa.Column("assets", postgresql.ARRAY(sa.Uuid), nullable=True), schema=SCHEMA
    )
    op.create_table(
        "role",
        sa.Column(
            "tenant",
            sa.Text,
            sa.ForeignKey("platform.tenant.name", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("description", sa.Text),
        sa.Column("permissions", postgresql.ARRAY(sa.Text), nullable=False),
        _now("created_at"),
        _now("updated_at"),
        schema=SCHEMA,
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text), nullable=False),
        _now("created_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["user_id", "tenant"],
            ["platform.membership.user_id", "platform.membership.tenant"],
            ondelete="CASCADE",
            name="fk_api_key_membership",
        ),
        schema=SCHEMA,
    )
    op.create_index("uq_api_key_digest", "api_key", ["digest"], unique=True, schema=SCHEMA)
    op.create_index("ix_api_key_user_id_tenant", "api_key", ["user_id", "tenant"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_table("api_key", schema=SCHEMA)
    op.drop_table("role", schema=SCHEMA)
    op.drop_column("membership", "assets", schema=SCHEMA)
    op.drop_column("user", "platform_admin", schema=SCHEMA)


def _now(name: str) -> sa.Column[dt.datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
