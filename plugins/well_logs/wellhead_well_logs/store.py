"""Blocks in PostgreSQL: rows upserted by index, and read back.

It works on a psycopg connection inside a tenant, in the caller's transaction, so that a process
which polls a store can write rows and its cursor together. Whoever writes holds the log (`hold`).
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg

from wellhead_well_logs import blocks
from wellhead_well_logs.extremes import edge_texts
from wellhead_well_logs.rows import Rows, in_order, merged, split

Connection = psycopg.Connection[Any]

_OVERLAPPING = """
SELECT id, first_index, last_index, rows FROM well_logs_block
WHERE log_id = %(log)s AND last_index >= %(low)s AND first_index <= %(high)s
ORDER BY first_index
"""
_BEFORE = """
SELECT id, first_index, last_index, rows FROM well_logs_block
WHERE log_id = %(log)s AND last_index < %(low)s ORDER BY first_index DESC LIMIT 1
"""
_AFTER = """
SELECT id, first_index, last_index, rows FROM well_logs_block
WHERE log_id = %(log)s AND first_index > %(high)s ORDER BY first_index LIMIT 1
"""
_INDEXES = "SELECT id, index FROM well_logs_block WHERE id = ANY(%s)"
_EDGES = "SELECT id, edges FROM well_logs_block WHERE id = ANY(%s)"
_OF_COLUMNS = (
    "FROM well_logs_column WHERE block_id = ANY(%(blocks)s) AND curve_id = ANY(%(curves)s)"
)
_VALUES = f'SELECT block_id, curve_id, "values" {_OF_COLUMNS}'
_EXTREMES = f"SELECT block_id, curve_id, extremes {_OF_COLUMNS}"
_COPY_COLUMNS = """
COPY well_logs_column (block_id, curve_id, "values", extremes, count, minimum, maximum, total,
    first_index, last_index) FROM STDIN WITH (FORMAT binary)
"""
_COLUMN_TYPES = ("uuid", "uuid", "bytea", "bytea", "int4", *("float8",) * 5)
_SUMMARISE_CURVES = """
UPDATE well_logs_curve AS curve SET
    count = coalesce(found.count, 0), minimum = found.minimum, maximum = found.maximum,
    mean = found.total / found.count,
    first_index = found.first_index, last_index = found.last_index
