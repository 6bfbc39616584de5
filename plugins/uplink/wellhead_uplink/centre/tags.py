"""An edge's tags and sources as tags and sources of ours.

A tag of an edge is `<edge>/<name>` here, on the edge's asset until somebody moves it. Which of ours
it is stays by the edge's number of it, so it may be renamed there. With another unit or datatype it
is another tag here, whose name gets a number: readings of two units are never mixed.
"""

import uuid
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import Integer, Table, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from wellhead import sdk
from wellhead_historian import api
from wellhead_historian.models import Tag
from wellhead_uplink.models import Edge, EdgeSource, EdgeTag

_tags = cast(Table, EdgeTag.__table__)
_sources = cast(Table, EdgeSource.__table__)


def take_catalogue(edge: Edge, stream: uuid.UUID, rows: Sequence[dict[str, Any]]) -> None:
    """Know these tags of the edge's from now on. Not committed. Raises WellheadError for a unit
    that is unknown here."""
    session = sdk.db.session
    ids = [row["id"] for row in rows]
    mine = (_tags.c.edge_id == edge.id, _tags.c.stream == stream)
    found = session.execute(select(_tags).where(*mine, _tags.c.edge_tag.in_(ids))).all()
    known = {row.edge_tag: row for row in found}
    new = []
    for row in rows:
        old = known.get(row["id"])
        if old is None or (old.unit, old.datatype) != (row["unit"], row["datatype"]):
            new.append(row)
        elif (old.name, old.quantity) != (row["name"], row["quantity"]):
            _describe(edge, old.tag_id, row)
            _keep(edge, stream, [(row, old.tag_id)])
    here = _known_before(edge, stream, new)
    missing = [row for row in new if _key(row) not in here]
    told = ("datatype", "unit", "quantity", "description", "states", "step")
    free = api.free_names([f"{edge.name}/{row['name']}" for row in missing])
    created = api.create_tags(
        [
            {"name": name, "asset_id": edge.asset_id, **{key: row[key] for key in told}}
            for row, name in zip(missing, free, strict=True)
        ]
    )
    here |= {_key(row): tag for row, tag in zip(missing, created, strict=True)}
    _keep(edge, stream, [(row, here[_key(row)]) for row in new])


def tags_here(edge: Edge, tags: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Our tags for these of the edge's, which are sorted. Raises ApiError `unknown_tags`."""
    wanted = any_(literal(tags.tolist(), ARRAY(Integer)))
    rows = sdk.db.session.execute(
        select(_tags.c.edge_tag, _tags.c.tag_id).where(
            _tags.c.edge_id == edge.id, _tags.c.stream == edge.stream, _tags.c.edge_tag == wanted
        )
    ).all()
    found = dict(rows)
    unknown = [tag for tag in tags.tolist() if tag not in found]
    if unknown:
        raise sdk.ApiError(
            409,
            "unknown_tags",
            f"The edge {edge.name} has not told of {len(unknown)} tags, {unknown[0]} for one.",
        )
    return np.array([found[tag] for tag in tags.tolist()], np.int32)


def sources_here(edge: Edge, sources: Sequence[int]) -> dict[int, int]:
    """Our sources for these of the edge's, made where there are none."""
    session = sdk.db.session
    rows = session.execute(
        select(_sources.c.edge_source, _sources.c.source_id).where(
            _sources.c.edge_id == edge.id, _sources.c.edge_source.in_(sources)
        )
    ).all()
    found: dict[int, int] = dict(rows)
    for source in sources:
        if source not in found:
            found[source] = api.create_source(f"uplink {edge.name}/{source}")
            row = {"edge_id": edge.id, "edge_source": source, "source_id": found[source]}
            session.execute(insert(_sources).values(row))
    return found


def of_edges(tags: npt.NDArray[np.int32]) -> list[int]:
    """Those of our `tags` that are an edge's."""
    wanted = any_(literal(tags.tolist(), ARRAY(Integer)))
    return list(sdk.db.session.scalars(select(_tags.c.tag_id).where(_tags.c.tag_id == wanted)))


def of_edges_not_current(
    tags: npt.NDArray[np.int32], silent_s: float, behind_s: float
) -> list[int]:
    """Those of our `tags` whose edge is silent or behind."""

    def older(moment: Any, seconds: float) -> Any:
        return func.extract("epoch", func.now() - moment) > seconds

    late = Edge.complete_at.is_(None) | older(Edge.complete_at, behind_s)
    wanted = any_(literal(tags.tolist(), ARRAY(Integer)))
    statement = select(_tags.c.tag_id).join(Edge, Edge.id == _tags.c.edge_id)
    return list(
        sdk.db.session.scalars(
            statement.where(_tags.c.tag_id == wanted, late | older(Edge.heard_at, silent_s))
        )
    )


def _key(row: Any) -> tuple[str, str | None, str]:
    return row["name"], row["unit"], row["datatype"]


def _known_before(
    edge: Edge, stream: uuid.UUID, rows: Sequence[dict[str, Any]]
) -> dict[tuple[str, str | None, str], int]:
    """Tags of ours that were these by name and unit in another outbox of the edge, a database that
    was made anew say, and are no other's in this one."""
    taken = select(_tags.c.tag_id).where(_tags.c.edge_id == edge.id, _tags.c.stream == stream)
    found = sdk.db.session.execute(
        select(_tags.c.name, _tags.c.unit, _tags.c.datatype, _tags.c.tag_id).where(
            _tags.c.edge_id == edge.id,
            _tags.c.stream != stream,
            _tags.c.name.in_([row["name"] for row in rows]),
            _tags.c.tag_id.not_in(taken),
        )
    )
    return {(name, unit, datatype): tag for name, unit, datatype, tag in found}


def _describe(edge: Edge, tag: int, row: dict[str, Any]) -> None:
    """The edge calls it otherwise now, or says better what it measures."""
    found = sdk.db.session.get(Tag, tag)
    assert found is not None  # a tag that is mapped cannot be deleted
    name = f"{edge.name}/{row['name']}"
    changes = {"quantity": row["quantity"]}
    if found.name != name and api.free_names([name]) == [name]:
        changes["name"] = name
    api.describe_tag(found, changes)


def _keep(edge: Edge, stream: uuid.UUID, pairs: Sequence[tuple[dict[str, Any], int]]) -> None:
    if not pairs:
        return
    statement = insert(_tags)
    columns = ("tag_id", "name", "unit", "quantity", "datatype")
    sdk.db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["edge_id", "stream", "edge_tag"],
            set_={name: statement.excluded[name] for name in columns},
        ),
        [
            {
                "edge_id": edge.id,
                "stream": stream,
                "edge_tag": row["id"],
                "tag_id": tag,
                "name": row["name"],
                "unit": row["unit"],
                "quantity": row["quantity"],
                "datatype": row["datatype"],
            }
            for row, tag in pairs
        ],
    )
