"""Memberships can be switched off, and somebody administers the platform."""

import sqlalchemy as sa
from alembic import op

revision = "platform_0006"
down_revision = "platform_0005"
branch_labels = None
depends_on = None

SCHEMA = "platform"


def upgrade() -> None:
    op.add_column(
        "membership",
        sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
        schema=SCHEMA,
    )
    # the tenant `default` is there from the first start: its oldest administrator set all this up
    op.execute(
        """
        UPDATE platform."user" SET platform_admin = true
        WHERE NOT EXISTS (SELECT FROM platform."user" WHERE platform_admin)
        AND id = (
            SELECT u.id FROM platform."user" u
            JOIN platform.membership m ON m.user_id = u.id
            WHERE m.tenant = 'default' AND 'admin' = ANY (m.roles) AND NOT u.disabled
            ORDER BY u.created_at, u.id LIMIT 1
        )
        """
    )


def downgrade() -> None:
    op.drop_column("membership", "disabled", schema=SCHEMA)
