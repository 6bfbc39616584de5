"""/api/v1/witsml/messages, /risks and /mud-logs: what was imported of them."""

from typing import Any

from sqlalchemy import or_

from wellhead import sdk
from wellhead_witsml.http.blueprint import EDIT, READ, blp
from wellhead_witsml.http.schemas_reports import MessageSchema, MudLogSchema, RiskSchema, times
from wellhead_witsml.models import Message, MudLog, Risk

_METHODS = ("list", "get", "delete")
_OF = ("store_id", "wellbore_id", "uid", "name")


def _between(column: Any) -> dict[str, sdk.Filter]:
    return {
        "from": sdk.Filter(
            times("Only from this time on"),
            lambda statement, given: statement.where(or_(*(column >= one for one in given))),
        ),
        "to": sdk.Filter(
            times("Only before this time"),
            lambda statement, given: statement.where(or_(*(column < one for one in given))),
        ),
    }


messages = sdk.Resource(
    blp,
    path="/messages",
    model=Message,
    schema=MessageSchema,
    name="witsml_message",
    plural="witsml_messages",
    read=READ,
    write=EDIT,
    filters=(*_OF, "message_type", "severity"),
    sort=("time", "message_type", "created_at", "updated_at"),
    extra=_between(Message.time),
    asset=Message.asset_id,
    methods=_METHODS,
)
risks = sdk.Resource(
    blp,
    path="/risks",
    model=Risk,
    schema=RiskSchema,
    name="witsml_risk",
    plural="witsml_risks",
    read=READ,
    write=EDIT,
    filters=(*_OF, "risk_type", "category", "severity", "probability"),
    sort=("begins_at", "severity", "probability", "category", "created_at", "updated_at"),
    extra=_between(Risk.begins_at),
    asset=Risk.asset_id,
    methods=_METHODS,
)
mud_logs = sdk.Resource(
    blp,
    path="/mud-logs",
    model=MudLog,
    schema=MudLogSchema,
    name="witsml_mud_log",
    plural="witsml_mud_logs",
    read=READ,
    write=EDIT,
    filters=_OF,
    sort=("name", "md_begin", "created_at", "updated_at"),
    asset=MudLog.asset_id,
    methods=_METHODS,
)
