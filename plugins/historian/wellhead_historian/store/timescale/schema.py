"""The hypertable and its continuous aggregates, made once by the migration that chooses the store.

A row is unique by tag and time: that makes SQL that knows nothing of Wellhead right, and summaries
too when a reading is restated. `historian_minute` is made of readings, `historian_hour` of minutes
and `historian_day` of hours.

Nothing here runs twice on one schema: what changes later is a revision of its own.
"""

from collections.abc import Iterator
from typing import NamedTuple

from wellhead_historian.store.interface import Level

FIND_EXTENSION = """
SELECT quote_ident(n.nspname), e.extversion,
       coalesce(current_setting('timescaledb.license', true), '')
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'timescaledb'
"""
"""An Extension; no row where there is none."""


class Extension(NamedTuple):
    """TimescaleDB in a database. schema: quoted, its functions are in it; license: `timescale`, or
    `apache` for a build that lacks the columnstore"""

    schema: str
    version: str
    license: str


_OLDEST = (2, 22)  # what the reader asks of its catalogue came with it

TIME_MAX = 9_223_371_331_199_999_999
"""The last time that a hypertable knows, of the year 294246, in microseconds since 1970 UTC."""

VIEWS = {
    Level.MINUTE: "historian_minute",
    Level.HOUR: "historian_hour",
    Level.DAY: "historian_day",
}
"""The continuous aggregate of each level."""

_POLICIES = (
    ("historian_minute", "10 minutes", "5 minutes", "1 day"),
    ("historian_hour", "2 hours", "30 minutes", "7 days"),
    ("historian_day", "2 days", "6 hours", None),
)
"""View, how far behind now its refresh stays, how often it runs, after what it is compressed."""

_TABLE = """
CREATE TABLE historian_reading (
    tag_id int4 NOT NULL,
    ts timestamptz NOT NULL,
    value float8 NOT NULL,
    quality int2 NOT NULL,
    CONSTRAINT pk_historian_reading PRIMARY KEY (tag_id, ts)
);
SELECT {ext}.create_hypertable('historian_reading', {ext}.by_range('ts', interval '1 day'),
                               create_default_indexes => false);
ALTER TABLE historian_reading SET (timescaledb.enable_columnstore, timescaledb.segmentby = 'tag_id',
                                   timescaledb.orderby = 'ts');
CALL {ext}.add_columnstore_policy('historian_reading', interval '1 day');
"""

# Integrals need neighbours, which no aggregate of PostgreSQL knows: this one goes through readings,
# or through summaries of them, in order of time. Its state: when the stretch so far ends
# (microseconds), the last value, whether that is usable, then the sums: step, its seconds, linear,
# its seconds. PostgreSQL raises where float64 would overflow or underflow, and one such reading
# would stop the refresh for ever: sums are therefore of values between 1e-290 and 1e290.
_FUNCTIONS = """
CREATE FUNCTION historian_usable(value float8, quality int2) RETURNS bool
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN quality & 64 <> 0 AND value - value = 0;

CREATE FUNCTION historian_term(value float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN abs(value) < 1e-290 THEN 0 ELSE greatest(least(value, 1e290), -1e290) END;

CREATE FUNCTION historian_join(state float8[], begins timestamptz, ends timestamptz, first float8,
    last float8, first_usable bool, last_usable bool, sums float8[])
RETURNS float8[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE gap float8;
BEGIN
    IF state IS NULL THEN
        state := ARRAY[0, 0, 0, 0, 0, 0, 0]::float8[];
    ELSIF state[3] > 0 THEN
        gap := (round(date_part('epoch', begins) * 1e6) - state[1]) / 1e6;
        state[4] := state[4] + state[2] * gap;
        state[5] := state[5] + gap;
        IF first_usable THEN
            state[6] := state[6] + (state[2] + first) / 2 * gap;
            state[7] := state[7] + gap;
        END IF;
    END IF;
    IF sums IS NOT NULL THEN
        state[4] := state[4] + sums[1];
        state[5] := state[5] + sums[2];
        state[6] := state[6] + sums[3];
        state[7] := state[7] + sums[4];
    END IF;
    state[1] := round(date_part('epoch', ends) * 1e6);
    state[2] := last;
    state[3] := last_usable::int;
    RETURN state;
END $$;

CREATE FUNCTION historian_sums(state float8[]) RETURNS float8[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN state[4:7];

CREATE AGGREGATE historian_integrals(timestamptz, timestamptz, float8, float8, bool, bool, float8[])
(SFUNC = historian_join, STYPE = float8[], FINALFUNC = historian_sums, PARALLEL = SAFE);
"""

