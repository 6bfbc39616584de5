"""Assets by where they are instead of by id: `field:North/pad:Pad 3/well:W-01`."""

import uuid

from sqlalchemy import select

from wellhead.assets.models import Asset
from wellhead.database.extension import db


def asset_names() -> dict[uuid.UUID, str]:
    """The way to each asset of the tenant as one text, which no other asset has: kind and name of
    each step, with `\\/` for a slash in a name and `\\\\` for a backslash."""
    nodes = {
        key: (parent, f"{kind}:{_escaped(name)}")
        for key, parent, kind, name in db.session.execute(
            select(Asset.id, Asset.parent_id, Asset.kind, Asset.name)
        )
    }
    return {key: "/".join(_way(key, nodes)) for key in nodes}


def _way(key: uuid.UUID, nodes: dict[uuid.UUID, tuple[uuid.UUID | None, str]]) -> list[str]:
    way: dict[uuid.UUID, str] = {}
    at: uuid.UUID | None = key
    while at is not None and at not in way:  # each node once, even in a circle
        parent, way[at] = nodes[at]
        at = parent
    return list(way.values())[::-1]


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace("/", "\\/")
