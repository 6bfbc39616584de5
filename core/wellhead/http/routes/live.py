"""Tickets for the live WebSocket; the socket itself is wellhead.live.socket."""

from typing import Any

from flask.views import MethodView
from marshmallow import fields

from wellhead.auth.identity import current_user
from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.live.tickets import PERMISSION, TICKET_SECONDS, issue_ticket

blp = Blueprint("live", url_prefix="/api/v1/live", description="Live values over a WebSocket")


class TicketSchema(BaseSchema):
    ticket = fields.String(
        metadata={
            "description": "First message of the WebSocket /api/v1/live: "
            '{"type": "auth", "ticket": …}. Good once'
        }
    )
    expires_in = fields.Integer(metadata={"description": "Seconds it is good for"})


@blp.route("/ticket")
class Ticket(MethodView):
    @blp.permission(PERMISSION)
    @blp.within_assets
    @blp.login_only
    @blp.doc(operationId="createLiveTicket", summary="Get a ticket for the live WebSocket")
    @blp.response(201, TicketSchema)
    def post(self) -> dict[str, Any]:
        return {"ticket": issue_ticket(current_user().login), "expires_in": TICKET_SECONDS}
