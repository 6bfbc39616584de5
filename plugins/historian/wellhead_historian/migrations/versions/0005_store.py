"""Which store the tenant's readings are in, once and for all."""

import sqlalchemy as sa
from alembic import op

revision = "historian_0005"
down_revision = "historian_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "historian_store",
        sa.Column("id", sa.SmallInteger, primary_key=True, server_default="1", autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column(
            "chosen_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
        sa.CheckConstraint("id = 1", name="one"),
    )
    op.execute("INSERT INTO historian_store (kind) VALUES ('packed')")


def downgrade() -> None:
    op.drop_table("historian_store")
