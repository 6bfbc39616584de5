"""The audit trail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_audit",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("actor_id", sa.Uuid),
        sa.Column("actor_email", sa.Text),
        sa.Column("request_id", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("table_name", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text),
        sa.Column("old", postgresql.JSONB),
        sa.Column("new", postgresql.JSONB),
    )
    op.create_index("ix_core_audit_table_name_record_id", "core_audit", ["table_name", "record_id"])
    # the names carry no schema: the search_path puts them beside the table
    op.execute(
        """
        CREATE FUNCTION core_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the audit trail is only ever added to'; END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER core_audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON core_audit
        FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse()
        """
    )


def downgrade() -> None:
    op.drop_table("core_audit")
    op.execute("DROP FUNCTION core_audit_refuse()")
