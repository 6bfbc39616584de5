"""The asset tree over HTTP."""

import uuid
from typing import Any

from flask import current_app
from flask.views import MethodView
from marshmallow import fields, pre_dump, validate
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from wellhead.assets.kinds import KINDS, AssetKinds
from wellhead.assets.limits import only_visible, require_asset, shown_parent
from wellhead.assets.models import Asset
from wellhead.assets.paths import paths
from wellhead.assets.tree import below, move_asset
from wellhead.database.extension import db
from wellhead.errors import WellheadError
from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.http.fields import Instant
from wellhead.http.listing import Filter
from wellhead.http.refusals import ApiError
from wellhead.http.resource import Resource

blp = Blueprint("assets", url_prefix="/api/v1/assets", description="The plant tree")
MOST_NODES = 1000
"""Of one tree; larger ones are read as lists, in pages."""
_SEPARATOR = " / "
_ASSET = {"in": "path", "name": "id", "description": "Id of the asset"}


class AssetSchema(BaseSchema):
    id = fields.UUID(dump_only=True, metadata={"description": "Of the asset"})
    kind = fields.String(required=True, metadata={"description": "See /api/v1/assets/kinds"})
    name = fields.String(
        required=True,
        validate=[
            validate.Length(1, 200),
            validate.Regexp(r"\S(.*\S)?\Z", error="Must not begin or end with a blank."),
            validate.Predicate("isprintable", error="Must be one line of printable characters."),
        ],
        metadata={"description": "What it is called: no two alike under one parent"},
    )
    parent_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "None = a root of the tree"}
    )
    path = fields.String(
        dump_only=True,
        metadata={
            "description": "Names from the root of the tree (for a user limited to assets: from the"
            " topmost that they may see) to the asset",
            "example": "Field A / Pad 3 / W01",
        },
    )
    created_at = Instant(dump_only=True, metadata={"description": "When it was made"})
    updated_at = Instant(dump_only=True, metadata={"description": "When it was last changed"})

    @pre_dump(pass_collection=True)
    def _with_paths(self, data: Any, many: bool, **_: Any) -> Any:
        """All paths of a page in one query; who may not see the parent is not told its id."""
        records = list(data) if many else [data]
        ways = paths([record.id for record in records])
        shown = [_shown(record, ways.get(record.id, [record])) for record in records]
        return shown if many else shown[0]


class TreeSchema(BaseSchema):
    """An asset with those beneath it."""

    id = fields.UUID(metadata={"description": "Of the asset"})
    kind = fields.String(metadata={"description": "See /api/v1/assets/kinds"})
    name = fields.String(metadata={"description": "What it is called"})
    children = fields.List(
        fields.Nested(lambda: TreeSchema()), metadata={"description": "By name; see `more`"}
    )
    more = fields.Boolean(
        metadata={"description": "True where `depth` ends: there are children that are not shown"}
    )


class TreeQuery(BaseSchema):
    depth = fields.Integer(
        load_default=3,
        validate=validate.Range(1, 20),
        metadata={"description": "Levels beneath the asset"},
    )


class KindSchema(BaseSchema):
    name = fields.String(metadata={"description": "What `kind` of an asset says"})
    title = fields.String(metadata={"description": "For people"})
    parents = fields.List(
        fields.String(), metadata={"description": "Kinds it may hang under; empty = any"}
    )
    moves = fields.Boolean(
        metadata={"description": "Whether an asset may be moved to another parent"}
    )


def _kinds() -> AssetKinds:
    kinds: AssetKinds = current_app.extensions[KINDS]
    return kinds


def _shown(asset: Asset, way: list[Asset]) -> dict[str, Any]:
    return {
        "id": asset.id,
        "kind": asset.kind,
        "name": asset.name,
        "parent_id": way[-2].id if len(way) > 1 else None,
        "path": _SEPARATOR.join(step.name for step in way),
        "created_at": asset.created_at,
        "updated_at": asset.updated_at,
    }


def create_asset(data: dict[str, Any]) -> Asset:
    parent = require_asset(data.get("parent_id"), "parent_id")
    _kinds().check(data["kind"], parent.kind if parent else None)
    return Asset(**data)


def change_asset(asset: Asset, data: dict[str, Any]) -> None:
    """Rename or move. Raises WellheadError for a parent that cannot be, ApiError 409 for a name
    that is taken there."""
    if data.get("kind", asset.kind) != asset.kind:
        raise WellheadError(
            "an asset stays what it is",
            field="kind",
            value=data["kind"],
            remedy="Create another asset of that kind",
        )
    with db.session.no_autoflush:  # its new name may be taken where it was, its old where it goes
        if "parent_id" in data:
            _move(asset, data["parent_id"])
        if data.get("name", asset.name) != asset.name:
            _refuse_taken(asset, data["name"])
            asset.name = data["name"]


