"""Roles, built-in and the tenant's own, and the permissions they are made of."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from flask.views import MethodView
from marshmallow import fields, validate

from wellhead.auth import roles
from wellhead.auth.identity import current_user
from wellhead.auth.state import auth_state
from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.http.conditional import require_unchanged
from wellhead.http.refusals import not_found

blp = Blueprint("roles", url_prefix="/api/v1/roles", description="What members may do")
permissions = Blueprint(
    "permissions", url_prefix="/api/v1/permissions", description="What there is to be allowed"
)


_ROLE = {"in": "path", "name": "name", "description": "Name of the role"}
_PURPOSE = "What it is for, for people"


class RoleChangeSchema(BaseSchema):
    description = fields.String(
        allow_none=True,
        validate=validate.Length(max=500),
        metadata={"description": _PURPOSE},
    )
    permissions = fields.List(
        fields.String(validate=validate.Length(1, 100)),
        validate=validate.Length(max=500),
        metadata={"description": "See /api/v1/permissions"},
    )


class NewRoleSchema(RoleChangeSchema):
    name = fields.String(
        required=True,
        validate=validate.Regexp(
            r"[a-z][a-z0-9_-]{0,49}\Z",
            error="Use 1 to 50 lower-case letters, digits, _ and -, beginning with a letter.",
        ),
        metadata={"description": "What it is called; it stays"},
    )
    description = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=500),
        metadata={"description": _PURPOSE},
    )
    permissions = fields.List(
        fields.String(validate=validate.Length(1, 100)),
        required=True,
        validate=validate.Length(max=500),
        metadata={"description": "See /api/v1/permissions; those that you have yourself"},
    )


class RoleSchema(BaseSchema):
    name = fields.String(metadata={"description": "What users are given"})
    description = fields.String(allow_none=True, metadata={"description": _PURPOSE})
    permissions = fields.List(
        fields.String(),
        metadata={"description": "What its holders may do, see /api/v1/permissions"},
    )
    builtin = fields.Boolean(metadata={"description": "True for those that nobody can change"})


class PermissionSchema(BaseSchema):
    name = fields.String(metadata={"description": "What roles are made of"})
    owner = fields.String(metadata={"description": "The plugin, or core"})
    description = fields.String(metadata={"description": "What it allows"})
    roles = fields.List(
        fields.String(),
        metadata={"description": "Built-in roles that have it; none for `platform.…`"},
    )


_unchanged = partial(require_unchanged, schema=RoleSchema)


@contextmanager
def _a_role(name: str) -> Iterator[None]:
    try:
        yield
    except LookupError:
        raise not_found("role", name) from None


@blp.route("")
class Roles(MethodView):
    @blp.permission("users.read")
    @blp.doc(operationId="listRoles", summary="List the built-in roles and the tenant's own")
    @blp.response(200, RoleSchema(many=True))
    def get(self) -> list[dict[str, Any]]:
        return roles.roles_of(current_user().tenant)

    @blp.permission("users.edit")
    @blp.login_only
    @blp.doc(operationId="createRole", summary="Create a role")
    @blp.arguments(NewRoleSchema)
    @blp.response(201, RoleSchema)
    def post(self, data: dict[str, Any]) -> dict[str, Any]:
        return roles.shown(roles.create_role(current_user(), **data))


@blp.route("/<string:name>", parameters=[_ROLE])
class Role(MethodView):
    @blp.permission("users.read")
    @blp.doc(operationId="getRole", summary="Read a role")
    @blp.reads(RoleSchema)
    def get(self, name: str) -> dict[str, Any]:
        with _a_role(name):
            return roles.role_of(current_user().tenant, name)

    @blp.permission("users.edit")
    @blp.login_only
    @blp.doc(operationId="updateRole", summary="Change a role of the tenant")
    @blp.arguments(RoleChangeSchema)
    @blp.changes(RoleSchema, None)
    def patch(self, data: dict[str, Any], name: str) -> dict[str, Any]:
        with _a_role(name):
            return roles.shown(roles.change_role(current_user(), name, data, _unchanged))

    @blp.permission("users.edit")
    @blp.login_only
    @blp.doc(operationId="deleteRole", summary="Delete a role that nobody holds")
    @blp.changes(RoleSchema, None, deletes=True)
    def delete(self, name: str) -> None:
        with _a_role(name):
            roles.delete_role(current_user(), name, _unchanged)


@permissions.route("")
class Permissions(MethodView):
    @permissions.permission("users.read")
    @permissions.doc(operationId="listPermissions", summary="List all permissions")
    @permissions.response(200, PermissionSchema(many=True))
    def get(self) -> list[dict[str, Any]]:
        known = auth_state().permissions
        return [
            {
                "name": permission.name,
                "owner": owner,
                "description": permission.description,
                "roles": known.holders(permission.name),
            }
            for owner, permission in known.listing()
        ]
