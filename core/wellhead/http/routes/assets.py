"""The asset tree over HTTP."""

import uuid
from typing import Any

from flask import current_app
from flask.views import MethodView
from marshmallow import fields, validate

from wellhead.assets.kinds import AssetKinds
from wellhead.assets.models import Asset
from wellhead.database.extension import db
from wellhead.errors import WellheadError
from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.http.fields import Instant
from wellhead.http.resource import Resource

blp = Blueprint("assets", url_prefix="/api/v1/assets", description="The plant tree")
KINDS = "wellhead_asset_kinds"


class AssetSchema(BaseSchema):
    id = fields.UUID(dump_only=True)
    kind = fields.String(required=True, metadata={"description": "See /api/v1/assets/kinds"})
    name = fields.String(required=True, validate=validate.Length(1, 200))
    parent_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "None = a root of the tree"}
    )
    created_at = Instant(dump_only=True)
    updated_at = Instant(dump_only=True)


class KindSchema(BaseSchema):
    name = fields.String()
    title = fields.String()
    parents = fields.List(
        fields.String(), metadata={"description": "Kinds it may hang under; empty = any"}
    )


def _kinds() -> AssetKinds:
    kinds: AssetKinds = current_app.extensions[KINDS]
    return kinds


def _parent(parent_id: uuid.UUID | None) -> Asset | None:
    if parent_id is None:
        return None
    parent = db.session.get(Asset, parent_id)
    if parent is None:
        raise WellheadError(
            "there is no such asset",
            field="parent_id",
            value=str(parent_id),
            remedy="Name an asset of GET /api/v1/assets",
        )
    return parent


def create_asset(data: dict[str, Any]) -> Asset:
    parent = _parent(data.get("parent_id"))
    _kinds().check(data["kind"], parent.kind if parent else None)
    return Asset(**data)


def change_asset(asset: Asset, data: dict[str, Any]) -> None:
    """Rename or move. Raises WellheadError when the new parent hangs below the asset itself."""
    parent = _parent(data["parent_id"]) if data.get("parent_id") else None
    above = parent
    while above is not None:
        if above.id == asset.id:
            raise WellheadError(
                "an asset cannot hang under itself",
                field="parent_id",
                value=str(data["parent_id"]),
                remedy="Choose a parent outside its own branch",
            )
        above = db.session.get(Asset, above.parent_id) if above.parent_id else None
    if data.get("kind", asset.kind) != asset.kind:
        raise WellheadError(
            "an asset stays what it is",
            field="kind",
            value=data["kind"],
            remedy="Create another asset of that kind",
        )
    if parent is not None:
        _kinds().check(asset.kind, parent.kind)
    for name, value in data.items():
        setattr(asset, name, value)


@blp.route("/kinds")
class Kinds(MethodView):
    @blp.permission("assets.read")
    @blp.doc(operationId="listAssetKinds", summary="Kinds of assets")
    @blp.response(200, KindSchema(many=True))
    def get(self) -> list[Any]:
        return list(_kinds().all())


Resource(
    blp,
    path="",
    model=Asset,
    schema=AssetSchema,
    name="asset",
    plural="assets",
    read="assets.read",
    write="assets.edit",
    filters=("kind", "name", "parent_id"),
    sort=("name", "kind", "created_at"),
    create=create_asset,
    update=change_asset,
)
