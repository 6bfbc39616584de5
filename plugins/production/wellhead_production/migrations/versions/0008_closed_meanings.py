"""What gives the numbers of closed months their meaning stays too: whose day they are of, at which
conditions, of which fluid. Runs are only ever added to."""

from alembic import op

revision = "production_0008"
down_revision = "production_0007"
branch_labels = None
depends_on = None

_RUN = "production_kept"


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION production_refuse_closed_meaning() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM production_closed_month m
                WHERE TG_TABLE_NAME = 'production_facility' AND m.facility_id = OLD.id
            ) OR EXISTS (
                SELECT FROM production_meter_total t JOIN production_closed_month m
                    ON m.facility_id = t.facility_id
                    AND m.month = date_trunc('month', t.production_date)
                WHERE TG_TABLE_NAME = 'production_meter' AND t.meter_id = OLD.id
            ) THEN
                RAISE EXCEPTION '%: months of it are closed', TG_TABLE_NAME
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    _guard("facility", "time_zone", "production_day_start", "standard_conditions")
    _guard("meter", "fluid", "facility_id")
    op.execute(
        f"CREATE TRIGGER {_RUN} BEFORE UPDATE OR DELETE OR TRUNCATE ON production_allocation_run "
        f"FOR EACH STATEMENT EXECUTE FUNCTION production_refuse_change()"
    )


def _guard(table: str, *columns: str) -> None:
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in columns)
    op.execute(
        f"CREATE TRIGGER production_closed_meaning BEFORE UPDATE ON production_{table} "
        f"FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION production_refuse_closed_meaning()"
    )


def downgrade() -> None:
    op.execute(f"DROP TRIGGER {_RUN} ON production_allocation_run")
    for table in ("meter", "facility"):
        op.execute(f"DROP TRIGGER production_closed_meaning ON production_{table}")
    op.execute("DROP FUNCTION production_refuse_closed_meaning()")
