"""/api/v1/scada/controls, /commands and /write-switch."""

import uuid
from typing import Any

from flask import request
from flask.views import MethodView
from marshmallow import fields
from sqlalchemy import Select, select

from wellhead import sdk
from wellhead_scada.commands import controls, service, switches
from wellhead_scada.commands.models import Command, Control
from wellhead_scada.commands.schemas import (
    ApproveSchema,
    CommandDetailSchema,
    CommandSchema,
    ControlSchema,
    EverywhereSchema,
    OperateSchema,
    RejectSchema,
    RequestSchema,
    SwitchesSchema,
    SwitchSchema,
)

READ, COMMAND, APPROVE = "scada.read", "scada.command", service.APPROVE
SWITCH, SWITCH_ALL = "scada.write_switch", "platform.scada.write_switch"
_HEADER = "Idempotency-Key"
_ID = [{"in": "path", "name": "id", "description": "Id of the command"}]
_KEY = {
    "in": "header",
    "name": _HEADER,
    "schema": {"type": "string"},
    "description": "Your own name for this command, new for each: sent again with the same body, "
    "it answers with the same command and nothing is done twice. Or `key` in the body.",
}

blp = sdk.Blueprint(
    "scada_commands", url_prefix="/api/v1/scada", description="Commands to the field"
)

sdk.Resource(
    blp,
    path="/controls",
    model=Control,
    schema=ControlSchema,
    name="control",
    plural="controls",
    read=READ,
    write="scada.controls",
    filters=("writable", "critical"),
    sort=("name", "id", "created_at", "updated_at"),
    create=controls.create_control,
    update=controls.update_control,
    asset=Control.asset_id,
    id_converter="int(min=1, max=2147483647)",
)

sdk.set_kind(sdk.Kind(Command, "command", "commands", f"{blp.url_prefix}/commands", READ))

_BY_TAG = sdk.Filter(
    fields.Integer(metadata={"description": "Only commands to this tag"}),
    lambda statement, tags: statement.where(Command.tag_id.in_(tags)),
)


def _find(key: uuid.UUID) -> Command:
    """The command, or ApiError 404, also for one whose tag the caller may not see."""
    query = sdk.only_visible(select(Command).where(Command.id == key), Command.asset_id)
    found = sdk.db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise sdk.not_found("command", key)
    return found


def _key(data: dict[str, Any]) -> str:
    given = data.pop("key", None)
    key: str | None = request.headers.get(_HEADER, given)
    if key and len(key) <= 200 and key.isprintable():
        return key
    raise sdk.WellheadError(
        "a command needs a name of your own, of at most 200 printable characters",
        field=_HEADER,
        value=key,
        remedy="Send a new UUID for each command, and the same one when you repeat a request",
    )


@blp.route("/commands")
class CommandsView(MethodView):
    @blp.permission(READ)
    @blp.doc(operationId="listCommands", summary="List commands")
    @blp.listing(
        CommandSchema,
        Command,
        filters=("tag_name", "state", "requested_by", "requested_by_email", "gateway"),
        sort=("created_at", "tag_name", "state", "ended_at"),
        extra={"tag_id": _BY_TAG},
        asset=Command.asset_id,
    )
    def get(self) -> Select[Any]:
        return select(Command)

    @blp.permission(COMMAND)
    @blp.within_assets
    @blp.doc(operationId="createCommand", summary="Command a tag", parameters=[_KEY])
    @blp.arguments(RequestSchema)
    @blp.response(201, RequestSchema)
    @blp.alt_response(200, schema=RequestSchema, description="You asked for it before")
    @blp.alt_response(409, description="It is refused; the code says why")
    def post(self, data: dict[str, Any]) -> Any:
        data["value"] = data.pop("commanded")
        command, new = service.request(data, _key(data))
        return command, 201 if new else 200


