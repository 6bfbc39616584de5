"""Calculated tags: definitions, what is to be evaluated, and how it stands."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "calculations_0001"
down_revision = None
branch_labels = None
depends_on = None


def _time(name: str, default: str | None = "now()") -> "sa.Column[object]":
    made = None if default is None else sa.text(default)
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=made)


def _calculation(*, primary_key: bool) -> "sa.Column[object]":
    key = sa.ForeignKey("calculations_calculation.tag_id", ondelete="CASCADE")
    return sa.Column(
        "tag_id", sa.Integer, key, primary_key=primary_key, nullable=False, autoincrement=False
    )


def upgrade() -> None:
    op.create_table(
        "calculations_calculation",
        sa.Column(
            "tag_id",
            sa.Integer,
            sa.ForeignKey("historian_tag.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("expression", sa.Text),
        sa.Column("period", sa.Text),
        sa.Column("zone", sa.Text),
        sa.Column("day_start", sa.Text),
        sa.Column("least_share", sa.Double),
        sa.Column("max_age_s", sa.Double, nullable=False),
        _time("start", None),
        _time("created_at"),
        _time("updated_at"),
    )
    op.create_table(
        "calculations_input",
        sa.Column(
            "calculation_id",
            sa.Integer,
            sa.ForeignKey("calculations_calculation.tag_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("tag_id", sa.Integer, sa.ForeignKey("historian_tag.id"), primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
    )
    op.create_index("ix_calculations_input_tag_id", "calculations_input", ["tag_id"])
    op.create_table(
        "calculations_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
        sa.CheckConstraint("id = 1", name="one"),
    )
    op.execute("INSERT INTO calculations_head (id) VALUES (1)")
    op.create_table(
        "calculations_dirty",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("tags", ARRAY(sa.Integer), nullable=False),
        sa.Column("begins", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("ends", ARRAY(sa.BigInteger), nullable=False),
    )
    op.create_table(
        "calculations_due",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _calculation(primary_key=False),
        sa.Column("begins", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("redo", sa.Boolean, nullable=False),
        _time("ready_at", "clock_timestamp()"),
    )
    op.create_index("ix_calculations_due_ready_at", "calculations_due", ["ready_at"])
    op.create_index("ix_calculations_due_tag_id", "calculations_due", ["tag_id"])
    op.create_table(
        "calculations_state",
        _calculation(primary_key=True),
        sa.Column("evaluated_at", sa.DateTime(timezone=True)),
        sa.Column("results", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
    )


def downgrade() -> None:
    for table in ("state", "due", "dirty", "head", "input", "calculation"):
        op.drop_table(f"calculations_{table}")
