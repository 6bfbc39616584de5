"""The members of the caller's tenant, their sessions and API keys, for its administrators."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from flask.views import MethodView
from marshmallow import fields, validate
from sqlalchemy import Select, func, or_, select

from wellhead.assets.limits import require_asset
from wellhead.auth import members
from wellhead.auth.directory import Member, find_member
from wellhead.auth.identity import current_user
from wellhead.auth.keys import revoke_key
from wellhead.auth.models import MAX_EMAIL, ApiKey, LoginSession
from wellhead.auth.passwords import MAX_LENGTH, MIN_LENGTH
from wellhead.database.extension import platform_session
from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.http.conditional import require_unchanged
from wellhead.http.fields import Instant
from wellhead.http.listing import Filter
from wellhead.http.refusals import not_found
from wellhead.http.routes.auth import SecretSchema
from wellhead.http.routes.keys import KeySchema
from wellhead.http.routes.sessions import SessionSchema

blp = Blueprint("users", url_prefix="/api/v1/users", description="Who belongs to the tenant")
MAX_ROLES = 50
MAX_ASSETS = 500
_USER = {"in": "path", "name": "id", "description": "Id of the user"}
_KEY = {"in": "path", "name": "key", "description": "Id of the API key"}


def _roles(**options: Any) -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.Length(1, 100)),
        validate=validate.Length(1, MAX_ROLES),
        metadata={"description": "Names of roles, see /api/v1/roles"},
        **options,
    )


def _assets(**options: Any) -> fields.List[uuid.UUID]:
    return fields.List(
        fields.UUID(),
        allow_none=True,
        validate=validate.Length(1, MAX_ASSETS),
        metadata={
            "description": "Assets that the user is limited to, with all beneath; null = no limit"
        },
        **options,
    )


def _password(**options: Any) -> fields.String:
    return fields.String(
        load_default=None,
        allow_none=True,
        load_only=True,
        validate=validate.Length(1, MAX_LENGTH),
        metadata={
            "format": "password",
            "description": f"At least {MIN_LENGTH} characters; without it one is made, and shown "
            "once in the answer",
        },
    )


class UserSchema(BaseSchema):
    """A member of the tenant."""

    id = fields.UUID(metadata={"description": "Of the user, in all tenants"})
    email = fields.String(metadata={"description": "The account's address, to log in with"})
    roles = _roles()
    assets = _assets()
    disabled = fields.Boolean(
        metadata={"description": "Without access to this tenant; others are not concerned"}
    )
    created_at = Instant(metadata={"description": "When the user became a member"})


class NewUserSchema(SecretSchema):
    email = fields.String(
        required=True,
        validate=validate.Length(1, MAX_EMAIL),
        metadata={"description": "To log in with; a user of another tenant is found by it"},
    )
    roles = _roles(required=True)
    assets = _assets(load_default=None)
    password = _password()


class AddedUserSchema(UserSchema):
    password = fields.String(
        allow_none=True,
        metadata={
            "description": "The password that was made, shown this once; null when one was given, "
            "or the user has an account already, whose password stays"
        },
    )


class UserChangeSchema(BaseSchema):
    roles = _roles()
    assets = _assets()
    disabled = fields.Boolean(
        metadata={"description": "True ends the user's sessions and API keys' access here"}
    )


class NewPasswordSchema(SecretSchema):
    password = _password()


class MadePasswordSchema(BaseSchema):
    password = fields.String(
        allow_none=True, metadata={"description": "The one that was made, shown this once"}
    )


_unchanged = partial(require_unchanged, schema=UserSchema)


@contextmanager
def _a_member(user: uuid.UUID) -> Iterator[None]:
    """404 for whoever is no member of the caller's tenant."""
    try:
        yield
    except LookupError:
        raise not_found("user", user) from None


def _read(user: uuid.UUID) -> Member:
    with platform_session() as session:
        found = find_member(session, current_user().tenant, user)
    if found is None:
        raise not_found("user", user)
    return found


def _check_assets(assets: list[uuid.UUID] | None) -> None:
    for place, asset in enumerate(assets or []):
        require_asset(asset, f"assets.{place}")


def _holding(statement: Select[Any], roles: list[str]) -> Select[Any]:
    return statement.where(Member.roles.overlap(roles))


def _called(statement: Select[Any], texts: list[str]) -> Select[Any]:
    return statement.where(or_(*(Member.email.icontains(text, autoescape=True) for text in texts)))


