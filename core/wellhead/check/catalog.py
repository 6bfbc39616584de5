"""What a database holds, so that two moments of it can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

_EVERYTHING = """
    WITH ours AS (
        SELECT oid, nspname FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    ), extended AS (
        SELECT objid FROM pg_depend WHERE deptype = 'e'
    ), relations AS (
        SELECT c.oid, c.relname, c.relkind, ours.nspname
        FROM pg_class c JOIN ours ON ours.oid = c.relnamespace
        WHERE c.oid NOT IN (SELECT objid FROM extended)
    )
    SELECT 'schema', nspname, nspname, nspname, '' FROM ours
    UNION ALL
    SELECT 'extension', '', extname, extname, extversion FROM pg_extension
    UNION ALL
    SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' WHEN 'S' THEN 'sequence'
           ELSE 'table' END, nspname, relname, relname, ''
    FROM relations WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    UNION ALL
    SELECT 'column', nspname, a.attname, relname,
           format_type(a.atttypid, a.atttypmod) || a.attnotnull::text
           || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
    FROM relations JOIN pg_attribute a ON a.attrelid = relations.oid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT 'index', nspname, i.indexrelid::regclass::text, relname, pg_get_indexdef(i.indexrelid)
    FROM relations JOIN pg_index i ON i.indrelid = relations.oid
    UNION ALL
    SELECT 'constraint', nspname, k.conname, relname, pg_get_constraintdef(k.oid)
    FROM relations JOIN pg_constraint k ON k.conrelid = relations.oid
    UNION ALL
    SELECT 'trigger', nspname, t.tgname, relname, pg_get_triggerdef(t.oid)
    FROM relations JOIN pg_trigger t ON t.tgrelid = relations.oid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'type', nspname, t.typname, t.typname,
           array_to_string(ARRAY(SELECT e.enumlabel FROM pg_enum e WHERE e.enumtypid = t.oid
                                 ORDER BY e.enumsortorder), ',')
    FROM pg_type t JOIN ours ON ours.oid = t.typnamespace
    WHERE t.typtype IN ('e', 'd', 'r') AND t.oid NOT IN (SELECT objid FROM extended)
    UNION ALL
    SELECT 'function', nspname, p.proname, p.proname, pg_get_function_identity_arguments(p.oid)
    FROM pg_proc p JOIN ours ON ours.oid = p.pronamespace
    WHERE p.oid NOT IN (SELECT objid FROM extended)"""


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """Something in a database. on: the table it belongs to, else its own name"""

    kind: str
    schema: str
    name: str
    on: str

    def __str__(self) -> str:
        place = f" of {self.on}" if self.on != self.name else ""
        schema = f" in {self.schema}" if self.schema not in ("", self.name) else ""
        return f"{self.kind} {self.name}{place}{schema}"


Catalog = Mapping[Thing, str]
"""Everything there is, with how it is defined."""


def catalog(connection: psycopg.Connection, without: str) -> Catalog:
    """Of all schemas but PostgreSQL's own; without one table and what belongs to it."""
    rows = connection.execute(_EVERYTHING).fetchall()
    connection.commit()
    things = {Thing(*row[:4]): str(row[4]) for row in rows}
    return {thing: text for thing, text in things.items() if thing.on != without}


def changes(before: Catalog, after: Catalog) -> list[str]:
    """What is new, gone or different, in words, sorted."""
    told = [f"{thing} is new" for thing in after.keys() - before.keys()]
    told += [f"{thing} is gone" for thing in before.keys() - after.keys()]
    both = before.keys() & after.keys()
    told += [f"{thing} is different" for thing in both if before[thing] != after[thing]]
    return sorted(told)
