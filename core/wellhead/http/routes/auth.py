"""Login, refresh, logout, and what one is."""

from typing import Any

from flask import request
from flask.views import MethodView
from marshmallow import fields, validate

from wellhead.auth import service
from wellhead.auth.identity import Identity, current_user
from wellhead.auth.models import MAX_EMAIL
from wellhead.auth.passwords import MAX_LENGTH, MIN_LENGTH
from wellhead.http.blueprint import BaseSchema, Blueprint

blp = Blueprint("auth", url_prefix="/api/v1/auth", description="Login and sessions")
_MAX_TOKEN = 512


def _password(description: str) -> fields.String:
    return fields.String(
        required=True,
        load_only=True,
        validate=validate.Length(1, MAX_LENGTH),
        metadata={"format": "password", "description": description},
    )


class SecretSchema(BaseSchema):
    """A body whose values no error repeats, not even those of a field misspelt."""

    echo = False


class LoginSchema(SecretSchema):
    email = fields.String(
        required=True,
        validate=validate.Length(1, MAX_EMAIL),
        metadata={"description": "The account's address, in any case"},
    )
    password = _password("The account's")
    tenant = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"^[a-z][a-z0-9_]{0,29}\Z"),
        metadata={"description": "None = the one the user has been a member of longest"},
    )


class RefreshSchema(SecretSchema):
    refresh_token = fields.String(
        required=True,
        validate=validate.Length(1, _MAX_TOKEN),
        metadata={"description": "Good once; the answer holds the next"},
    )


class GrantSchema(BaseSchema):
    access_token = fields.String(metadata={"description": "For `Authorization: Bearer …`"})
    refresh_token = fields.String(metadata={"description": "For POST /api/v1/auth/refresh, once"})
    token_type = fields.String(
        metadata={"enum": ["Bearer"], "description": "How the access token is sent"}
    )
    expires_in = fields.Integer(metadata={"description": "Seconds the access token is good for"})


class MeSchema(BaseSchema):
    id = fields.UUID(metadata={"description": "Of the user"})
    email = fields.String(metadata={"description": "The account's address"})
    tenant = fields.String(metadata={"description": "The one logged in to"})
    roles = fields.List(
        fields.String(), metadata={"description": "Held in this tenant, see /api/v1/roles"}
    )
    permissions = fields.Function(
        lambda identity: sorted(identity.permissions),
        metadata={
            "type": "array",
            "items": {"type": "string"},
            "description": "What one may do; with an API key, what its scopes leave of that",
        },
    )
    assets = fields.List(
        fields.UUID(),
        allow_none=True,
        metadata={
            "description": "Assets that the user is limited to, with all beneath; null = no limit"
        },
    )


class PasswordSchema(SecretSchema):
    current_password = _password("The one to be replaced")
    new_password = _password(f"At least {MIN_LENGTH} characters, not the e-mail")


def _caller() -> service.Caller:
    return service.Caller(request.remote_addr or "", request.user_agent.string)


@blp.route("/login")
class Login(MethodView):
    @blp.public
    @blp.doc(operationId="login", summary="Log in", security=[])
    @blp.arguments(LoginSchema)
    @blp.response(200, GrantSchema)
    def post(self, data: dict[str, Any]) -> service.Grant:
        return service.login(data["email"], data["password"], data["tenant"], _caller())


@blp.route("/refresh")
class Refresh(MethodView):
    @blp.public
    @blp.doc(operationId="refreshTokens", summary="Swap a refresh token for new ones", security=[])
    @blp.arguments(RefreshSchema)
    @blp.response(200, GrantSchema)
    def post(self, data: dict[str, Any]) -> service.Grant:
        return service.refresh(data["refresh_token"])


@blp.route("/logout")
class Logout(MethodView):
    @blp.permission("account.use")
    @blp.any_asset
    @blp.login_only
    @blp.doc(operationId="logout", summary="End this session")
    @blp.response(200)
    def post(self) -> None:
        service.logout(current_user())


@blp.route("/me")
class Me(MethodView):
    @blp.permission("account.use")
    @blp.any_asset
    @blp.doc(operationId="readMe", summary="Who one is and what one may do")
    @blp.response(200, MeSchema)
    def get(self) -> Identity:
        return current_user()


@blp.route("/password")
class Password(MethodView):
    @blp.permission("account.use")
    @blp.any_asset
    @blp.login_only
    @blp.doc(operationId="changePassword", summary="Change one's password, end other sessions")
    @blp.arguments(PasswordSchema)
    @blp.response(200)
    def post(self, data: dict[str, Any]) -> None:
        service.change_password(
            current_user(), data["current_password"], data["new_password"], _caller()
        )