@blp.route("")
class Users(MethodView):
    @blp.permission("users.read")
    @blp.doc(operationId="listUsers", summary="List the members of the tenant")
    @blp.listing(
        UserSchema,
        Member,
        filters=("email", "disabled"),
        sort=("email", "created_at"),
        extra={
            "role": Filter(
                fields.String(metadata={"description": "Only users who hold this role"}), _holding
            ),
            "q": Filter(
                fields.String(
                    validate=validate.Length(1, MAX_EMAIL),
                    metadata={"description": "Only users with this in their address"},
                ),
                _called,
            ),
        },
        shared=True,
    )
    def get(self) -> Select[Any]:
        return select(Member).where(Member.tenant == current_user().tenant)

    @blp.permission("users.edit")
    @blp.login_only
    @blp.doc(operationId="createUser", summary="Make somebody a member of the tenant")
    @blp.arguments(NewUserSchema)
    @blp.response(201, AddedUserSchema)
    def post(self, data: dict[str, Any]) -> dict[str, Any]:
        _check_assets(data["assets"])
        user, password = members.add_member(current_user(), **data)
        member = _read(user)
        return {name: getattr(member, name) for name in UserSchema().fields} | {
            "password": password
        }


@blp.route("/<uuid:id>", parameters=[_USER])
class User(MethodView):
    @blp.permission("users.read")
    @blp.doc(operationId="getUser", summary="Read a member of the tenant")
    @blp.reads(UserSchema)
    def get(self, id: uuid.UUID) -> Member:  # noqa: A002 (the name in the path)
        return _read(id)

    @blp.permission("users.edit")
    @blp.login_only
    @blp.doc(operationId="updateUser", summary="Change what a member may do")
    @blp.arguments(UserChangeSchema)
    @blp.changes(UserSchema, None)
    def patch(self, data: dict[str, Any], id: uuid.UUID) -> Member:  # noqa: A002
        _check_assets(data.get("assets"))
        with _a_member(id):
            members.change_member(current_user(), id, data, _unchanged)
        return _read(id)

    @blp.permission("users.edit")
    @blp.login_only
    @blp.doc(operationId="deleteUser", summary="End a membership; the account stays")
    @blp.changes(UserSchema, None, deletes=True)
    def delete(self, id: uuid.UUID) -> None:  # noqa: A002
        with _a_member(id):
            members.remove_member(current_user(), id, _unchanged)


@blp.route("/<uuid:id>/password", parameters=[_USER])
class Password(MethodView):
    @blp.permission("users.edit")
    @blp.login_only
    @blp.doc(operationId="setUserPassword", summary="Set a password, end all the user's sessions")
    @blp.arguments(NewPasswordSchema)
    @blp.response(200, MadePasswordSchema)
    def post(self, data: dict[str, Any], id: uuid.UUID) -> dict[str, Any]:  # noqa: A002
        with _a_member(id):
            return {"password": members.set_password(current_user(), id, data["password"])}


@blp.route("/<uuid:id>/sessions", parameters=[_USER])
class Sessions(MethodView):
    @blp.permission("users.read")
    @blp.doc(operationId="listUserSessions", summary="List a member's open sessions here")
    @blp.listing(SessionSchema, LoginSession, sort=("created_at", "last_used_at"), shared=True)
    def get(self, id: uuid.UUID) -> Select[Any]:  # noqa: A002
        _read(id)
        return select(LoginSession).where(
            LoginSession.user_id == id,
            LoginSession.tenant == current_user().tenant,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > func.now(),
        )

    @blp.permission("users.edit")
    @blp.login_only
    @blp.doc(operationId="endUserSessions", summary="End a member's sessions here")
    @blp.response(200)
    def delete(self, id: uuid.UUID) -> None:  # noqa: A002
        with _a_member(id):
            members.end_sessions(current_user(), id)


@blp.route("/<uuid:id>/keys", parameters=[_USER])
class Keys(MethodView):
    @blp.permission("users.read")
    @blp.doc(operationId="listUserKeys", summary="List a member's API keys for this tenant")
    @blp.listing(KeySchema, ApiKey, sort=("created_at", "name"), shared=True)
    def get(self, id: uuid.UUID) -> Select[Any]:  # noqa: A002
        _read(id)
        return select(ApiKey).where(ApiKey.user_id == id, ApiKey.tenant == current_user().tenant)


@blp.route("/<uuid:id>/keys/<uuid:key>", parameters=[_USER, _KEY])
class Key(MethodView):
    @blp.permission("users.edit")
    @blp.login_only
    @blp.doc(operationId="revokeUserKey", summary="Revoke a member's API key")
    @blp.response(200)
    def delete(self, id: uuid.UUID, key: uuid.UUID) -> None:  # noqa: A002
        with _a_member(id):
            members.require_touchable(current_user(), id)
        if not revoke_key(id, current_user().tenant, key):
            raise not_found("API key", key)