def _refuse_taken(asset: Asset, name: str) -> None:
    """409 that does not tell the parent's id, which the caller may not see."""
    taken = select(Asset.id).where(
        Asset.kind == asset.kind,
        Asset.name == name,
        Asset.parent_id.is_not_distinct_from(asset.parent_id),
    )
    if db.session.scalar(taken) is not None:
        message = f"there is a {asset.kind} of this name here already"
        detail = {"field": "name", "value": name, "message": message, "remedy": "Choose another"}
        raise ApiError(409, "conflict", f"name: {message}", [detail])


def _move(asset: Asset, parent_id: uuid.UUID | None) -> None:
    if parent_id == shown_parent(asset.id, asset.parent_id):
        return
    parent = require_asset(parent_id, "parent_id")
    require_asset(asset.parent_id, "parent_id")  # whose place is not visible stays in it
    _kinds().check_move(asset.kind, parent.kind if parent else None)
    move_asset(asset, parent_id)


def _children(statement: Select[Any], parents: list[uuid.UUID]) -> Select[Any]:
    return only_visible(statement.where(Asset.parent_id.in_(parents)), Asset.parent_id)


def _beneath(statement: Select[Any], roots: list[uuid.UUID]) -> Select[Any]:
    children = _children(select(Asset.id), roots)
    return statement.where(Asset.id.in_(below(children)))


def _called(statement: Select[Any], texts: list[str]) -> Select[Any]:
    return statement.where(or_(*(Asset.name.icontains(text, autoescape=True) for text in texts)))


@blp.route("/kinds")
class Kinds(MethodView):
    @blp.permission("assets.read")
    @blp.any_asset
    @blp.doc(operationId="listAssetKinds", summary="Kinds of assets")
    @blp.response(200, KindSchema(many=True))
    def get(self) -> list[Any]:
        return list(_kinds().all())


assets = Resource(
    blp,
    path="",
    model=Asset,
    schema=AssetSchema,
    name="asset",
    plural="assets",
    read="assets.read",
    write="assets.edit",
    filters=("kind", "name"),
    sort=("name", "kind", "created_at"),
    create=create_asset,
    update=change_asset,
    extra={
        "parent_id": Filter(
            fields.UUID(metadata={"description": "Only the children of this asset"}),
            _children,
        ),
        "under": Filter(
            fields.UUID(metadata={"description": "Only assets beneath this one, at any depth"}),
            _beneath,
        ),
        "q": Filter(
            fields.String(
                validate=validate.Length(1, 200),
                metadata={"description": "Only assets with this in their name, whatever the case"},
            ),
            _called,
        ),
    },
    asset=Asset.id,
)


@blp.route("/<uuid:id>/path", parameters=[_ASSET])
class Path(MethodView):
    @blp.permission("assets.read")
    @blp.within_assets
    @blp.doc(operationId="getAssetPath", summary="The assets from the root of the tree to one")
    @blp.response(200, AssetSchema(many=True))
    def get(self, id: uuid.UUID) -> list[Asset]:  # noqa: A002 (the name in the path)
        return paths([assets.find(id).id])[id]


@blp.route("/<uuid:id>/tree", parameters=[_ASSET])
class Tree(MethodView):
    @blp.permission("assets.read")
    @blp.within_assets
    @blp.doc(operationId="getAssetTree", summary="An asset and those beneath it, as a tree")
    @blp.arguments(TreeQuery, location="query")
    @blp.response(200, TreeSchema)
    def get(self, query: dict[str, int], id: uuid.UUID) -> dict[str, Any]:  # noqa: A002
        return _tree(assets.find(id), query["depth"])


def _tree(root: Asset, depth: int) -> dict[str, Any]:
    child = aliased(Asset)
    more = select(child.id).where(child.parent_id == Asset.id).exists()
    found = db.session.execute(
        select(Asset, more)
        .where(Asset.id.in_(below([root.id], depth)))
        .order_by(Asset.name, Asset.kind)
        .limit(MOST_NODES + 1)
    ).all()
    if len(found) > MOST_NODES:
        raise WellheadError(
            f"there are more than {MOST_NODES} assets so deep",
            field="depth",
            value=depth,
            remedy="Ask for fewer levels, or page through GET /api/v1/assets?under=…",
        )
    nodes: dict[uuid.UUID, dict[str, Any]] = {
        asset.id: {"id": asset.id, "kind": asset.kind, "name": asset.name, "children": []}
        for asset, _ in found
    }
    for asset, _ in found:
        if asset.id != root.id and asset.parent_id in nodes:
            nodes[asset.parent_id]["children"].append(nodes[asset.id])
    for asset, has_children in found:
        node = nodes[asset.id]
        node["more"] = bool(has_children) and not node["children"]
    return nodes[root.id]
