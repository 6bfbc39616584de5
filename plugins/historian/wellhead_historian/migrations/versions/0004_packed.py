"""Packed readings by tag and hour, their roll-ups, and how a tag is kept and drawn."""

import sqlalchemy as sa
from alembic import op

revision = "historian_0004"
down_revision = "historian_0003"
branch_labels = None
depends_on = None


def _time(name: str, primary_key: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, primary_key=primary_key)


def upgrade() -> None:
    op.create_table(
        "historian_axis",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("source_id", sa.Integer, nullable=False),
        _time("hour"),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("ts", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_historian_axis_hour", "historian_axis", ["hour"])
    op.create_table(
        "historian_block",
        sa.Column("tag_id", sa.Integer, primary_key=True, autoincrement=False),
        _time("hour", primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("axis_id", sa.BigInteger),
        sa.Column("ts", sa.LargeBinary),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("quality", sa.LargeBinary),
    )
    op.create_table(
        "historian_rollup",
        sa.Column("tag_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        _time("begins", primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    # They are compressed already: pglz would only cost time.
    for table, columns in (
        ("historian_axis", ("ts",)),
        ("historian_block", ("ts", "value", "quality")),
        ("historian_rollup", ("data",)),
    ):
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")
    op.add_column(
        "historian_tag",
        sa.Column("tag_class", sa.Text, nullable=False, server_default="default"),
    )
    op.add_column("historian_tag", sa.Column("step", sa.Boolean))


def downgrade() -> None:
    op.drop_column("historian_tag", "step")
    op.drop_column("historian_tag", "tag_class")
    op.drop_table("historian_rollup")
    op.drop_table("historian_block")
    op.drop_table("historian_axis")
