"""One's own logins: which there are, and their end."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import fields
from sqlalchemy import Select, func, select

from wellhead.auth.identity import current_user
from wellhead.auth.models import LoginSession
from wellhead.auth.sessions import revoke
from wellhead.database.extension import platform_session
from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.http.fields import Instant
from wellhead.http.refusals import not_found

blp = Blueprint(
    "sessions", url_prefix="/api/v1/auth/sessions", description="Where one is logged in"
)


_SESSION = {"in": "path", "name": "id", "description": "Id of the session"}


class SessionSchema(BaseSchema):
    id = fields.UUID(metadata={"description": "Of the session"})
    tenant = fields.String(metadata={"description": "The one logged in to"})
    created_at = Instant(metadata={"description": "The login"})
    last_used_at = Instant(metadata={"description": "The login or the newest refresh"})
    expires_at = Instant(metadata={"description": "When it ends, if it is not refreshed before"})
    address = fields.String(allow_none=True, metadata={"description": "Where the login came from"})
    user_agent = fields.String(
        allow_none=True, metadata={"description": "What the program that logged in calls itself"}
    )
    current = fields.Function(
        lambda session: session.id == current_user().session,
        metadata={"type": "boolean", "description": "True for the session that asks"},
    )


def _own() -> list[Any]:
    return [
        LoginSession.user_id == current_user().id,
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > func.now(),
    ]


@blp.route("")
class Sessions(MethodView):
    @blp.permission("account.use")
    @blp.any_asset
    @blp.login_only
    @blp.doc(operationId="listSessions", summary="List one's own open sessions, in all tenants")
    @blp.listing(SessionSchema, LoginSession, sort=("created_at", "last_used_at"), shared=True)
    def get(self) -> Select[Any]:
        return select(LoginSession).where(*_own())

    @blp.permission("account.use")
    @blp.any_asset
    @blp.login_only
    @blp.doc(operationId="endOtherSessions", summary="End all one's sessions but this")
    @blp.response(200)
    def delete(self) -> None:
        with platform_session() as session:
            revoke(session, "ended", *_own(), LoginSession.id != current_user().login)


@blp.route("/<uuid:id>", parameters=[_SESSION])
class Session(MethodView):
    @blp.permission("account.use")
    @blp.any_asset
    @blp.login_only
    @blp.doc(operationId="endSession", summary="End one of one's own sessions")
    @blp.response(200)
    def delete(self, id: uuid.UUID) -> None:  # noqa: A002 (the name in the path)
        with platform_session() as session:
            found = session.scalars(
                select(LoginSession).where(*_own(), LoginSession.id == id).with_for_update()
            ).one_or_none()
            if found is None:
                raise not_found("session", id)
            found.revoked_at = func.now()
            found.revoked_for = "ended"
