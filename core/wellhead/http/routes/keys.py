"""One's own API keys, for programs."""

import datetime as dt
import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy import Select, select

from wellhead.auth.identity import current_user
from wellhead.auth.keys import MAX_DAYS, create_key, revoke_key
from wellhead.auth.models import ApiKey
from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.http.fields import Instant
from wellhead.http.refusals import not_found

blp = Blueprint("keys", url_prefix="/api/v1/auth/keys", description="API keys for programs")
_MAX_SCOPES = 500
_KEY = {"in": "path", "name": "id", "description": "Id of the API key"}


class KeySchema(BaseSchema):
    id = fields.UUID(metadata={"description": "Of the key, to revoke it by"})
    name = fields.String(metadata={"description": "What it is for, for people"})
    scopes = fields.List(
        fields.String(), metadata={"description": "Permissions that it has, if its owner has them"}
    )
    created_at = Instant(metadata={"description": "When it was made"})
    expires_at = Instant(metadata={"description": "When it ends by itself"})
    last_used_at = Instant(
        allow_none=True, metadata={"description": "To the minute; null = it never was"}
    )
    revoked_at = Instant(allow_none=True, metadata={"description": "null = it was not revoked"})


class NewKeySchema(BaseSchema):
    name = fields.String(
        required=True,
        validate=validate.Length(1, 100),
        metadata={"description": "What it is for, for people"},
    )
    scopes = fields.List(
        fields.String(validate=validate.Length(1, 100)),
        required=True,
        validate=validate.Length(1, _MAX_SCOPES),
        metadata={"description": "Permissions that you have, see `permissions` of /auth/me"},
    )
    expires_at = Instant(
        load_default=None, metadata={"description": f"At most {MAX_DAYS} days from now; or `days`"}
    )
    days = fields.Integer(
        load_default=None,
        strict=True,
        validate=validate.Range(1, MAX_DAYS),
        metadata={"description": "How long it is good for, in place of `expires_at`"},
    )

    @validates_schema(skip_on_field_errors=True)
    def _check_end(self, data: dict[str, Any], **_: Any) -> None:
        if (data["expires_at"] is None) == (data["days"] is None):
            raise ValidationError("Give either expires_at or days: a key has an end.", "days")


class MadeKeySchema(KeySchema):
    key = fields.String(
        metadata={"description": "For `Authorization: Bearer whk_…`; shown this once"}
    )


@blp.route("")
class Keys(MethodView):
    @blp.permission("keys.use")
    @blp.any_asset
    @blp.doc(operationId="listKeys", summary="List one's own API keys for this tenant")
    @blp.listing(KeySchema, ApiKey, sort=("created_at", "name"), shared=True)
    def get(self) -> Select[Any]:
        user = current_user()
        return select(ApiKey).where(ApiKey.user_id == user.id, ApiKey.tenant == user.tenant)

    @blp.permission("keys.use")
    @blp.any_asset
    @blp.login_only
    @blp.doc(operationId="createKey", summary="Make an API key; the answer alone shows it")
    @blp.arguments(NewKeySchema)
    @blp.response(201, MadeKeySchema)
    def post(self, data: dict[str, Any]) -> dict[str, Any]:
        ends = data["expires_at"] or dt.datetime.now(dt.UTC) + dt.timedelta(days=data["days"])
        key, text = create_key(current_user(), data["name"], data["scopes"], ends)
        fields_of = ("id", "name", "scopes", "created_at", "expires_at", "last_used_at")
        return {name: getattr(key, name) for name in fields_of} | {"revoked_at": None, "key": text}


@blp.route("/<uuid:id>", parameters=[_KEY])
class Key(MethodView):
    @blp.permission("keys.use")
    @blp.any_asset
    @blp.login_only
    @blp.doc(operationId="revokeKey", summary="Revoke one of one's own API keys")
    @blp.response(200)
    def delete(self, id: uuid.UUID) -> None:  # noqa: A002 (the name in the path)
        if not revoke_key(current_user().id, current_user().tenant, id):
            raise not_found("API key", id)
