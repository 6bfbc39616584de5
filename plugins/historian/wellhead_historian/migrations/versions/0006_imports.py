"""Which files of history were imported, so that each is stored once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "historian_0006"
down_revision = "historian_0005"
branch_labels = None
depends_on = None


def _now(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def upgrade() -> None:
    op.create_table(
        "historian_import",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_email", sa.Text),
        sa.Column("parts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("readings", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("skipped", sa.BigInteger, nullable=False, server_default="0"),
        _now("created_at"),
        _now("updated_at"),
    )
    op.create_table(
        "historian_import_part",
        sa.Column("import_id", sa.Text, sa.ForeignKey("historian_import.id"), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("answer", JSONB),
        _now("created_at"),
    )


def downgrade() -> None:
    op.drop_table("historian_import_part")
    op.drop_table("historian_import")
