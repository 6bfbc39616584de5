"""The tenants, for who administers the platform; they are made and dropped by `wellhead tenant`."""

from typing import Any

from flask.views import MethodView
from marshmallow import fields, validate
from sqlalchemy import Select, select

from wellhead.auth.identity import current_user
from wellhead.database.extension import platform_session
from wellhead.errors import WellheadError
from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.http.conditional import require_unchanged
from wellhead.http.fields import Instant
from wellhead.http.refusals import not_found
from wellhead.tenancy.models import Tenant as TenantModel

blp = Blueprint("tenants", url_prefix="/api/v1/tenants", description="The companies served")


_TENANT = {"in": "path", "name": "name", "description": "Name of the tenant"}


class TenantSchema(BaseSchema):
    name = fields.String(dump_only=True, metadata={"description": "The short one, to log in with"})
    title = fields.String(
        allow_none=True,
        validate=validate.Length(1, 200),
        metadata={"description": "The company's name, for people"},
    )
    suspended = fields.Boolean(
        metadata={
            "description": "True: nobody gets in, live connections end; readings are still stored"
        }
    )
    created_at = Instant(dump_only=True, metadata={"description": "When it was made"})


@blp.route("")
class Tenants(MethodView):
    @blp.permission("platform.tenants")
    @blp.any_asset
    @blp.doc(operationId="listTenants", summary="List tenants")
    @blp.listing(
        TenantSchema,
        TenantModel,
        filters=("name", "suspended"),
        sort=("name", "created_at"),
        shared=True,
    )
    def get(self) -> Select[Any]:
        return select(TenantModel)


@blp.route("/<string:name>", parameters=[_TENANT])
class Tenant(MethodView):
    @blp.permission("platform.tenants")
    @blp.any_asset
    @blp.doc(operationId="getTenant", summary="Read a tenant")
    @blp.reads(TenantSchema)
    def get(self, name: str) -> TenantModel:
        with platform_session() as session:
            found = session.get(TenantModel, name)
        if found is None:
            raise not_found("tenant", name)
        return found

    @blp.permission("platform.tenants")
    @blp.any_asset
    @blp.login_only
    @blp.doc(operationId="updateTenant", summary="Name, suspend or resume a tenant")
    @blp.arguments(TenantSchema(partial=True))
    @blp.changes(TenantSchema, None)
    def patch(self, data: dict[str, Any], name: str) -> TenantModel:
        if data.get("suspended") and name == current_user().tenant:
            raise WellheadError(
                "the tenant you are logged in to",
                field="suspended",
                value=True,
                remedy=f"Log in to another one, or run `wellhead tenant suspend {name}`",
            )
        with platform_session() as session:
            found = session.get(TenantModel, name, with_for_update=True)
            if found is None:
                raise not_found("tenant", name)
            require_unchanged(found, TenantSchema)
            for field, value in data.items():
                setattr(found, field, value)
        return found
