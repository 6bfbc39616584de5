"""Where assets are: the way from the root of the tree down to each, for many at once."""

import uuid
from collections.abc import Collection

from sqlalchemy import select

from wellhead.assets.limits import only_visible
from wellhead.assets.models import Asset
from wellhead.assets.tree import above
from wellhead.database.extension import db


def paths(asset_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Asset]]:
    """The assets from the root to each of these, by id; one query for all.

    For a user limited to assets a path begins at the topmost that they may see; an asset that they
    may not see, or that is not there, has none.
    """
    chains = only_visible(select(Asset).where(Asset.id.in_(above(asset_ids))), Asset.id)
    known = {asset.id: asset for asset in db.session.scalars(chains)}
    return {key: _way(key, dict(known)) for key in asset_ids if key in known}


def _way(key: uuid.UUID, left: dict[uuid.UUID, Asset]) -> list[Asset]:
    way: list[Asset] = []
    at: uuid.UUID | None = key
    while at is not None and at in left:  # each node once, even in a circle
        way.append(left.pop(at))
        at = way[-1].parent_id
    return way[::-1]
