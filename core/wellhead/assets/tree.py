"""Questions about the plant tree, each one query, and the one way to move a node.

Every walk ends even in a tree with a circle (somebody wrote to the database by hand): `UNION` drops
what it has seen.
"""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, literal, select, text

from wellhead.assets.models import Asset
from wellhead.database.events import emit
from wellhead.database.extension import db
from wellhead.errors import WellheadError

MOVED = "assets.moved"
"""Kind of the event of a move: `id`, and the parents `before` and `after` (None = a root)."""

Roots = Collection[uuid.UUID] | Select[Any]

# the schema is the tenant's: moves of two tenants do not wait for each other
_ONE_MOVE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('wellhead asset move ' || current_schema(), 0))"
)


def below(roots: Roots, depth: int | None = None) -> Select[tuple[uuid.UUID]]:
    """Ids of these assets and of all beneath them, for `column.in_(…)`.

    roots: ids, or a statement that selects them; those that are not there are left out
    depth: levels beneath the roots; None = all
    """
    if depth is None:
        tree = select(Asset.id).where(Asset.id.in_(roots)).cte(recursive=True)
        tree = tree.union(select(Asset.id).where(Asset.parent_id == tree.c.id))
        return select(tree.c.id)
    level = literal(0).label("level")
    levels = select(Asset.id, level).where(Asset.id.in_(roots)).cte(recursive=True)
    levels = levels.union(
        select(Asset.id, levels.c.level + 1).where(
            Asset.parent_id == levels.c.id, levels.c.level < depth
        )
    )
    return select(levels.c.id)


def above(assets: Roots) -> Select[tuple[uuid.UUID]]:
    """Ids of these assets and of all they hang under."""
    chain = select(Asset.id, Asset.parent_id).where(Asset.id.in_(assets)).cte(recursive=True)
    chain = chain.union(select(Asset.id, Asset.parent_id).where(Asset.id == chain.c.parent_id))
    return select(chain.c.id)


def move_asset(asset: Asset, parent_id: uuid.UUID | None, field: str = "parent_id") -> None:
    """Hang an asset, with all beneath it, under another one; None makes it a root.

    To the end of the transaction no other move of the tenant begins: two that are well each by
    itself could make a circle together. Emits `assets.moved`. The kinds are the caller's to check.
    Raises WellheadError naming `field` when the new parent is the asset itself or hangs beneath it.
    """
    if parent_id == asset.parent_id:
        return
    db.session.execute(_ONE_MOVE_AT_A_TIME)
    if parent_id is not None and db.session.scalar(
        select(func.count()).where(Asset.id == asset.id, Asset.id.in_(above([parent_id])))
    ):
        raise WellheadError(
            "an asset cannot hang under itself",
            field=field,
            value=str(parent_id),
            remedy="Choose a parent outside its own branch",
        )
    before, asset.parent_id = asset.parent_id, parent_id
    places = {"before": before, "after": parent_id}
    emit(
        MOVED,
        {"id": str(asset.id), **{key: str(at) if at else None for key, at in places.items()}},
    )