_MINUTE = """
CREATE MATERIALIZED VIEW historian_minute
WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
SELECT tag_id, {ext}.time_bucket(interval '1 minute', ts) AS bucket,
    count(*) AS count,
    count(*) FILTER (WHERE quality & 192 = 192) AS good,
    count(*) FILTER (WHERE {usable}) AS usable,
    min(value) FILTER (WHERE {usable}) AS minimum,
    max(value) FILTER (WHERE {usable}) AS maximum,
    sum(historian_term(value)) FILTER (WHERE {usable}) AS total,
    {ext}.first(value, ts) FILTER (WHERE {usable}) AS first,
    {ext}.last(value, ts) FILTER (WHERE {usable}) AS last,
    min(ts) AS first_time,
    max(ts) AS last_time,
    {ext}.first({usable}, ts) AS first_usable,
    {ext}.last({usable}, ts) AS last_usable,
    historian_integrals(ts, ts, historian_term(value), historian_term(value), {usable}, {usable},
                        NULL ORDER BY ts) AS integrals
FROM historian_reading GROUP BY 1, 2 WITH NO DATA;
"""

_COARSER = """
CREATE MATERIALIZED VIEW {view}
WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
SELECT tag_id, {ext}.time_bucket(interval '{width}', bucket) AS bucket,
    sum(count)::int8 AS count,
    sum(good)::int8 AS good,
    sum(usable)::int8 AS usable,
    min(minimum) AS minimum,
    max(maximum) AS maximum,
    sum(total) AS total,
    {ext}.first(first, first_time) FILTER (WHERE usable > 0) AS first,
    {ext}.last(last, last_time) FILTER (WHERE usable > 0) AS last,
    min(first_time) AS first_time,
    max(last_time) AS last_time,
    {ext}.first(first_usable, first_time) AS first_usable,
    {ext}.last(last_usable, last_time) AS last_usable,
    historian_integrals(first_time, last_time, historian_term(first), historian_term(last),
                        first_usable, last_usable, integrals ORDER BY first_time) AS integrals
FROM {below} GROUP BY 1, 2 WITH NO DATA;
"""

_REFRESH = """
SELECT {ext}.add_continuous_aggregate_policy('{view}', start_offset => NULL,
    end_offset => interval '{behind}', schedule_interval => interval '{every}');
"""
_COMPRESS = """
ALTER MATERIALIZED VIEW {view} SET (timescaledb.enable_columnstore);
CALL {ext}.add_columnstore_policy('{view}', after => interval '{after}');
"""

_DROP = """
DROP MATERIALIZED VIEW IF EXISTS historian_day;
DROP MATERIALIZED VIEW IF EXISTS historian_hour;
DROP MATERIALIZED VIEW IF EXISTS historian_minute;
DROP TABLE IF EXISTS historian_reading;
DROP AGGREGATE IF EXISTS historian_integrals
    (timestamptz, timestamptz, float8, float8, bool, bool, float8[]);
DROP FUNCTION IF EXISTS historian_sums, historian_join, historian_term, historian_usable;
"""


def why_not(extension: Extension | None) -> str | None:
    """Why the store cannot be made with it; None = it can."""
    if extension is None:
        return "the database does not have TimescaleDB"
    if tuple(int(part) for part in extension.version.split(".")[:2]) < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        return f"TimescaleDB {extension.version} is too old, {oldest} is the oldest that will do"
    if extension.license != "timescale":
        return "this TimescaleDB has no columnstore: it runs under the Apache licence"
    return None


def create_statements(ext: str) -> Iterator[str]:
    """What makes the store, in the schema that is first in the search path.

    ext: the schema that the extension is in, quoted
    """
    yield _TABLE.format(ext=ext)
    yield _FUNCTIONS
    yield _MINUTE.format(ext=ext, usable="historian_usable(value, quality)")
    yield _COARSER.format(ext=ext, view="historian_hour", width="1 hour", below="historian_minute")
    yield _COARSER.format(ext=ext, view="historian_day", width="1 day", below="historian_hour")
    for view, behind, every, after in _POLICIES:
        yield _REFRESH.format(ext=ext, view=view, behind=behind, every=every)
        if after is not None:  # TimescaleDB 2.22 and older take it only after the refresh
            yield _COMPRESS.format(ext=ext, view=view, after=after)


def drop_statements() -> list[str]:
    """What takes it away with all readings, as far as it is there."""
    return [statement for statement in _DROP.split(";\n") if statement.strip()]
