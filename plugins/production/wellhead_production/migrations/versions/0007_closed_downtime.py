"""Downtime in closed months stays too. An event that lasts may still be ended after them."""

from alembic import op

revision = "production_0007"
down_revision = "production_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION production_refuse_closed_span() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            row_of production_downtime := COALESCE(NEW, OLD);
            begins timestamptz := row_of.start_at;
            ends timestamptz := COALESCE(row_of.end_at, 'infinity');
            found date;
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                -- what is said of the well until then stays: only the time between the two ends
                IF to_jsonb(NEW) - '{end_at,remark,updated_at}'::text[]
                    = to_jsonb(OLD) - '{end_at,remark,updated_at}'::text[]
                THEN
                    begins := LEAST(ends, COALESCE(OLD.end_at, 'infinity'));
                ELSE
                    begins := LEAST(begins, OLD.start_at);
                END IF;
                ends := GREATEST(ends, COALESCE(OLD.end_at, 'infinity'));
            END IF;
            PERFORM FROM production_facility
                WHERE id IN (NEW.facility_id, OLD.facility_id) ORDER BY id FOR SHARE;
            SELECT min(m.month) INTO found
                FROM production_closed_month m JOIN production_facility f ON f.id = m.facility_id
                WHERE f.id IN (NEW.facility_id, OLD.facility_id)
                AND begins < (m.month + interval '1 month' + f.production_day_start::time)
                    AT TIME ZONE f.time_zone
                AND ends > (m.month + f.production_day_start::time) AT TIME ZONE f.time_zone;
            IF found IS NOT NULL AND begins < ends THEN
                RAISE EXCEPTION 'production_downtime: the month of % is closed', found
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER production_closed_span AFTER INSERT OR UPDATE OR DELETE "
        "ON production_downtime FOR EACH ROW EXECUTE FUNCTION production_refuse_closed_span()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER production_closed_span ON production_downtime")
    op.execute("DROP FUNCTION production_refuse_closed_span()")
