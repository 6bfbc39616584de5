"""Closed months, which the database keeps closed, and adjustments."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from wellhead_production.migrations.guards import guard, unguard

revision = "production_0004"
down_revision = "production_0003"
branch_labels = None
depends_on = None

_OF_A_DAY = ("daily_record", "meter_total", "allocation_day", "allocated_volume")
_KEPT = ("closed_month", "adjustment", "adjustment_line")
"""Only ever added to."""


def _record() -> list[sa.Column[Any]]:
    now = sa.func.now()
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
    ]


def _key(name: str, table: str, *, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, sa.ForeignKey(f"{table}.id"), nullable=False, index=index)


def _required(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "production_closed_month",
        *_record(),
        _key("facility_id", "production_facility", index=True),
        *_required(sa.Date, "month"),
        *_required(sa.DateTime(timezone=True), "closed_at"),
        *_required(sa.Text, "closed_by"),
        sa.Column("remark", sa.Text),
        *_required(JSONB, "accepted", "content", "fingerprint"),
        sa.UniqueConstraint("facility_id", "month"),
        sa.CheckConstraint("extract(day FROM month) = 1", name="month"),
    )
    op.create_table(
        "production_adjustment",
        *_record(),
        _key("facility_id", "production_facility", index=True),
        _key("network_id", "production_network"),
        *_required(sa.Integer, "number"),
        *_required(sa.Date, "month", "booked_month"),
        *_required(sa.Text, "source", "reason"),
        sa.Column("created_by", sa.Text),
        *_required(JSONB, "days", "changes"),
        sa.UniqueConstraint("network_id", "number"),
        sa.CheckConstraint("booked_month > month", name="later"),
    )
    op.create_table(
        "production_adjustment_line",
        *_record(),
        _key("facility_id", "production_facility", index=True),
        _key("adjustment_id", "production_adjustment"),
        _key("network_id", "production_network", index=True),
        *_required(sa.Date, "booked_month"),
        _key("well_id", "wells_well", index=True),
        *(sa.Column(name, sa.Numeric) for name in ("oil", "gas", "water")),
        *_required(sa.Text, "liquid_unit", "gas_unit", "standard_conditions"),
        sa.UniqueConstraint("adjustment_id", "well_id"),
    )
    _make_functions()
    for table in _OF_A_DAY:
        guard(f"production_{table}")
    for table in ("adjustment", "adjustment_line"):
        guard(f"production_{table}", "booked_month")
    for table in _KEPT:
        op.execute(
            f"CREATE TRIGGER production_kept BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON production_{table} FOR EACH STATEMENT EXECUTE FUNCTION production_refuse_change()"
        )


def _make_functions() -> None:
    # the names carry no schema: the search_path puts them beside the tables
    op.execute(
        """
        CREATE FUNCTION production_refuse_closed() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            found date;
        BEGIN
            -- held to the end of the transaction: no month of theirs is closed in between
            PERFORM FROM production_facility
                WHERE id IN (SELECT facility_id FROM touched) ORDER BY id FOR SHARE;
            EXECUTE format(
                'SELECT min(t.%1$I) FROM (SELECT DISTINCT facility_id, %1$I FROM touched) t
                 JOIN production_closed_month m ON m.facility_id = t.facility_id
                     AND m.month = date_trunc(''month'', t.%1$I)', TG_ARGV[0]
            ) INTO found;
            IF found IS NOT NULL THEN
                RAISE EXCEPTION '%: the month of % is closed', TG_TABLE_NAME, found
                    USING ERRCODE = 'check_violation', HINT = 'Book an adjustment in an open month';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION production_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME
                USING ERRCODE = 'check_violation';
        END $$
        """
    )


def downgrade() -> None:
    for table in _OF_A_DAY:
        unguard(f"production_{table}")
    for table in ("adjustment_line", "adjustment", "closed_month"):
        op.drop_table(f"production_{table}")
    op.execute("DROP FUNCTION production_refuse_change()")
    op.execute("DROP FUNCTION production_refuse_closed()")
