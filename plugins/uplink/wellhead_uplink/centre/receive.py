"""Readings of an edge into the store: exactly once, by the position raised in the same transaction.

The edge's row is locked while its readings are stored, so of a request and its repetition, which
may come while the first is still at work, the second finds what the first did.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
from sqlalchemy import Row, Table, func, select, update

from wellhead import sdk
from wellhead_historian.forwarding.session import store_readings, tell
from wellhead_uplink import packing
from wellhead_uplink.centre import edges, tags
from wellhead_uplink.models import Edge, Stream

_streams = cast(Table, Stream.__table__)
_edges = cast(Table, Edge.__table__)


def take_readings(name: str, stream: uuid.UUID, body: bytes) -> int:
    """Store what is new of the frames of `body`, and commit; the position then. Raises ApiError,
    and BatchError for what can never be stored."""
    frames = packing.from_body(body)
    edge = edges.hold(name, stream)
    mine = (_streams.c.edge_id == edge.id, _streams.c.stream == stream)
    known = sdk.db.session.execute(select(_streams).where(*mine)).one()
    if any(frame.id == known.position and frame.crc != known.crc for frame in frames):
        raise sdk.ApiError(
            409, "stream_changed", f"Row {known.position} of {name} came before, and was another."
        )
    new = [frame for frame in frames if known.position is None or frame.id > known.position]
    if not new:
        return int(known.position)
    _check_totals(int(known.total), new)
    batches = store_readings(_translated(edge, packing.unpack_frames(new)))
    # bookkeeping, with each request: on bare tables, so it leaves no audit rows
    sdk.db.session.execute(
        update(_streams)
        .where(*mine)
        .values(
            position=new[-1].id,
            crc=new[-1].crc,
            total=new[-1].total,
            received=_streams.c.received + sum(len(batch) for batch in batches),
            missing=_streams.c.missing + _missing(known, new[0]),
        )
    )
    heard = {"heard_at": func.clock_timestamp()}
    sdk.db.session.execute(update(_edges).where(_edges.c.id == edge.id).values(heard))
    sdk.db.session.commit()
    tell(batches)
    return new[-1].id


def _check_totals(total: int, frames: Sequence[packing.Frame]) -> None:
    """An outbox counts on. Raises BatchError."""
    for frame in frames:
        if frame.total - frame.readings < total:
            raise sdk.BatchError(
                f"counts back, the total was {total}", field=f"frame {frame.id}", value=frame.total
            )
        total = frame.total


def _missing(known: Row[tuple[object, ...]], first: packing.Frame) -> int:
    """Readings between what is here and what came, which never will."""
    if known.position is None:
        return 0
    return max(0, first.total - first.readings - int(known.total))


def _translated(edge: Edge, batches: Sequence[sdk.Batch]) -> list[sdk.Batch]:
    """`batches` under our tags and sources."""
    theirs = np.unique(np.concatenate([batch.tags for batch in batches]))
    ours = tags.tags_here(edge, theirs)
    sources = tags.sources_here(edge, sorted({batch.source for batch in batches}))
    return [
        replace(
            batch,
            source=sources[batch.source],
            tags=ours[np.searchsorted(theirs, batch.tags)],
        )
        for batch in batches
    ]