@blp.route("/commands/<uuid:id>", parameters=_ID)
class CommandView(MethodView):
    @blp.permission(READ)
    @blp.within_assets
    @blp.doc(operationId="getCommand", summary="Read a command with its history")
    @blp.reads(CommandDetailSchema)
    def get(self, id: uuid.UUID) -> Command:  # noqa: A002 (the name in the path)
        return _find(id)


@blp.route("/commands/<uuid:id>/operate", parameters=_ID)
class OperateView(MethodView):
    @blp.permission(COMMAND)
    @blp.within_assets
    @blp.doc(operationId="operateCommand", summary="Operate a tag that is selected")
    @blp.arguments(OperateSchema)
    @blp.response(200, CommandDetailSchema)
    @blp.alt_response(409, description="It is not selected any more")
    def post(self, data: dict[str, Any], id: uuid.UUID) -> Command:  # noqa: A002
        command = _find(id)
        service.operate(command, data["select_token"])
        return command


@blp.route("/commands/<uuid:id>/approve", parameters=_ID)
class ApproveView(MethodView):
    @blp.permission(APPROVE)
    @blp.within_assets
    @blp.doc(operationId="approveCommand", summary="Approve a command of somebody else")
    @blp.arguments(ApproveSchema)
    @blp.response(200, CommandDetailSchema)
    @blp.alt_response(409, description="It does not wait for approval")
    def post(self, data: dict[str, Any], id: uuid.UUID) -> Command:  # noqa: A002
        command = _find(id)
        service.approve(command, data.get("reason"))
        return command


@blp.route("/commands/<uuid:id>/reject", parameters=_ID)
class RejectView(MethodView):
    @blp.permission(APPROVE)
    @blp.within_assets
    @blp.doc(operationId="rejectCommand", summary="Reject a command of somebody else")
    @blp.arguments(RejectSchema)
    @blp.response(200, CommandDetailSchema)
    @blp.alt_response(409, description="It does not wait for approval")
    def post(self, data: dict[str, Any], id: uuid.UUID) -> Command:  # noqa: A002
        command = _find(id)
        service.reject(command, data["reason"])
        return command


@blp.route("/commands/<uuid:id>/cancel", parameters=_ID)
class CancelView(MethodView):
    @blp.permission(COMMAND)
    @blp.within_assets
    @blp.doc(operationId="cancelCommand", summary="Cancel a command before it is dispatched")
    @blp.arguments(ApproveSchema)
    @blp.response(200, CommandDetailSchema)
    @blp.alt_response(409, description="It is dispatched, or has ended")
    def post(self, data: dict[str, Any], id: uuid.UUID) -> Command:  # noqa: A002
        command = _find(id)
        service.cancel(command, data.get("reason"))
        return command


@blp.route("/write-switch")
class WriteSwitchView(MethodView):
    @blp.permission(READ)
    @blp.any_asset
    @blp.doc(operationId="getWriteSwitch", summary="See whether writing to the field is disabled")
    @blp.response(200, SwitchesSchema)
    def get(self) -> dict[str, Any]:
        return switches.switches()

    @blp.permission(SWITCH)
    @blp.unlimited_only
    @blp.login_only
    @blp.doc(operationId="setWriteSwitch", summary="Disable or enable writing in this tenant")
    @blp.arguments(SwitchSchema)
    @blp.response(200, SwitchesSchema)
    def patch(self, data: dict[str, Any]) -> dict[str, Any]:
        switches.set_switch("tenant", data["disabled"], data["reason"])
        return switches.switches()


@blp.route("/write-switch/all")
class WriteSwitchAllView(MethodView):
    @blp.permission(SWITCH_ALL)
    @blp.any_asset
    @blp.login_only
    @blp.doc(operationId="setWriteSwitchForAll", summary="Disable or enable writing everywhere")
    @blp.arguments(SwitchSchema)
    @blp.response(200, EverywhereSchema)
    @blp.alt_response(503, description="It is not set in every tenant; those are named")
    def patch(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"tenants": switches.set_everywhere(data["disabled"], data["reason"])}
