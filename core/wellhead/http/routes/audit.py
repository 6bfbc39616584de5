"""The tenant's audit trail, to read."""

from typing import Any

from flask.views import MethodView
from marshmallow import fields
from sqlalchemy import Select, select

from wellhead.audit.models import AuditEntry
from wellhead.http.blueprint import BaseSchema, Blueprint
from wellhead.http.fields import Instant

blp = Blueprint("audit", url_prefix="/api/v1/audit", description="Who changed what")


class AuditSchema(BaseSchema):
    id = fields.Integer(metadata={"description": "Rises with time"})
    at = Instant(metadata={"description": "When it was written"})
    actor_id = fields.UUID(allow_none=True, metadata={"description": "None = no user, see source"})
    actor_email = fields.String(
        allow_none=True, metadata={"description": "The address that the user had then"}
    )
    request_id = fields.String(allow_none=True, metadata={"description": "X-Request-ID, as logged"})
    source = fields.String(metadata={"description": "api, cli, bootstrap, system or a process"})
    action = fields.String(
        metadata={"enum": ["insert", "update", "delete"], "description": "What was done"}
    )
    table = fields.String(attribute="table_name", metadata={"description": "Table of the record"})
    record_id = fields.String(
        allow_none=True, metadata={"description": "None = a statement over many rows"}
    )
    old = fields.Dict(
        keys=fields.String(),
        allow_none=True,
        metadata={
            "description": "As it was: of an update what changed, of a delete everything; "
            "null = an insert"
        },
    )
    new = fields.Dict(
        keys=fields.String(),
        allow_none=True,
        metadata={
            "description": "As it became: of an update what changed, of an insert everything; "
            "null = a delete"
        },
    )


@blp.route("")
class Audit(MethodView):
    @blp.permission("audit.read")
    @blp.doc(operationId="listAudit", summary="List writes, oldest first")
    @blp.listing(
        AuditSchema,
        AuditEntry,
        filters=("actor_id", "actor_email", "request_id", "source", "action", "table", "record_id"),
        sort=("id", "at"),
    )
    def get(self) -> Select[Any]:
        return select(AuditEntry)
