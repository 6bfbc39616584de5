"""What a user who is limited to assets may see: those assets, with all beneath them.

The limit is part of each query, as a subquery that PostgreSQL walks down the tree; a user without
limit gets the query as it was. Code that runs for no user (a gateway, a job, a seed) has no limit.
"""

import uuid
from collections.abc import Collection
from typing import Any, TypeVar

from sqlalchemy import Select, select

from wellhead.assets.models import Asset
from wellhead.assets.tree import Roots, above, below
from wellhead.auth.identity import asset_limit
from wellhead.database.extension import db
from wellhead.errors import WellheadError

Statement = TypeVar("Statement", bound=Select[Any])


def visible_assets() -> Select[tuple[uuid.UUID]] | None:
    """Ids of the assets that the caller may see, for `column.in_(…)`; None = all, no limit."""
    limit = asset_limit()
    return None if limit is None else below(limit)


def assets_below(roots: Collection[uuid.UUID]) -> Select[tuple[uuid.UUID]]:
    """Ids of these assets and of all beneath them, for `column.in_(…)`. One that the caller may not
    see counts as not there, though it lie above one that they may."""
    return below(only_visible(select(Asset.id).where(Asset.id.in_(roots)), Asset.id))


def only_visible(statement: Statement, column: Any) -> Statement:
    """The statement without the rows that the caller may not see.

    column: what leads to a row's asset, `Tag.asset_id`; rows where it is null are nobody's who is
    limited
    """
    seen = visible_assets()
    return statement if seen is None else statement.where(column.in_(seen))


def sees(assets: Roots) -> bool:
    """Whether the caller may see one of these assets (ids, or a statement that selects them). For
    one record this is cheaper than `only_visible`: it walks up, which is a few steps."""
    limit = asset_limit()
    if limit is None:
        return True
    chain = above(assets).subquery()
    return db.session.scalar(select(chain.c.id).where(chain.c.id.in_(limit)).limit(1)) is not None


def require_asset(asset_id: uuid.UUID | None, field: str = "asset_id") -> Asset | None:
    """The asset that a record is to be put on.

    None is the place outside the tree, or the top of it, which only who has no limit may use.
    Raises WellheadError naming `field`, alike for an asset that is not there and one that the
    caller may not see.
    """
    if asset_id is None:
        if asset_limit() is not None:
            raise outside(field)
        return None
    found = db.session.get(Asset, asset_id)
    if found is None or not sees([asset_id]):
        raise WellheadError(
            "there is no such asset",
            field=field,
            value=str(asset_id),
            remedy="Name an asset of GET /api/v1/assets",
        )
    return found


def require_record(model: Any, key: uuid.UUID | int, field: str, *, what: str, listed: str) -> Any:
    """The record that a body names.

    Raises WellheadError naming `field`, alike for one that is not there and one that the caller may
    not see.

    model: a mapped class with `id` and `asset_id`
    what: the record in messages, "rig"
    listed: the operation that lists them, "GET /api/v1/drilling/rigs"
    """
    found = db.session.scalar(only_visible(select(model).where(model.id == key), model.asset_id))
    if found is None:
        raise WellheadError(
            f"there is no such {what}", field=field, value=str(key), remedy=f"Name one of {listed}"
        )
    return found


def shown_parent(asset_id: uuid.UUID, parent_id: uuid.UUID | None) -> uuid.UUID | None:
    """The parent of an asset that the caller sees; None when they may not see the parent. Asks the
    database only about the assets that the caller is limited to: all others lie beneath them."""
    limit = asset_limit()
    if limit is None or parent_id is None or asset_id not in limit:
        return parent_id
    return parent_id if sees([parent_id]) else None


def check_column(model: type[Any], column: Any) -> None:
    """Raises WellheadError for a column that is none of the model: without a join every record
    would be paired with every visible asset, and nothing would be limited."""
    owner = getattr(column, "class_", None)
    if column is not None and (owner is None or not issubclass(model, owner)):
        raise WellheadError(
            f"the column that leads to the asset is not one of {model.__name__}",
            field="asset",
            value=str(column),
            remedy="Name one of its columns, or make it a column_property",
        )


def outside(field: str) -> WellheadError:
    """A record would lie where its author may not see it."""
    return WellheadError(
        "it would lie outside the assets that you are limited to",
        field=field,
        remedy="Name an asset of GET /api/v1/assets",
    )
