"""Logs, curves, and the blocks and columns that hold their data."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "well_logs_0001"
down_revision = None
branch_labels = None
depends_on = None


def _record() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
    ]


def _of(name: str, table: str, **options: Any) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(name, sa.Uuid, key, nullable=False, **options)


def upgrade() -> None:
    _create_logs()
    _create_curves()
    _create_blocks()


def _create_logs() -> None:
    op.create_table(
        "well_logs_log",
        *_record(),
        sa.Column(
            "wellbore_id", sa.Uuid, sa.ForeignKey("wells_wellbore.id"), nullable=False, index=True
        ),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("run", sa.Text),
        sa.Column("index_mnemonic", sa.Text, nullable=False),
        sa.Column("index_unit", sa.Text, nullable=False),
        sa.Column("index_known_unit", sa.Text),
        sa.Column("depth_datum", sa.Text),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("step", sa.Float),
        sa.Column("service_company", sa.Text),
        sa.Column("logged_on", sa.Text),
        sa.Column("null_value", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("source_name", sa.Text),
        sa.Column("source_sha256", sa.Text, index=True),
        sa.Column("header", JSONB, nullable=False),
        sa.Column("growing", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("replaces", sa.Uuid, sa.ForeignKey("well_logs_log.id"), unique=True),
        sa.Column("reason", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text),
        sa.Column("rows", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("first_index", sa.Float),
        sa.Column("last_index", sa.Float),
        sa.CheckConstraint("kind IN ('depth', 'time')", name="kind"),
        sa.CheckConstraint("direction IN ('increasing', 'decreasing')", name="direction"),
        sa.CheckConstraint("state IN ('current', 'superseded')", name="state"),
    )
    op.create_index(
        "uq_well_logs_log_current",
        "well_logs_log",
        ["wellbore_id", "name", sa.text("coalesce(run, '')")],
        unique=True,
        postgresql_where=sa.text("state = 'current'"),
    )


def _create_curves() -> None:
    op.create_table(
        "well_logs_curve",
        *_record(),
        _of("log_id", "well_logs_log"),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("mnemonic", sa.Text, nullable=False, index=True),
        sa.Column("unit", sa.Text),
        sa.Column("known_unit", sa.Text),
        sa.Column("quantity", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("data_type", sa.Text, nullable=False),
        sa.Column("dimension", sa.Integer),
        sa.Column("element", sa.Integer),
        sa.Column("count", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("minimum", sa.Float),
        sa.Column("maximum", sa.Float),
        sa.Column("mean", sa.Float),
        sa.Column("first_index", sa.Float),
        sa.Column("last_index", sa.Float),
        sa.UniqueConstraint("log_id", "position"),
        sa.CheckConstraint("data_type IN ('number', 'text')", name="data_type"),
    )


def _create_blocks() -> None:
    op.create_table(
        "well_logs_block",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        _of("log_id", "well_logs_log"),
        sa.Column("first_index", sa.Float, nullable=False),
        sa.Column("last_index", sa.Float, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("index", sa.LargeBinary, nullable=False),
        sa.Column("edges", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "ix_well_logs_block_log_id_first_index", "well_logs_block", ["log_id", "first_index"]
    )
    op.create_table(
        "well_logs_column",
        _of("block_id", "well_logs_block", primary_key=True),
        _of("curve_id", "well_logs_curve", primary_key=True, index=True),
        sa.Column("values", sa.LargeBinary, nullable=False),
        sa.Column("extremes", sa.LargeBinary, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("minimum", sa.Float),
        sa.Column("maximum", sa.Float),
        sa.Column("total", sa.Float),
        sa.Column("first_index", sa.Float, nullable=False),
        sa.Column("last_index", sa.Float, nullable=False),
    )
    # compressed already: PostgreSQL would only try in vain
    for table, names in (("block", ("index", "edges")), ("column", ("values", "extremes"))):
        for name in names:
            op.execute(f'ALTER TABLE well_logs_{table} ALTER COLUMN "{name}" SET STORAGE EXTERNAL')


def downgrade() -> None:
    for table in ("column", "block", "curve", "log"):
        op.drop_table(f"well_logs_{table}")
