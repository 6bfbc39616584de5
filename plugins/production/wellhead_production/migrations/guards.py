"""Triggers that refuse changes of closed months, for the tables whose rows are of a day.

The application's roles own no table and cannot switch triggers off, so no route, import or
statement of theirs gets around them. A trigger looks at all rows of a statement at once: an import
of a decade pays for it a few times, not once a row.
"""

from alembic import op

_EVENTS = (("insert", "NEW"), ("update", "NEW"), ("update", "OLD"), ("delete", "OLD"))


def guard(table: str, day: str = "production_date") -> None:
    """Refuse writes to rows of `table` whose `facility_id` and `day` are in a closed month."""
    for event, rows in _EVENTS:
        op.execute(
            f"CREATE TRIGGER {_name(event, rows)} AFTER {event} ON {table} "
            f"REFERENCING {rows} TABLE AS touched FOR EACH STATEMENT "
            f"EXECUTE FUNCTION production_refuse_closed('{day}')"
        )


def unguard(table: str) -> None:
    """Take the triggers off `table` again."""
    for event, rows in _EVENTS:
        op.execute(f"DROP TRIGGER {_name(event, rows)} ON {table}")


def _name(event: str, rows: str) -> str:
    return f"production_closed_{event}_{rows.lower()}"
