"""Room that roll-ups leave is used again soon."""

from alembic import op

revision = "historian_0007"
down_revision = "historian_0006"
branch_labels = None
depends_on = None

# Packing an hour writes each tag's rows of hours and of days again, as many bytes as it adds. By
# default a fifth of a table must be dead before a vacuum, in a year the bytes of a month. A vacuum
# looks only at pages that have changed. And a row of up to half a page stays in its page, where
# smaller ones fill what it leaves: in TOAST a piece of it beside one of 1,996 bytes leaves a fifth.
_SETTINGS = {
    "autovacuum_vacuum_threshold": 2000,
    "autovacuum_vacuum_scale_factor": 0,
    "toast_tuple_target": 4080,
}


def upgrade() -> None:
    settings = ", ".join(f"{name} = {value}" for name, value in _SETTINGS.items())
    op.execute(f"ALTER TABLE historian_rollup SET ({settings})")


def downgrade() -> None:
    op.execute(f"ALTER TABLE historian_rollup RESET ({', '.join(_SETTINGS)})")
