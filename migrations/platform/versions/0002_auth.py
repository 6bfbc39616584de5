"""Users, memberships, sessions, failed logins, and the audit of all these."""

import datetime as dt

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "platform_0002"
down_revision = "platform_0001"
branch_labels = None
depends_on = None

SCHEMA = "platform"


def upgrade() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        _now("created_at"),
        _now("updated_at"),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
        schema=SCHEMA,
    )
    op.create_index("uq_user_email", "user", [sa.text("lower(email)")], unique=True, schema=SCHEMA)
    op.create_table(
        "membership",
        sa.Column(
            "user_id",
            sa.Uuid,
            sa.ForeignKey("platform.user.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column(
            "tenant",
            sa.Text,
            sa.ForeignKey("platform.tenant.name", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("roles", postgresql.ARRAY(sa.Text), nullable=False),
        _now("created_at"),
        schema=SCHEMA,
    )
    op.create_index("ix_membership_tenant", "membership", ["tenant"], schema=SCHEMA)
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("refresh_digest", sa.LargeBinary, nullable=False),
        _now("created_at"),
        _now("last_used_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_for", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("user_agent", sa.Text),
        sa.ForeignKeyConstraint(
            ["user_id", "tenant"],
            ["platform.membership.user_id", "platform.membership.tenant"],
            ondelete="CASCADE",
            name="fk_session_membership",
        ),
        schema=SCHEMA,
    )
    op.create_index("ix_session_user_id_tenant", "session", ["user_id", "tenant"], schema=SCHEMA)
    op.create_table(
        "login_failure",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_login_failure_since", "login_failure", ["since"], schema=SCHEMA)
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _now("at"),
        sa.Column("actor_id", sa.Uuid),
        sa.Column("actor_email", sa.Text),
        sa.Column("request_id", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("table_name", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text),
        sa.Column("old", postgresql.JSONB),
        sa.Column("new", postgresql.JSONB),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_audit_table_name_record_id", "audit", ["table_name", "record_id"], schema=SCHEMA
    )
    op.execute(
        """
        CREATE FUNCTION platform.audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the audit trail is only ever added to'; END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON platform.audit
        FOR EACH STATEMENT EXECUTE FUNCTION platform.audit_refuse()
        """
    )


def downgrade() -> None:
    for table in ("audit", "login_failure", "session", "membership", "user"):
        op.drop_table(table, schema=SCHEMA)
    op.execute("DROP FUNCTION platform.audit_refuse()")


def _now(name: str) -> sa.Column[dt.datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