FROM well_logs_curve AS own LEFT JOIN (
    SELECT curve_id, sum(count)::int AS count, min(minimum) AS minimum, max(maximum) AS maximum,
        sum(total) AS total, min(part.first_index) AS first_index,
        max(part.last_index) AS last_index
    FROM well_logs_column AS part JOIN well_logs_block AS block ON block.id = part.block_id
    WHERE block.log_id = %(log)s GROUP BY curve_id
) AS found ON found.curve_id = own.id
WHERE curve.id = own.id AND own.log_id = %(log)s
"""
_SUMMARISE_LOG = """
UPDATE well_logs_log SET (rows, first_index, last_index) = (
    SELECT coalesce(sum(rows), 0), min(first_index), max(last_index)
    FROM well_logs_block WHERE log_id = %(log)s
), updated_at = now() WHERE id = %(log)s
"""


@dataclass(frozen=True, slots=True)
class BlockRow:
    """Where a block lies; first, last: its least and greatest index."""

    id: uuid.UUID
    first: float
    last: float
    rows: int


def blocks_of(connection: Connection, log: uuid.UUID, low: float, high: float) -> list[BlockRow]:
    """The blocks that have rows of index low to high, in order."""
    found = connection.execute(_OVERLAPPING, {"log": log, "low": low, "high": high})
    return [BlockRow(*row) for row in found]


def upsert(
    connection: Connection,
    log: uuid.UUID,
    rows: Rows,
    number_curves: Collection[uuid.UUID],
    text_curves: Collection[uuid.UUID],
) -> None:
    """Put the rows into the log: those whose index is there replace what their columns hold.

    number_curves, text_curves: all curves of the log
    """
    if not len(rows):
        return
    rows = in_order(rows)
    touched = _touched(connection, log, float(rows.index[0]), float(rows.index[-1]))
    if touched:
        old = read(connection, touched, number_curves, text_curves)
        rows = merged(old, rows)
        connection.execute(
            "DELETE FROM well_logs_block WHERE id = ANY(%s)", [[block.id for block in touched]]
        )
    _insert(connection, log, rows)
    for statement in (_SUMMARISE_CURVES, _SUMMARISE_LOG):
        connection.execute(statement, {"log": log})


def read(
    connection: Connection,
    found: Sequence[BlockRow],
    number_curves: Collection[uuid.UUID],
    text_curves: Collection[uuid.UUID] = (),
    *,
    sketch: bool = False,
) -> Rows:
    """All rows of these blocks, with a column of each of the curves.

    sketch: of each `blocks.STRETCH` rows of a block two: the edges of its index, the extremes of
    its numbers and its first and last text
    """
    ids = [block.id for block in found]
    places: dict[uuid.UUID, slice] = {}
    count = 0
    for block in found:
        rows = 2 * -(-block.rows // blocks.STRETCH) if sketch else block.rows
        places[block.id] = slice(count, count + rows)
        count += rows
    unpack = blocks.unpack_plain if sketch else blocks.unpack
    index = np.empty(count)
    numbers = {curve: np.full(count, np.nan) for curve in number_curves}
    texts: dict[uuid.UUID, blocks.Texts] = {curve: [None] * count for curve in text_curves}
    with connection.cursor(binary=True) as cursor:
        for block_id, stored in cursor.execute(_EDGES if sketch else _INDEXES, [ids]):
            index[places[block_id]] = unpack(stored)
        asked: dict[str, Any] = {"blocks": ids, "curves": list(number_curves)}
        for block_id, curve, stored in cursor.execute(_EXTREMES if sketch else _VALUES, asked):
            numbers[curve][places[block_id]] = unpack(stored)
        if text_curves:
            asked["curves"] = list(text_curves)
            for block_id, curve, stored in cursor.execute(_VALUES, asked):
                cells = blocks.unpack_texts(stored)
                if sketch:
                    cells = edge_texts(cells, blocks.STRETCH)
                texts[curve][places[block_id]] = cells
    return Rows(index, numbers, texts)


def copy_blocks(connection: Connection, log: uuid.UUID, new: uuid.UUID) -> None:
    """Give the log `new`, which has the same curves by position, all rows of `log`."""
    connection.execute(
        """
        WITH pairs AS (
            SELECT id AS old_id, gen_random_uuid() AS new_id
            FROM well_logs_block WHERE log_id = %(old)s
        ), made AS (
            INSERT INTO well_logs_block (id, log_id, first_index, last_index, rows, index, edges)
            SELECT new_id, %(new)s, first_index, last_index, rows, index, edges
            FROM pairs JOIN well_logs_block ON id = old_id
        ), curves AS (
            SELECT one.id AS old_id, other.id AS new_id FROM well_logs_curve AS one
            JOIN well_logs_curve AS other ON other.position = one.position
            WHERE one.log_id = %(old)s AND other.log_id = %(new)s
        )
        INSERT INTO well_logs_column (block_id, curve_id, "values", extremes, count, minimum,
            maximum, total, first_index, last_index)
        SELECT pairs.new_id, curves.new_id, "values", extremes, count, minimum, maximum, total,
            first_index, last_index
        FROM well_logs_column
        JOIN pairs ON pairs.old_id = block_id JOIN curves ON curves.old_id = curve_id
        """,
        {"old": log, "new": new},
    )
    for statement in (_SUMMARISE_CURVES, _SUMMARISE_LOG):
        connection.execute(statement, {"log": new})


def _touched(connection: Connection, log: uuid.UUID, low: float, high: float) -> list[BlockRow]:
    """The blocks that rows from low to high go into: those they overlap, and the neighbours that
    have room, so that a log which grows by a few rows a time has few blocks."""
    asked = {"log": log, "low": low, "high": high}
    before, after = (
        [BlockRow(*row) for row in connection.execute(statement, asked)]
        for statement in (_BEFORE, _AFTER)
    )
    beside = [block for block in (*before, *after) if block.rows < blocks.BLOCK_ROWS]
    found = [*blocks_of(connection, log, low, high), *beside]
    return sorted(found, key=lambda block: block.first)


def _insert(connection: Connection, log: uuid.UUID, rows: Rows) -> None:
    pieces = [(uuid.uuid4(), piece) for piece in split(rows)]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO well_logs_block (id, log_id, first_index, last_index, rows, index, edges)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    block,
                    log,
                    float(piece.index[0]),
                    float(piece.index[-1]),
                    len(piece),
                    *blocks.pack_index(piece.index),
                )
                for block, piece in pieces
            ],
        )
        with cursor.copy(_COPY_COLUMNS) as copy:
            copy.set_types(_COLUMN_TYPES)
            for block, piece in pieces:
                _copy_columns(copy, block, piece)


def _copy_columns(copy: psycopg.Copy, block: uuid.UUID, piece: Rows) -> None:
    packed = [(key, blocks.pack_numbers(values)) for key, values in piece.numbers.items()]
    packed += [(key, blocks.pack_texts(texts)) for key, texts in piece.texts.items()]
    for curve, one in packed:
        if one is None:
            continue
        copy.write_row(
            (
                block,
                curve,
                one.values,
                one.extremes,
                one.count,
                one.minimum,
                one.maximum,
                one.total,
                float(piece.index[one.first]),
                float(piece.index[one.last]),
            )
        )
