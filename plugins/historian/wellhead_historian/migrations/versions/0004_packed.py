"""Packed readings by tag and hour, their roll-ups, and how a tag is kept and drawn."""

import sqlalchemy as sa
from alembic import op

revision = "historian_0004"
down_revision = "historian_0003"
branch_labels = None
depends_on = None


def _time(name: str, primary_key: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, primary_key=primary_key)


_VACUUM_OFTEN = [
    f"{prefix}autovacuum_{name} = {value}"
    for prefix in ("", "toast.")
    for name, value in (
        ("vacuum_threshold", 2000),
        ("vacuum_scale_factor", 0),
        ("vacuum_insert_threshold", -1),
        ("vacuum_cost_delay", 0),
    )
]


def upgrade() -> None:
    op.create_table(
        "historian_axis",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
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
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("rest", sa.LargeBinary, nullable=False),
    )
    # Who still uses an axis: hundreds of blocks have the same one, which B-trees keep once.
    op.create_index("ix_historian_block_axis_id", "historian_block", ["axis_id"])
    op.create_table(
        "historian_rollup",
        sa.Column("tag_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        _time("begins", primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "historian_packing",
        sa.Column("id", sa.SmallInteger, primary_key=True, server_default="1", autoincrement=False),
        _time("through"),
        _time("finished_at"),
        sa.CheckConstraint("id = 1", name="one"),
    )
    # They are compressed already: pglz would only cost time.
    for table, columns in (
        ("historian_axis", ("ts",)),
        ("historian_block", ("data", "rest")),
        ("historian_rollup", ("data",)),
    ):
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")
    # A block of up to half a page stays in its row: pieces of 2,000 bytes beside it would need more
    # room and another look-up. Of a larger one `rest` has as many bytes as fill such pieces.
    op.execute("ALTER TABLE historian_block SET (toast_tuple_target = 4080)")
    # Packing empties it all the time. By default a fifth of what it ever held must be dead before a
    # vacuum, and a vacuum rests between pages: it would grow to many times what is in it.
    op.execute("ALTER TABLE historian_hot SET (" + ", ".join(_VACUUM_OFTEN) + ")")
    op.add_column(
        "historian_tag",
        sa.Column("tag_class", sa.Text, nullable=False, server_default="default"),
    )
    op.add_column("historian_tag", sa.Column("step", sa.Boolean))


def downgrade() -> None:
    names = ", ".join(setting.split(" = ")[0] for setting in _VACUUM_OFTEN)
    op.execute(f"ALTER TABLE historian_hot RESET ({names})")
    op.drop_column("historian_tag", "step")
    op.drop_column("historian_tag", "tag_class")
    op.drop_table("historian_packing")
    op.drop_table("historian_rollup")
    op.drop_table("historian_block")
    op.drop_table("historian_axis")
