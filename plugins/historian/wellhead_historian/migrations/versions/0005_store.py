"""Which store the tenant's readings are in, once and for all; its hypertable, if it is that."""

import sqlalchemy as sa
from alembic import op

from wellhead import sdk
from wellhead_historian.store.choice import Kind, choose
from wellhead_historian.store.timescale import schema

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
    database = op.get_bind()
    has_readings = database.scalar(sa.text("SELECT EXISTS (SELECT FROM historian_tag_source)"))
    row = database.execute(sa.text(schema.FIND_EXTENSION)).one_or_none()
    extension = None if row is None else schema.Extension(*row)
    configured = sdk.plugin_config("historian")["store"]
    kind = choose(configured, bool(has_readings), schema.why_not(extension))
    if kind is Kind.TIMESCALE and extension is not None:
        for statement in schema.create_statements(extension.schema):
            database.exec_driver_sql(statement)
    database.execute(sa.text("INSERT INTO historian_store (kind) VALUES (:kind)"), {"kind": kind})


def downgrade() -> None:
    for statement in schema.drop_statements():
        op.execute(statement)
    op.drop_table("historian_store")
